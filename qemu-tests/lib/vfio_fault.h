/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device of the machine "vfio" in the hands of vfio_lite, while things fail.
 */
#ifndef LIB_VFIO_FAULT_H
#define LIB_VFIO_FAULT_H

#include "fail.h"
#include "idle.h"
#include "vfio_dut.h"

/* The device is enabled, and stays so; nothing drives it. */
struct pci_dev vfio_fault_hold(const char *name);

/* It is open, its memory on, and no interrupt. */
struct vfio vfio_fault_open(const char *name);

/* It is like that again. */
void vfio_check_idle(void);

/* The kind of interrupt that is on, or "none". */
void vfio_check_mode(const char *mode);

/* A cleanup hook: all of this undone, and vfio_cleanup(). */
void vfio_fault_cleanup(void);

#endif /* LIB_VFIO_FAULT_H */

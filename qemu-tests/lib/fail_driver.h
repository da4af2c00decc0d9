/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading a driver, and binding a device to it, as what is to survive faults (fail.h):
 * each is one system call on a file that is open before. One device at a time.
 */
#ifndef LIB_FAIL_DRIVER_H
#define LIB_FAIL_DRIVER_H

#include "fail.h"
#include "pci.h"

/* @dev is bound to @driver, and is not any more afterwards. */
void fail_bind_prepare(const struct pci_dev *dev, const char *driver);

/* 0 or -errno. */
int fail_try_bind(void);

/* An unbind, which must go well. */
void fail_unbind(void);

/*
 * An ID is written to new_id of the driver, which probes the device: it is bound, or it
 * is not and the ID known, or that is not either. Then nothing is left but @check.
 */
void fail_new_id(void (*check)(void));

/* Nothing that fails may keep an unbind from coming to its end, which is @check. */
void fail_memory_in_unbind(void (*check)(void));

/* @module is not loaded, but all that it needs. */
void fail_load_prepare(const char *module, const char *params);

/* 0 or -errno. */
int fail_try_load(void);

#endif /* LIB_FAIL_DRIVER_H */

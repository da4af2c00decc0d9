/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that QEMU's devices lack: see qemu-tests/fixture/ug_fixture.c.
 */
#ifndef LIB_FIXTURE_H
#define LIB_FIXTURE_H

#include "pci.h"

/* Registers and an identity, in a device's config space: fixture/vfio/cfg_fixture.c. */
#define CFG_FIXTURE	"cfg_fixture"

/* Who takes interrupts past the host: fixture/vfio/bypass_fixture.c. */
#define BYPASS_FIXTURE	"bypass_fixture"

/* INTx masking of @dev is broken from now on; @more: other parameters. */
void fixture_load(const struct pci_dev *dev, const char *more);

/* The device is sound again, if it was not. */
void fixture_unload(void);

/* A cleanup hook: ug_cleanup(), and fixture_unload(). */
void fixture_cleanup(void);

#endif /* LIB_FIXTURE_H */

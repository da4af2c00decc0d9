/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the system has of a device that nobody uses just now, to be compared with what
 * a failure leaves behind.
 */
#ifndef LIB_IDLE_H
#define LIB_IDLE_H

#include "pci.h"

/*
 * Before @dev is bound: it stays enabled, and so ACPI is not asked about it each time,
 * which fails for good if an allocation fails in there. idle_release() is the reverse,
 * also for a device that is not held.
 */
void idle_hold(const struct pci_dev *dev);
void idle_release(const struct pci_dev *dev);

/* Nobody uses @dev now; one device at a time. */
void idle_note(const struct pci_dev *dev);

/* All is as noted, and there is no interrupt of the device. */
void idle_check(void);

#endif /* LIB_IDLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the system has of a device that nobody uses just now, to be compared with what
 * a failure leaves behind.
 */
#ifndef LIB_IDLE_H
#define LIB_IDLE_H

#include "pci.h"

#define IDLE_LEN	16384

struct idle {
	struct pci_dev dev;
	char driver[64];
	u16 command;		/* of config space */
	u64 enabled;		/* how often it has been enabled */
	char iomem[IDLE_LEN];
	char ioports[IDLE_LEN];
};

/*
 * Before @dev is bound: it stays enabled, and so ACPI is not asked about it each time,
 * which fails for good if an allocation fails in there. idle_release() is the reverse.
 */
void idle_hold(const struct pci_dev *dev);
void idle_release(const struct pci_dev *dev);

void idle_note(struct idle *idle, const struct pci_dev *dev);

/* All is as noted, and there is no interrupt of the device. */
void idle_check(const struct idle *idle);

#endif /* LIB_IDLE_H */

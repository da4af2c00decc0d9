/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Errors that a device reports to its root port, as the monitor has it do.
 */
#ifndef LIB_AER_H
#define LIB_AER_H

#include "pci.h"

/* What the kernel says at the end, and how long that may take. */
#define AER_RECOVERED	"device recovery successful"
#define AER_RECOVERY_MS	(2 * SOON_MS)

/*
 * What firmware does on real machines: have the device's bridge, the @nth root port,
 * pass errors on. Whether the device reports its own is for its driver to see to.
 */
void aer_let_through(const struct pci_dev *dev, int nth);

#endif /* LIB_AER_H */

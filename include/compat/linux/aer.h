/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From 6.3 on the PCI core makes every device report its errors; before, the
 * driver had to ask for that.
 */
#ifndef COMPAT_LINUX_AER_H
#define COMPAT_LINUX_AER_H

#include <linux/pci.h>
#include_next <linux/aer.h>

#ifndef HAVE_PCI_ERROR_REPORTING
static inline void pci_enable_pcie_error_reporting(struct pci_dev *dev)
{
}

static inline void pci_disable_pcie_error_reporting(struct pci_dev *dev)
{
}
#endif

#endif

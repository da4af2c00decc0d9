/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMPAT_LINUX_PCI_H
#define COMPAT_LINUX_PCI_H

#include_next <linux/pci.h>

/*
 * From 6.1 on struct pci_driver has dev_groups of its own, and overwrites those
 * in the embedded device_driver with it.  In 5.10, the embedded ones count.
 */
#ifndef HAVE_PCI_DRIVER_DEV_GROUPS
#define dev_groups driver.dev_groups
#endif

#endif

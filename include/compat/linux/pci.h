/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMPAT_LINUX_PCI_H
#define COMPAT_LINUX_PCI_H

#include_next <linux/pci.h>

/*
 * 5.14 gave struct pci_driver its own dev_groups, and overwrites the one in
 * the embedded device_driver with it.  Before that, the embedded one counts.
 */
#ifndef HAVE_PCI_DRIVER_DEV_GROUPS
#define dev_groups driver.dev_groups
#endif

#endif

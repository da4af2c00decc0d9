// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors that a device reports to its root port. See aer.h.
 */
#include "aer.h"

#define ROOT_PORT_VENDOR	0x1b36	/* QEMU's pcie-root-port */
#define ROOT_PORT_DEVICE	0x000c

static void set_bits(const struct pci_dev *dev, int offset, u32 bits)
{
	pci_config_write(dev, offset, 2, pci_config_read(dev, offset, 2) | bits);
}

void aer_let_through(const struct pci_dev *dev, int nth)
{
	struct pci_dev port = pci_find(ROOT_PORT_VENDOR, ROOT_PORT_DEVICE, nth);

	set_bits(dev, PCI_COMMAND, PCI_COMMAND_SERR);
	set_bits(&port, PCI_COMMAND, PCI_COMMAND_SERR);
	set_bits(&port, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_SERR);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * INTX_DISABLE without the rest of COMMAND.
 */
#ifndef INTX_H
#define INTX_H

#include <linux/pci.h>

/**
 * intx_set() - let a function raise INTx, or not
 * @pdev: the function
 * @on: whether it may
 *
 * As pci_intx() in drivers/pci/pci.c, which writes all of COMMAND back as it has read
 * it: memory decoding that user space switches on in between would be off again.  This
 * writes the byte with INTX_DISABLE only (PCI Local Bus 3.0, 6.2.2).
 *
 * Context: any.  What others write into that byte meanwhile is lost.
 */
static inline void intx_set(struct pci_dev *pdev, bool on)
{
	const u8 disable = PCI_COMMAND_INTX_DISABLE >> 8;
	u8 old, new;

	pci_read_config_byte(pdev, PCI_COMMAND + 1, &old);
	new = on ? old & ~disable : old | disable;
	if (new != old)
		pci_write_config_byte(pdev, PCI_COMMAND + 1, new);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks a device's capability lists and makes a struct vfl_cfg of them.
 *
 * Pure but for the reads, which the caller provides, so that a test can hand in
 * any bytes at all.  The device is not believed: whatever it answers, the walk
 * ends, and stays within its bounds.
 */
#ifndef VFIO_LITE_CFG_CAPS_H
#define VFIO_LITE_CFG_CAPS_H

#include <linux/types.h>

struct vfl_cfg;

/**
 * struct vfl_cfg_bar - what a BAR, or the expansion ROM, looks like to the user
 * @len: in bytes, a power of two; 0: there is none
 * @flags: the low bits that never change, PCI_BASE_ADDRESS_SPACE_IO and others;
 *	PCI_BASE_ADDRESS_MEM_TYPE_64 makes the next BAR the upper half
 */
struct vfl_cfg_bar {
	u64 len;
	u32 flags;
};

/**
 * struct vfl_cfg_facts - all that a struct vfl_cfg is made of
 * @read: reads @len (1, 2, 4) bytes at @pos (aligned to @len, below @size),
 *	in CPU byte order; a failure is the reader's to remember
 * @hw: for @read
 * @size: of config space in bytes, 256 or 4096
 * @vendor: of a VF, which has none in its own config space
 * @device: likewise
 * @virtfn: is a VF
 * @command_memory: COMMAND's memory enable bit is there and works
 * @intx: the user may have INTx
 * @bar: by number, the ROM is VFL_CFG_ROM
 */
struct vfl_cfg_facts {
	u32 (*read)(void *hw, unsigned int pos, unsigned int len);
	void *hw;
	unsigned int size;
	u16 vendor;
	u16 device;
	bool virtfn;
	bool command_memory;
	bool intx;
	struct vfl_cfg_bar bar[7];
};

/**
 * vfl_cfg_build() - find out what the user may do with a device's config space
 * @cfg: zeroed, with @cfg->size set and @cfg->row in place
 * @facts: of the device
 *
 * Capabilities that are not for users, or not known, are left out of the list,
 * as in drivers/vfio/pci/vfio_pci_config.c.
 *
 * Context: as @facts->read.
 */
void vfl_cfg_build(struct vfl_cfg *cfg, const struct vfl_cfg_facts *facts);

#endif

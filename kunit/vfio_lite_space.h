/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device's config space in memory, and a user in front of it: what config.c
 * does with a device, done with an array.
 *
 * For tests that have included cfg_perm.c and cfg_caps.c, or the first of them.
 */
#ifndef KUNIT_VFIO_LITE_SPACE_H
#define KUNIT_VFIO_LITE_SPACE_H

#include <linux/pci_regs.h>
#include <linux/types.h>

/*
 * struct space - the device
 * @size: in bytes
 * @reads: how often vfl_cfg_build() has asked
 * @bad_reads: how often it did where it must not
 * @bytes: what the device says
 */
struct space {
	unsigned int size;
	unsigned int reads;
	unsigned int bad_reads;
	u8 bytes[PCI_CFG_SPACE_EXP_SIZE];
};

static inline u32 space_get(const struct space *space, unsigned int pos,
			    unsigned int len)
{
	u32 val = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		val |= (u32)space->bytes[pos + i] << (8 * i);
	return val;
}

static inline void space_put(struct space *space, unsigned int pos,
			     unsigned int len, u32 val)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		space->bytes[pos + i] = val >> (8 * i);
}

/* For struct vfl_cfg_facts. */
static inline u32 space_read(void *hw, unsigned int pos, unsigned int len)
{
	struct space *space = hw;

	space->reads++;
	if ((len != 1 && len != 2 && len != 4) || pos % len ||
	    pos >= space->size || len > space->size - pos) {
		space->bad_reads++;
		return 0;
	}
	return space_get(space, pos, len);
}

static inline u32 user_read(const struct vfl_cfg *cfg, const struct space *space,
			    unsigned int pos, unsigned int len)
{
	return vfl_cfg_show(cfg, pos, len, space_get(space, pos, len));
}

static inline void user_write(struct vfl_cfg *cfg, struct space *space,
			      unsigned int pos, unsigned int len, u32 val)
{
	u32 mask = vfl_cfg_store(cfg, pos, len, val);
	struct vfl_hw_write hw = vfl_cfg_narrow(pos, len, mask, val);
	u32 old = space_get(space, hw.pos, hw.len);

	space_put(space, hw.pos, hw.len, (old & ~hw.mask) | (hw.val & hw.mask));
	if (vfl_cfg_row(cfg, pos)->effect == VFL_EFFECT_BAR)
		vfl_cfg_fix_bar(cfg, pos);
}

#endif

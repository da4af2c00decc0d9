/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Config space as the user sees it: for each bit, whether it is read from the
 * device or from a copy (virtual), and whether it can be written.
 *
 * Pure: integers in, integers out.  config.c moves bytes between the user, this
 * and the device, and carries out the effects.
 *
 * A device's config space is a string of dwords.  Each has a row, out of one
 * constant table, that says both for its 32 bits.  Rows are handed out once, at
 * open, by vfl_cfg_build() in cfg_caps.c, which walks the capability lists; an
 * access then is one look-up.
 *
 * Values are in CPU byte order here; only bytes to and from the user and the
 * device are little-endian (PCI Local Bus 3.0, 6.1).
 */
#ifndef VFIO_LITE_CFG_PERM_H
#define VFIO_LITE_CFG_PERM_H

#include <linux/types.h>

#define VFL_CFG_NR_BARS	7	/* six BARs and the expansion ROM, as dwords */
#define VFL_CFG_ROM	6

/*
 * What a write to a dword sets off, besides changing its bits.  The dword is the one in
 * which the register named lies, at the same place in each capability of its kind.
 */
enum vfl_effect {
	VFL_EFFECT_NONE,
	VFL_EFFECT_COMMAND,	/* decoding or INTx switched */
	VFL_EFFECT_BAR,		/* the bits that do not exist must stay 0 */
	VFL_EFFECT_MSI_FLAGS,	/* checked against what was set up, passed on */
	VFL_EFFECT_PM_CTRL,	/* power state */
	VFL_EFFECT_VPD_ADDR,	/* starts a transfer of four bytes */
	VFL_EFFECT_EXP_DEVCTL,	/* function-level reset, read request size */
	VFL_EFFECT_AF_CTRL,	/* function-level reset of conventional PCI */
};

/**
 * struct vfl_cfg_row - what may be done with the 32 bits of a dword
 * @virt: bits that the user reads from, and writes to, the copy
 * @write: bits that can be written at all
 * @effect: what a write sets off
 */
struct vfl_cfg_row {
	u32 virt;
	u32 write;
	enum vfl_effect effect;
};

/**
 * struct vfl_cfg - one device's config space, while it is open
 * @size: in bytes: 256, or 4096 with extended config space
 * @command_memory: COMMAND's memory enable bit is there and works
 * @msi_qmax: log2 of the MSI vectors that the user can have now
 * @bar_mask: per BAR and ROM dword, the bits that exist and can be moved
 * @bar_flags: the bits that are always set
 * @row: number of the row of each dword, in a table of cfg_perm.c
 * @copy: the virtual bits of each dword; others are not looked at, but for
 *	COMMAND's memory and I/O enable, which remember what the user wrote
 */
struct vfl_cfg {
	unsigned int size;
	bool command_memory;
	u8 msi_qmax;
	u32 bar_mask[VFL_CFG_NR_BARS];
	u32 bar_flags[VFL_CFG_NR_BARS];
	u8 *row;
	u32 copy[];
};

extern const struct vfl_cfg_row vfl_cfg_rows[];

/* Bits of a chunk, once it is shifted down to bit 0; @len is 1, 2 or 4. */
static inline u32 vfl_cfg_bits(unsigned int len)
{
	return ~0U >> (32 - 8 * len);
}

static inline const struct vfl_cfg_row *vfl_cfg_row(const struct vfl_cfg *cfg,
						    unsigned int pos)
{
	return &vfl_cfg_rows[cfg->row[pos / 4]];
}

/**
 * vfl_cfg_chunk() - how much of an access can be done at once
 * @pos: first byte
 * @count: bytes left, at least 1
 *
 * Return: 4, 2 or 1: naturally aligned, so that a chunk stays in one dword.
 */
static inline unsigned int vfl_cfg_chunk(unsigned int pos, size_t count)
{
	if (count >= 4 && !(pos % 4))
		return 4;
	return count >= 2 && !(pos % 2) ? 2 : 1;
}

/**
 * vfl_cfg_copy() - the copy's bits of a chunk, whether they count or not
 * @cfg: config space
 * @pos: first byte, aligned to @len
 * @len: 1, 2 or 4
 *
 * Return: the value, shifted down to bit 0.
 */
static inline u32 vfl_cfg_copy(const struct vfl_cfg *cfg, unsigned int pos,
			       unsigned int len)
{
	return cfg->copy[pos / 4] >> (8 * (pos % 4)) & vfl_cfg_bits(len);
}

/**
 * vfl_cfg_set() - change bits of the copy, whatever the row says
 * @cfg: config space
 * @pos: first byte, aligned to the chunk that @mask covers
 * @mask: bits to be changed, shifted down to bit 0
 * @val: their new value
 */
static inline void vfl_cfg_set(struct vfl_cfg *cfg, unsigned int pos, u32 mask,
			       u32 val)
{
	unsigned int shift = 8 * (pos % 4);
	u32 *copy = &cfg->copy[pos / 4];

	*copy = (*copy & ~(mask << shift)) | (val & mask) << shift;
}

/**
 * vfl_cfg_virt() - which bits of a chunk are read from the copy
 * @cfg: config space
 * @pos: first byte, aligned to @len
 * @len: 1, 2 or 4
 *
 * If that is all of them, the device need not be asked.
 *
 * Return: a mask, shifted down to bit 0.
 */
static inline u32 vfl_cfg_virt(const struct vfl_cfg *cfg, unsigned int pos,
			       unsigned int len)
{
	return vfl_cfg_row(cfg, pos)->virt >> (8 * (pos % 4)) & vfl_cfg_bits(len);
}

/**
 * vfl_cfg_show() - what the user reads
 * @cfg: config space
 * @pos: first byte, aligned to @len
 * @len: 1, 2 or 4
 * @hw: what the device says, shifted down to bit 0; ignored where vfl_cfg_virt()
 *	has a bit
 *
 * Return: the value, shifted down to bit 0.
 */
u32 vfl_cfg_show(const struct vfl_cfg *cfg, unsigned int pos, unsigned int len,
		 u32 hw);

/**
 * vfl_cfg_store() - do the virtual part of a write
 * @cfg: config space
 * @pos: first byte, aligned to @len
 * @len: 1, 2 or 4
 * @val: what the user writes, shifted down to bit 0
 *
 * Return: mask of the bits, shifted down to bit 0, that are the device's to
 * change; 0 if it need not be told.
 */
u32 vfl_cfg_store(struct vfl_cfg *cfg, unsigned int pos, unsigned int len,
		  u32 val);

/**
 * struct vfl_hw_write - one write to the device
 * @pos: first byte
 * @len: 1, 2 or 4; 0: none
 * @mask: bits that the user changes, the others keep what they are; shifted
 *	down to bit 0
 * @val: the user's bits
 */
struct vfl_hw_write {
	unsigned int pos;
	unsigned int len;
	u32 mask;
	u32 val;
};

/**
 * vfl_cfg_narrow() - the smallest write that covers some bits
 * @pos: first byte of the chunk
 * @len: its length
 * @mask: what vfl_cfg_store() returned
 * @val: what the user writes
 *
 * What is not written cannot be harmed: a write of COMMAND must not put back
 * the error bits of STATUS that were read just before, since that clears them.
 *
 * Return: the write, which stays in the chunk.
 */
struct vfl_hw_write vfl_cfg_narrow(unsigned int pos, unsigned int len, u32 mask,
				   u32 val);

/**
 * vfl_cfg_fix_bar() - keep the bits 0 that a BAR does not have
 * @cfg: config space
 * @pos: a byte of one of the seven dwords; others are left alone
 *
 * This is what sizing by a write of ones relies on (PCI 3.0, 6.2.5.1).
 */
void vfl_cfg_fix_bar(struct vfl_cfg *cfg, unsigned int pos);

/**
 * vfl_cfg_msi_flags() - Message Control, as far as the user may have it
 * @flags: what the copy says after a write
 * @enabled: MSI was set up, by ioctl
 * @qmax: log2 of the number of vectors that can be had
 *
 * Return: the value for the copy and for the device.
 */
u16 vfl_cfg_msi_flags(u16 flags, bool enabled, unsigned int qmax);

/* Between cfg_caps.c, which hands out rows, and cfg_perm.c, which has them. */

/**
 * vfl_cfg_own_header() - rows of the 64 bytes that every device has
 * @cfg: config space, all of it the gap between capabilities
 */
void vfl_cfg_own_header(struct vfl_cfg *cfg);

/**
 * vfl_cfg_own_cap() - rows of a capability
 * @cfg: config space
 * @id: a PCI_CAP_ID_* that is not hidden, or 0 for what nobody may write to
 * @pos: its first byte, a multiple of 4
 * @len: its length in bytes; what follows in the last dword stays gap
 * @flags: MSI's Message Control, which tells the layout; else ignored
 */
void vfl_cfg_own_cap(struct vfl_cfg *cfg, u8 id, unsigned int pos,
		     unsigned int len, u16 flags);

/**
 * vfl_cfg_own_ext_cap() - rows of an extended capability
 * @cfg: config space
 * @id: a PCI_EXT_CAP_ID_*, or 0 for one that only holds the list together
 * @pos: its first byte, a multiple of 4
 * @len: its length in bytes
 */
void vfl_cfg_own_ext_cap(struct vfl_cfg *cfg, u16 id, unsigned int pos,
			 unsigned int len);

#endif

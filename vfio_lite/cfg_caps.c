// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device's capability lists to the rows of cfg_perm.c.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#include "cfg_caps.h"
#include "cfg_perm.h"

#define HIDDEN		0
#define VARIES		0xff

/* In bytes; capabilities that are not named here are hidden. */
static const u8 cap_len[] = {
	[PCI_CAP_ID_PM]		= PCI_PM_SIZEOF,
	[PCI_CAP_ID_AGP]	= PCI_AGP_SIZEOF,
	[PCI_CAP_ID_VPD]	= PCI_CAP_VPD_SIZEOF,
	[PCI_CAP_ID_MSI]	= VARIES,
	[PCI_CAP_ID_PCIX]	= VARIES,
	[PCI_CAP_ID_HT]		= VARIES,
	[PCI_CAP_ID_VNDR]	= VARIES,
	[PCI_CAP_ID_EXP]	= VARIES,
	[PCI_CAP_ID_MSIX]	= PCI_CAP_MSIX_SIZEOF,
	[PCI_CAP_ID_SATA]	= VARIES,
	[PCI_CAP_ID_AF]		= PCI_CAP_AF_SIZEOF,
};

static const u8 ext_cap_len[] = {
	[PCI_EXT_CAP_ID_ERR]	= PCI_ERR_ROOT_COMMAND,
	[PCI_EXT_CAP_ID_VC]	= VARIES,
	[PCI_EXT_CAP_ID_DSN]	= PCI_EXT_CAP_DSN_SIZEOF,
	[PCI_EXT_CAP_ID_PWR]	= PCI_EXT_CAP_PWR_SIZEOF,
	[PCI_EXT_CAP_ID_MFVC]	= VARIES,
	[PCI_EXT_CAP_ID_VC9]	= VARIES,
	[PCI_EXT_CAP_ID_VNDR]	= VARIES,
	[PCI_EXT_CAP_ID_ACS]	= VARIES,
	[PCI_EXT_CAP_ID_ARI]	= PCI_EXT_CAP_ARI_SIZEOF,
	[PCI_EXT_CAP_ID_ATS]	= PCI_EXT_CAP_ATS_SIZEOF,
	[PCI_EXT_CAP_ID_SRIOV]	= PCI_EXT_CAP_SRIOV_SIZEOF,
	[PCI_EXT_CAP_ID_MCAST]	= PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF,
	[PCI_EXT_CAP_ID_PRI]	= PCI_EXT_CAP_PRI_SIZEOF,
	[PCI_EXT_CAP_ID_REBAR]	= VARIES,
	[PCI_EXT_CAP_ID_DPA]	= VARIES,
	[PCI_EXT_CAP_ID_TPH]	= VARIES,
	[PCI_EXT_CAP_ID_LTR]	= PCI_EXT_CAP_LTR_SIZEOF,
	[PCI_EXT_CAP_ID_DVSEC]	= VARIES,
};

/*
 * struct walk - what is known while walking
 * @cfg: what it becomes
 * @facts: what it is made of
 * @seen: a bit for each dword that a capability began at: lists may be circles
 */
struct walk {
	struct vfl_cfg *cfg;
	const struct vfl_cfg_facts *facts;
	u32 seen[PCI_CFG_SPACE_EXP_SIZE / 4 / 32];
};

static bool seen(const struct walk *walk, unsigned int pos)
{
	return walk->seen[pos / 4 / 32] & 1U << (pos / 4 % 32);
}

/* Whether a capability can begin here, for the first time. */
static bool enter(struct walk *walk, unsigned int pos, unsigned int least)
{
	if (pos < least || pos >= walk->cfg->size || seen(walk, pos))
		return false;
	walk->seen[pos / 4 / 32] |= 1U << (pos / 4 % 32);
	return true;
}

/*
 * Bytes up to the end, or to a capability that is in the list before: what would
 * lie upon its header might make the user's list a circle.
 */
static unsigned int room(const struct walk *walk, unsigned int pos,
			 unsigned int end)
{
	unsigned int next = pos + 4;

	while (next < end && !seen(walk, next))
		next += 4;
	return min(next, end) - pos;
}

static u32 hw_read(const struct walk *walk, unsigned int pos, unsigned int len)
{
	if (pos + len > walk->cfg->size)
		return 0;
	return walk->facts->read(walk->facts->hw, pos, len);
}

/* The dwords that hold these bytes, but for the gap behind the last one. */
static void fill_copy(const struct walk *walk, unsigned int pos, unsigned int len)
{
	unsigned int end = pos + len, step;

	for (; pos < end; pos += step) {
		step = vfl_cfg_chunk(pos, end - pos);
		vfl_cfg_set(walk->cfg, pos, vfl_cfg_bits(step),
			    hw_read(walk, pos, step));
	}
}

static unsigned int msi_len(u16 flags)
{
	return 10 + (flags & PCI_MSI_FLAGS_64BIT ? 4 : 0) +
		(flags & PCI_MSI_FLAGS_MASKBIT ? 10 : 0);
}

/* An integrated endpoint has no link registers (PCIe 6.0, 7.5.3). */
static unsigned int exp_len(u16 flags)
{
	bool no_link = (flags & PCI_EXP_FLAGS_TYPE) >> 4 == PCI_EXP_TYPE_RC_END;

	if ((flags & PCI_EXP_FLAGS_VERS) == 1)
		return no_link ? PCI_EXP_LNKCAP : PCI_CAP_EXP_ENDPOINT_SIZEOF_V1;
	/* Not PCI_CAP_EXP_ENDPOINT_SIZEOF_V2, which in 6.1 leaves out Link Status 2. */
	return no_link ? PCI_EXP_LNKCAP2 : PCI_EXP_SLTCAP2;
}

/* @flags: what follows ID and next. */
static unsigned int varying_cap_len(const struct walk *walk, u8 id,
				    unsigned int pos, u16 flags)
{
	u32 regs;

	switch (id) {
	case PCI_CAP_ID_MSI:
		return msi_len(flags);
	case PCI_CAP_ID_PCIX:
		return PCI_X_CMD_VERSION(flags) ? PCI_CAP_PCIX_SIZEOF_V2 :
						  PCI_CAP_PCIX_SIZEOF_V0;
	case PCI_CAP_ID_VNDR:
		return flags & 0xff;
	case PCI_CAP_ID_EXP:
		return exp_len(flags);
	case PCI_CAP_ID_HT:
		return flags >> 8 & HT_3BIT_CAP_MASK ? HT_CAP_SIZEOF_SHORT :
						       HT_CAP_SIZEOF_LONG;
	default: /* PCI_CAP_ID_SATA */
		regs = hw_read(walk, pos + PCI_SATA_REGS, 1);
		return (regs & PCI_SATA_REGS_MASK) == PCI_SATA_REGS_INLINE ?
			PCI_SATA_SIZEOF_LONG : PCI_SATA_SIZEOF_SHORT;
	}
}

static unsigned int vc_len(const struct walk *walk, unsigned int pos)
{
	u32 cap1 = hw_read(walk, pos + PCI_VC_PORT_CAP1, 4);
	u32 cap2 = hw_read(walk, pos + PCI_VC_PORT_CAP2, 4);
	unsigned int len, phases = 0;

	if (cap2 & PCI_VC_CAP2_128_PHASE)
		phases = 128;
	else if (cap2 & PCI_VC_CAP2_64_PHASE)
		phases = 64;
	else if (cap2 & PCI_VC_CAP2_32_PHASE)
		phases = 32;

	len = PCI_CAP_VC_BASE_SIZEOF +
		(1 + (cap1 & PCI_VC_CAP1_EVCC)) * PCI_CAP_VC_PER_VC_SIZEOF;
	/* The table of arbitration: four bits a phase. */
	return phases ? ALIGN(len, 16) + phases / 2 : len;
}

static unsigned int acs_len(const struct walk *walk, unsigned int pos)
{
	u32 bits;

	if (!(hw_read(walk, pos + PCI_ACS_CAP, 1) & PCI_ACS_EC))
		return 8;
	bits = hw_read(walk, pos + PCI_ACS_EGRESS_BITS, 1);
	return 8 + (bits ? ALIGN(bits, 32) : 256) / 8;
}

static unsigned int tph_len(const struct walk *walk, unsigned int pos)
{
	u32 cap = hw_read(walk, pos + PCI_TPH_CAP, 4);

	if ((cap & PCI_TPH_CAP_LOC_MASK) != PCI_TPH_LOC_CAP)
		return PCI_TPH_BASE_SIZEOF;
	return PCI_TPH_BASE_SIZEOF + 2 +
		2 * ((cap & PCI_TPH_CAP_ST_MASK) >> PCI_TPH_CAP_ST_SHIFT);
}

static unsigned int varying_ext_cap_len(const struct walk *walk, u16 id,
					unsigned int pos)
{
	u32 val;

	switch (id) {
	case PCI_EXT_CAP_ID_VNDR:
		return hw_read(walk, pos + PCI_VNDR_HEADER, 4) >> 20;
	case PCI_EXT_CAP_ID_DVSEC:
		return hw_read(walk, pos + PCI_DVSEC_HEADER1, 4) >> 20;
	case PCI_EXT_CAP_ID_ACS:
		return acs_len(walk, pos);
	case PCI_EXT_CAP_ID_REBAR:
		val = hw_read(walk, pos + PCI_REBAR_CTRL, 1);
		return 4 + 8 * ((val & PCI_REBAR_CTRL_NBAR_MASK) >>
				PCI_REBAR_CTRL_NBAR_SHIFT);
	case PCI_EXT_CAP_ID_DPA:
		val = hw_read(walk, pos + PCI_DPA_CAP, 1);
		return PCI_DPA_BASE_SIZEOF + (val & PCI_DPA_CAP_SUBSTATE_MASK) + 1;
	case PCI_EXT_CAP_ID_TPH:
		return tph_len(walk, pos);
	default: /* PCI_EXT_CAP_ID_VC, PCI_EXT_CAP_ID_VC9, PCI_EXT_CAP_ID_MFVC */
		return vc_len(walk, pos);
	}
}

/* Tell the user of the device only what is so for a user. */
static void note_cap(struct vfl_cfg *cfg, u8 id, u8 pos, u16 flags)
{
	switch (id) {
	case PCI_CAP_ID_MSI:
		cfg->msi_qmax = (flags & PCI_MSI_FLAGS_QMASK) >> 1;
		break;
	case PCI_CAP_ID_PM:
		vfl_cfg_set(cfg, pos + PCI_PM_PMC, PCI_PM_CAP_PME_MASK, 0);
		vfl_cfg_set(cfg, pos + PCI_PM_CTRL,
			    PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS, 0);
		break;
	}
}

/* Returns the length in bytes; 0: hidden. */
static unsigned int take_cap(const struct walk *walk, u8 id, unsigned int pos)
{
	unsigned int len = id < ARRAY_SIZE(cap_len) ? cap_len[id] : HIDDEN;
	unsigned int max = room(walk, pos, PCI_CFG_SPACE_SIZE);
	u16 flags = hw_read(walk, pos + 2, 2);

	if (len == VARIES)
		len = varying_cap_len(walk, id, pos, flags);
	/* Two bytes are ID and next; what has not even these is no capability. */
	if (len < PCI_CAP_FLAGS)
		return 0;
	/*
	 * Nor is one that we know the registers of, and that has no room for them; but
	 * the device may take what is there for them, so that nobody may write to it.
	 */
	if (len > max && id != PCI_CAP_ID_VNDR) {
		vfl_cfg_own_cap(walk->cfg, 0, pos, max, 0);
		return 0;
	}

	len = min(len, max);
	vfl_cfg_own_cap(walk->cfg, id, pos, len, flags);
	fill_copy(walk, pos, len);
	note_cap(walk->cfg, id, pos, flags);
	return len;
}

/* Whether there can be extended capabilities, and there are some. */
static bool leads_to_ext_caps(const struct walk *walk, u8 id, unsigned int pos)
{
	if (id != PCI_CAP_ID_EXP &&
	    (id != PCI_CAP_ID_PCIX ||
	     !PCI_X_CMD_VERSION(hw_read(walk, pos + PCI_X_CMD, 2))))
		return false;
	return hw_read(walk, PCI_CFG_SPACE_SIZE, 4);
}

/* Returns whether to look for extended ones. */
static bool walk_caps(struct walk *walk)
{
	unsigned int pos = hw_read(walk, PCI_CAPABILITY_LIST, 1) & ~3;
	unsigned int prev = PCI_CAPABILITY_LIST;
	bool ext = false;
	u16 head;

	while (enter(walk, pos, PCI_STD_HEADER_SIZEOF)) {
		head = hw_read(walk, pos, 2);
		/* Also of one that is hidden: what it leads to is not for raw access. */
		ext |= leads_to_ext_caps(walk, head & 0xff, pos);
		if (take_cap(walk, head & 0xff, pos)) {
			vfl_cfg_set(walk->cfg, prev, 0xff, pos);
			prev = pos + PCI_CAP_LIST_NEXT;
		}
		pos = head >> 8 & ~3;
	}
	vfl_cfg_set(walk->cfg, prev, 0xff, 0);
	if (prev == PCI_CAPABILITY_LIST)
		vfl_cfg_set(walk->cfg, PCI_STATUS, PCI_STATUS_CAP_LIST, 0);
	return ext;
}

static unsigned int take_ext_cap(const struct walk *walk, u16 id,
				 unsigned int pos)
{
	unsigned int len = id < ARRAY_SIZE(ext_cap_len) ? ext_cap_len[id] : HIDDEN;

	if (len == VARIES)
		len = varying_ext_cap_len(walk, id, pos);
	if (len < PCI_CAP_SIZEOF)
		return 0;

	len = min(len, room(walk, pos, walk->cfg->size));
	vfl_cfg_own_ext_cap(walk->cfg, id, pos, len);
	fill_copy(walk, pos, len);
	return len;
}

/*
 * The list begins at a fixed place.  If the first capability is hidden, its
 * header stays as an anchor, without ID and version.
 */
static void walk_ext_caps(struct walk *walk)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, prev = 0;
	u32 head;

	for (; enter(walk, pos, PCI_CFG_SPACE_SIZE); pos = PCI_EXT_CAP_NEXT(head)) {
		head = hw_read(walk, pos, 4);
		if (!take_ext_cap(walk, PCI_EXT_CAP_ID(head), pos)) {
			if (prev)
				continue;
			vfl_cfg_own_ext_cap(walk->cfg, 0, pos, PCI_CAP_SIZEOF);
			vfl_cfg_set(walk->cfg, pos, ~0U, 0);
		}
		if (prev)
			vfl_cfg_set(walk->cfg, prev, 0xffcU << 20, pos << 20);
		prev = pos;
	}
	vfl_cfg_set(walk->cfg, prev, 0xffcU << 20, 0);
}

static void build_bars(struct vfl_cfg *cfg, const struct vfl_cfg_facts *facts)
{
	unsigned int i;

	for (i = 0; i < VFL_CFG_NR_BARS; i++) {
		const struct vfl_cfg_bar *bar = &facts->bar[i];
		u64 mask = bar->len ? ~(bar->len - 1) : 0;

		if (bar->len && i == VFL_CFG_ROM)
			mask |= PCI_ROM_ADDRESS_ENABLE;
		cfg->bar_mask[i] = mask;
		cfg->bar_flags[i] = bar->len ? bar->flags : 0;
		if (bar->len && bar->flags & PCI_BASE_ADDRESS_MEM_TYPE_64 &&
		    i < VFL_CFG_ROM - 1)
			cfg->bar_mask[++i] = mask >> 32;
	}
	for (i = PCI_BASE_ADDRESS_0; i <= PCI_ROM_ADDRESS; i += 4)
		vfl_cfg_fix_bar(cfg, i);
}

static void build_header(const struct walk *walk)
{
	const struct vfl_cfg_facts *facts = walk->facts;
	struct vfl_cfg *cfg = walk->cfg;

	cfg->command_memory = facts->command_memory;
	vfl_cfg_own_header(cfg);
	fill_copy(walk, 0, PCI_STD_HEADER_SIZEOF);
	build_bars(cfg, facts);
	if (facts->virtfn)
		vfl_cfg_set(cfg, PCI_VENDOR_ID, ~0U,
			    facts->vendor | (u32)facts->device << 16);
	/* Where the bit does not exist, memory is always on. */
	if (!facts->command_memory)
		vfl_cfg_set(cfg, PCI_COMMAND, PCI_COMMAND_MEMORY,
			    PCI_COMMAND_MEMORY);
	if (!facts->intx)
		vfl_cfg_set(cfg, PCI_INTERRUPT_PIN, 0xff, 0);
}

void vfl_cfg_build(struct vfl_cfg *cfg, const struct vfl_cfg_facts *facts)
{
	struct walk walk = { .cfg = cfg, .facts = facts };

	build_header(&walk);
	if (!(vfl_cfg_copy(cfg, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return;
	if (walk_caps(&walk))
		walk_ext_caps(&walk);
}

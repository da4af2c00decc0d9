// SPDX-License-Identifier: GPL-2.0-only
/*
 * The permission table: what the user may do with each dword of config space.
 *
 * The rules are those of drivers/vfio/pci/vfio_pci_config.c, which user space
 * relies on: what identifies the device, moves its BARs or raises its
 * interrupts is virtual; what belongs to the device alone goes through; the
 * rest can be read.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#include "cfg_perm.h"

#define HIGH(word)	((u32)(u16)(word) << 16)	/* the upper half of a dword */
#define ALL		0xffffffffU

/* In the order of the table below. */
enum row {
	ROW_GAP, ROW_READ_ONLY,
	ROW_TAIL_1, ROW_TAIL_2, ROW_TAIL_3,
	ROW_ID, ROW_COMMAND, ROW_CACHE_LINE, ROW_BAR,
	ROW_CAP_LIST, ROW_INT_LINE,
	ROW_CAP, ROW_EXT_CAP,
	ROW_PM_CAP, ROW_PM_CTRL,
	ROW_VPD_ADDR, ROW_VPD_DATA,
	ROW_MSI_FLAGS, ROW_MSI_ADDRESS, ROW_MSI_DATA, ROW_MSI_DATA_END, ROW_MSI_BITS,
	ROW_VENDOR,
	ROW_PCIX_CMD, ROW_PCIX_ECC,
	ROW_EXP_DEVCTL, ROW_EXP_DEVCTL2,
	ROW_AF_CTRL,
	ROW_ERR_UNCOR, ROW_ERR_COR, ROW_ERR_CAP,
	ROW_PWR_SELECT,
};

#define UNCOR_BITS							\
	(PCI_ERR_UNC_UND | PCI_ERR_UNC_DLP | PCI_ERR_UNC_SURPDN |	\
	 PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_FCP |			\
	 PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_COMP_ABORT |		\
	 PCI_ERR_UNC_UNX_COMP | PCI_ERR_UNC_RX_OVER |			\
	 PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC | PCI_ERR_UNC_UNSUP |	\
	 PCI_ERR_UNC_ACSV | PCI_ERR_UNC_INTN | PCI_ERR_UNC_MCBTLP |	\
	 PCI_ERR_UNC_ATOMEG | PCI_ERR_UNC_TLPPRE)

#define COR_BITS							\
	(PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP | PCI_ERR_COR_BAD_DLLP | \
	 PCI_ERR_COR_REP_ROLL | PCI_ERR_COR_REP_TIMER |			\
	 PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL | PCI_ERR_COR_LOG_OVER)

#define PM_PME_BITS	(PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS)

/* A row is { virt, write, effect }. */
const struct vfl_cfg_row vfl_cfg_rows[] = {
	/*
	 * Between capabilities, devices hide registers that their drivers need
	 * (be2net): like BARs, these are the IOMMU's to confine.
	 */
	[ROW_GAP]	= { 0, ALL },
	[ROW_READ_ONLY]	= { 0, 0 },

	/* A capability that ends after 1, 2 or 3 bytes of its last dword. */
	[ROW_TAIL_1]	= { 0, ALL << 8 },
	[ROW_TAIL_2]	= { 0, ALL << 16 },
	[ROW_TAIL_3]	= { 0, ALL << 24 },

	/* The header.  A VF has no IDs of its own. */
	[ROW_ID]	= { ALL, 0 },
	/* We switch INTx ourselves, also for devices that cannot. */
	[ROW_COMMAND]	= { PCI_COMMAND_INTX_DISABLE | HIGH(PCI_STATUS_CAP_LIST),
			    0xffff, VFL_EFFECT_COMMAND },
	/* Cache line size, latency timer and self-test, but not header type. */
	[ROW_CACHE_LINE] = { 0, 0xff00ffff },
	[ROW_BAR]	= { ALL, ALL, VFL_EFFECT_BAR },
	[ROW_CAP_LIST]	= { 0xff, 0 },
	/* The line is a note of software to itself; the pin may be hidden. */
	[ROW_INT_LINE]	= { 0xffff, 0xff },

	/* Of any capability: ID and next, which may leave hidden ones out. */
	[ROW_CAP]	= { 0xffff, 0 },
	[ROW_EXT_CAP]	= { ALL, 0 },

	/*
	 * Power management events go to the host, which handles them.  Of the byte with
	 * the state, nothing is written by the way, as in a write of all four: that would
	 * be the state before.  The upper half is a bridge's, or cannot be written.
	 */
	[ROW_PM_CAP]	= { 0xffff | HIGH(PCI_PM_CAP_PME_MASK), 0 },
	[ROW_PM_CTRL]	= { PM_PME_BITS, 0xff00 & ~PM_PME_BITS, VFL_EFFECT_PM_CTRL },

	[ROW_VPD_ADDR]	= { ALL, 0xffff0000, VFL_EFFECT_VPD_ADDR },
	[ROW_VPD_DATA]	= { ALL, ALL },

	/* The host's message is not the user's; its mask bits are. */
	[ROW_MSI_FLAGS]	= { 0x00ffffff, 0x00ff0000, VFL_EFFECT_MSI_FLAGS },
	[ROW_MSI_ADDRESS] = { ALL, ALL },
	[ROW_MSI_DATA]	= { 0xffff, 0xffff },
	[ROW_MSI_DATA_END] = { 0xffff, ALL },
	[ROW_MSI_BITS]	= { 0, ALL },

	[ROW_VENDOR]	= { 0xffff, 0xffff0000 },

	[ROW_PCIX_CMD]	= { 0xffff, 0xffff0000 },
	[ROW_PCIX_ECC]	= { 0, ALL },

	/*
	 * Phantom functions would confuse the IOMMU.  The payload size concerns
	 * every device of the hierarchy; the read request size follows what is
	 * written, within bounds.
	 */
	[ROW_EXP_DEVCTL] = { PCI_EXP_DEVCTL_BCR_FLR | PCI_EXP_DEVCTL_PAYLOAD |
			     PCI_EXP_DEVCTL_READRQ,
			     0xffff & ~PCI_EXP_DEVCTL_PHANTOM,
			     VFL_EFFECT_EXP_DEVCTL },
	[ROW_EXP_DEVCTL2] = { 0, 0xffff & ~PCI_EXP_DEVCTL2_ARI },

	[ROW_AF_CTRL]	= { PCI_AF_CTRL_FLR, 0xffff0000 | PCI_AF_CTRL_FLR,
			    VFL_EFFECT_AF_CTRL },

	[ROW_ERR_UNCOR]	= { 0, UNCOR_BITS },
	[ROW_ERR_COR]	= { 0, COR_BITS },
	[ROW_ERR_CAP]	= { 0, PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE },

	[ROW_PWR_SELECT] = { 0, 0xff },
};

/*
 * struct layout - the rows of a capability
 * @rows: of its first dwords
 * @nr: how many these are
 * @rest: of those behind
 */
struct layout {
	const u8 *rows;
	unsigned int nr;
	u8 rest;
};

#define DEFINE_LAYOUT(name, then, ...)					\
static const u8 name##_rows[] = { __VA_ARGS__ };			\
static const struct layout name = {					\
	name##_rows, ARRAY_SIZE(name##_rows), then			\
}

DEFINE_LAYOUT(header, ROW_READ_ONLY,
	      ROW_ID, ROW_COMMAND, ROW_READ_ONLY, ROW_CACHE_LINE,
	      ROW_BAR, ROW_BAR, ROW_BAR, ROW_BAR, ROW_BAR, ROW_BAR,
	      ROW_READ_ONLY, ROW_READ_ONLY, ROW_BAR,
	      ROW_CAP_LIST, ROW_READ_ONLY, ROW_INT_LINE);

DEFINE_LAYOUT(any_cap, ROW_READ_ONLY, ROW_CAP);
DEFINE_LAYOUT(pm, ROW_READ_ONLY, ROW_PM_CAP, ROW_PM_CTRL);
DEFINE_LAYOUT(vpd, ROW_READ_ONLY, ROW_VPD_ADDR, ROW_VPD_DATA);
DEFINE_LAYOUT(msi_32, ROW_READ_ONLY,
	      ROW_MSI_FLAGS, ROW_MSI_ADDRESS, ROW_MSI_DATA_END);
DEFINE_LAYOUT(msi_32_mask, ROW_READ_ONLY,
	      ROW_MSI_FLAGS, ROW_MSI_ADDRESS, ROW_MSI_DATA,
	      ROW_MSI_BITS, ROW_MSI_BITS);
DEFINE_LAYOUT(msi_64, ROW_READ_ONLY,
	      ROW_MSI_FLAGS, ROW_MSI_ADDRESS, ROW_MSI_ADDRESS, ROW_MSI_DATA_END);
DEFINE_LAYOUT(msi_64_mask, ROW_READ_ONLY,
	      ROW_MSI_FLAGS, ROW_MSI_ADDRESS, ROW_MSI_ADDRESS, ROW_MSI_DATA,
	      ROW_MSI_BITS, ROW_MSI_BITS);
DEFINE_LAYOUT(pcix, ROW_READ_ONLY, ROW_PCIX_CMD, ROW_READ_ONLY, ROW_PCIX_ECC);
DEFINE_LAYOUT(vendor, ROW_GAP, ROW_VENDOR);
DEFINE_LAYOUT(exp, ROW_READ_ONLY,
	      ROW_CAP, ROW_READ_ONLY, ROW_EXP_DEVCTL, ROW_READ_ONLY,
	      ROW_READ_ONLY, ROW_READ_ONLY, ROW_READ_ONLY, ROW_READ_ONLY,
	      ROW_READ_ONLY, ROW_READ_ONLY, ROW_EXP_DEVCTL2);
DEFINE_LAYOUT(af, ROW_READ_ONLY, ROW_CAP, ROW_AF_CTRL);

DEFINE_LAYOUT(any_ext_cap, ROW_READ_ONLY, ROW_EXT_CAP);
DEFINE_LAYOUT(ext_vendor, ROW_GAP, ROW_EXT_CAP);
DEFINE_LAYOUT(err, ROW_READ_ONLY,
	      ROW_EXT_CAP, ROW_ERR_UNCOR, ROW_ERR_UNCOR, ROW_ERR_UNCOR,
	      ROW_ERR_COR, ROW_ERR_COR, ROW_ERR_CAP);
DEFINE_LAYOUT(pwr, ROW_READ_ONLY, ROW_EXT_CAP, ROW_PWR_SELECT);

/* The dwords that the capability covers; the last one perhaps in part. */
static void own(struct vfl_cfg *cfg, unsigned int pos, unsigned int len,
		const struct layout *layout)
{
	unsigned int end = min(pos + len, cfg->size);
	unsigned int i, tail = end % 4;
	u8 row;

	for (i = 0; pos < end; i++, pos += 4) {
		row = i < layout->nr ? layout->rows[i] : layout->rest;
		if (end - pos < 4 && row == ROW_READ_ONLY)
			row = ROW_TAIL_1 + tail - 1;
		cfg->row[pos / 4] = row;
	}
}

void vfl_cfg_own_header(struct vfl_cfg *cfg)
{
	own(cfg, 0, PCI_STD_HEADER_SIZEOF, &header);
}

static const struct layout *msi_layout(u16 flags)
{
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		return flags & PCI_MSI_FLAGS_64BIT ? &msi_64_mask : &msi_32_mask;
	return flags & PCI_MSI_FLAGS_64BIT ? &msi_64 : &msi_32;
}

static const struct layout *cap_layout(u8 id, u16 flags)
{
	switch (id) {
	case PCI_CAP_ID_PM:
		return &pm;
	case PCI_CAP_ID_VPD:
		return &vpd;
	case PCI_CAP_ID_MSI:
		return msi_layout(flags);
	case PCI_CAP_ID_PCIX:
		return &pcix;
	case PCI_CAP_ID_VNDR:
		return &vendor;
	case PCI_CAP_ID_EXP:
		return &exp;
	case PCI_CAP_ID_AF:
		return &af;
	default:
		return &any_cap;
	}
}

void vfl_cfg_own_cap(struct vfl_cfg *cfg, u8 id, unsigned int pos,
		     unsigned int len, u16 flags)
{
	own(cfg, pos, len, cap_layout(id, flags));
}

static const struct layout *ext_cap_layout(u16 id)
{
	switch (id) {
	case PCI_EXT_CAP_ID_ERR:
		return &err;
	case PCI_EXT_CAP_ID_PWR:
		return &pwr;
	case PCI_EXT_CAP_ID_VNDR:
	case PCI_EXT_CAP_ID_DVSEC:
		return &ext_vendor;
	default:
		return &any_ext_cap;
	}
}

void vfl_cfg_own_ext_cap(struct vfl_cfg *cfg, u16 id, unsigned int pos,
			 unsigned int len)
{
	own(cfg, pos, len, ext_cap_layout(id));
}

/* A mask or value for a dword, as it is for a chunk of it. */
static u32 part(u32 dword, unsigned int pos, unsigned int len)
{
	return dword >> (8 * (pos % 4)) & vfl_cfg_bits(len);
}

u32 vfl_cfg_show(const struct vfl_cfg *cfg, unsigned int pos, unsigned int len,
		 u32 hw)
{
	const struct vfl_cfg_row *row = vfl_cfg_row(cfg, pos);
	u32 virt = part(row->virt, pos, len);
	u32 copy = vfl_cfg_copy(cfg, pos, len);
	u32 val = (copy & virt) | (hw & ~virt), mask;

	switch (row->effect) {
	case VFL_EFFECT_COMMAND:
		/* What the user wrote, where the device has no such bit. */
		if (!cfg->command_memory)
			val |= copy & part(PCI_COMMAND_MEMORY, pos, len);
		return val;
	case VFL_EFFECT_MSI_FLAGS:
		mask = part(HIGH(PCI_MSI_FLAGS_QMASK), pos, len);
		return (val & ~mask) |
			(part(HIGH(cfg->msi_qmax << 1), pos, len) & mask);
	default:
		return val;
	}
}

u32 vfl_cfg_store(struct vfl_cfg *cfg, unsigned int pos, unsigned int len,
		  u32 val)
{
	const struct vfl_cfg_row *row = vfl_cfg_row(cfg, pos);
	u32 virt = part(row->virt, pos, len);
	u32 write = part(row->write, pos, len);

	vfl_cfg_set(cfg, pos, write & virt, val);
	return write & ~virt;
}

struct vfl_hw_write vfl_cfg_narrow(unsigned int pos, unsigned int len, u32 mask,
				   u32 val)
{
	struct vfl_hw_write hw = { .pos = pos, .len = mask ? len : 0,
				   .mask = mask, .val = val };
	unsigned int half;

	while (hw.len > 1) {
		half = hw.len / 2;
		if (!(hw.mask & vfl_cfg_bits(half))) {
			hw.pos += half;
			hw.mask >>= 8 * half;
			hw.val >>= 8 * half;
		} else if (hw.mask & ~vfl_cfg_bits(half)) {
			break;
		}
		hw.len = half;
	}
	hw.val &= vfl_cfg_bits(max(hw.len, 1U));
	return hw;
}

void vfl_cfg_fix_bar(struct vfl_cfg *cfg, unsigned int pos)
{
	unsigned int i = (pos - PCI_BASE_ADDRESS_0) / 4;
	u32 *copy = &cfg->copy[pos / 4];

	if (pos / 4 == PCI_ROM_ADDRESS / 4)
		i = VFL_CFG_ROM;
	else if (pos < PCI_BASE_ADDRESS_0 || i >= VFL_CFG_ROM)
		return;
	*copy = (*copy & cfg->bar_mask[i]) | cfg->bar_flags[i];
}

u16 vfl_cfg_msi_flags(u16 flags, bool enabled, unsigned int qmax)
{
	if (!enabled)
		flags &= ~PCI_MSI_FLAGS_ENABLE;
	if ((flags & PCI_MSI_FLAGS_QSIZE) >> 4 > qmax)
		flags = (flags & ~PCI_MSI_FLAGS_QSIZE) | qmax << 4;
	return flags;
}

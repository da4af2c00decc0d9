// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a device's config space, then any accesses to it: what must hold
 * whatever the device answers and the user writes.
 *
 * With clang, -fsanitize=fuzzer drives this and its like; without, driver.c does.  Each
 * keeps the input that fails, which then belongs in corpus/ or is a row of a test.
 */
#include <string.h>

#include "../../vfio_lite/cfg_perm.c"
#include "../../vfio_lite/cfg_caps.c"
#include "../vfio_lite_space.h"
#include "fuzz.h"
#include "input.h"
#include "vfio_lite_cfg_vary.c"

struct fuzz {
	u8 flags;
	u32 noise;
	struct space space;
	struct space before;
	struct vfl_cfg *cfg;
};

static u32 fuzz_read(void *hw, unsigned int pos, unsigned int len)
{
	struct fuzz *fuzz = hw;
	u32 val = space_read(&fuzz->space, pos, len);

	if (!(fuzz->flags & INPUT_FICKLE))
		return val;
	fuzz->noise = fuzz->noise * 1664525 + 1013904223;
	if (fuzz->noise >> 29)
		return val;
	return (val ^ 1U << (fuzz->noise >> 16 & 31)) & vfl_cfg_bits(len);
}

static void fuzz_build(struct fuzz *fuzz, const u8 *bars)
{
	unsigned int size = fuzz->space.size, i;
	struct vfl_cfg_facts facts = {
		.read = fuzz_read,
		.hw = fuzz,
		.size = size,
		.vendor = 0x1234,
		.device = 0x5678,
		.virtfn = fuzz->flags & INPUT_VF,
		.command_memory = fuzz->flags & INPUT_COMMAND,
		.intx = fuzz->flags & INPUT_INTX,
	};

	for (i = 0; i < VFL_CFG_NR_BARS; i++) {
		/* As cfg_open.c: I/O, or 64-bit, prefetchable, both, neither. */
		static const u8 flags[] = { 0, 1, 4, 0xc };
		unsigned int order = bars[i] & 63;

		facts.bar[i].len = order >= 4 && order <= 40 ? 1ULL << order : 0;
		facts.bar[i].flags = i < VFL_CFG_ROM ? flags[bars[i] >> 6] : 0;
	}

	fuzz->cfg = calloc(1, sizeof(*fuzz->cfg) + size);
	if (!fuzz->cfg)
		abort();
	fuzz->cfg->size = size;
	fuzz->cfg->row = calloc(1, size / 4);
	if (!fuzz->cfg->row)
		abort();
	vfl_cfg_build(fuzz->cfg, &facts);
}

/* What is in a list is not the user's to change. */
static bool has_header(const struct vfl_cfg *cfg, unsigned int pos, u32 bits)
{
	const struct vfl_cfg_row *row = vfl_cfg_row(cfg, pos);

	return (row->virt & bits) == bits && !(row->write & bits);
}

static void check_caps(const struct fuzz *fuzz)
{
	const struct vfl_cfg *cfg = fuzz->cfg;
	bool seen[PCI_CFG_SPACE_SIZE / 4] = { };
	unsigned int pos, id;

	if (!(user_read(cfg, &fuzz->space, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return;
	for (pos = user_read(cfg, &fuzz->space, PCI_CAPABILITY_LIST, 1);
	     pos; pos = user_read(cfg, &fuzz->space, pos + PCI_CAP_LIST_NEXT, 1)) {
		must(pos >= PCI_STD_HEADER_SIZEOF && pos % 4 == 0);
		must(has_header(cfg, pos, 0xffff));
		must(!seen[pos / 4]);
		seen[pos / 4] = true;
		id = user_read(cfg, &fuzz->space, pos, 1);
		must(fuzz->flags & INPUT_FICKLE ||
		     (id < ARRAY_SIZE(cap_len) && cap_len[id]));
	}
}

static void check_ext_caps(const struct fuzz *fuzz)
{
	const struct vfl_cfg *cfg = fuzz->cfg;
	bool seen[PCI_CFG_SPACE_EXP_SIZE / 4] = { };
	unsigned int pos = PCI_CFG_SPACE_SIZE, id;
	u32 head;

	if (cfg->size == PCI_CFG_SPACE_SIZE || !has_header(cfg, pos, ~0U))
		return;
	for (; pos; pos = PCI_EXT_CAP_NEXT(head)) {
		must(pos >= PCI_CFG_SPACE_SIZE && pos < cfg->size && pos % 4 == 0);
		must(has_header(cfg, pos, ~0U));
		must(!seen[pos / 4]);
		seen[pos / 4] = true;
		head = user_read(cfg, &fuzz->space, pos, 4);
		id = PCI_EXT_CAP_ID(head);
		must(fuzz->flags & INPUT_FICKLE || pos == PCI_CFG_SPACE_SIZE ||
		     (id < ARRAY_SIZE(ext_cap_len) && ext_cap_len[id]));
	}
}

/* What config.c looks at, when a dword is written, is within the 256 bytes. */
static void check_effect(const struct vfl_cfg *cfg, unsigned int pos)
{
	switch (vfl_cfg_row(cfg, pos)->effect) {
	case VFL_EFFECT_MSI_FLAGS:
	case VFL_EFFECT_PM_CTRL:
	case VFL_EFFECT_EXP_DEVCTL:
	case VFL_EFFECT_AF_CTRL:
		must(pos >= PCI_STD_HEADER_SIZEOF && pos + 4 <= PCI_CFG_SPACE_SIZE);
		break;
	case VFL_EFFECT_VPD_ADDR:
		must(pos + PCI_VPD_DATA + 4 <= PCI_CFG_SPACE_SIZE);
		break;
	default:
		break;
	}
}

/* What config.c relies on. */
static void check_build(const struct fuzz *fuzz)
{
	const struct vfl_cfg *cfg = fuzz->cfg;
	unsigned int i;

	must(!fuzz->space.bad_reads);
	for (i = 0; i < cfg->size / 4; i++) {
		must(cfg->row[i] < ARRAY_SIZE(vfl_cfg_rows));
		check_effect(cfg, 4 * i);
		must(vfl_cfg_row(cfg, 4 * i)->virt ||
		     vfl_cfg_show(cfg, 4 * i, 4, 0x5aa5c33c) == 0x5aa5c33c);
	}

	must(vfl_cfg_virt(cfg, PCI_VENDOR_ID, 4) == ~0U);
	must(vfl_cfg_row(cfg, PCI_COMMAND)->effect == VFL_EFFECT_COMMAND);
	for (i = PCI_BASE_ADDRESS_0; i <= PCI_BASE_ADDRESS_5; i += 4)
		must(vfl_cfg_virt(cfg, i, 4) == ~0U);
	must(vfl_cfg_virt(cfg, PCI_ROM_ADDRESS, 4) == ~0U);

	check_caps(fuzz);
	check_ext_caps(fuzz);
}

static void check_read(const struct fuzz *fuzz, unsigned int pos, unsigned int len)
{
	u32 val = user_read(fuzz->cfg, &fuzz->space, pos, len), bytes = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		bytes |= user_read(fuzz->cfg, &fuzz->space, pos + i, 1) << (8 * i);
	must(val == bytes);
}

/* The narrowed write is the same bits, within the chunk. */
static void check_narrow(unsigned int pos, unsigned int len, u32 mask, u32 val)
{
	struct vfl_hw_write hw = vfl_cfg_narrow(pos, len, mask, val);
	unsigned int shift = 8 * (hw.pos - pos);

	must(!hw.len == !mask);
	if (!mask)
		return;
	must(hw.pos >= pos && hw.pos + hw.len <= pos + len);
	must(hw.len == 1 || hw.len == 2 || hw.len == 4);
	must(hw.pos % hw.len == 0);
	must(!(hw.mask & ~vfl_cfg_bits(hw.len)));
	must(hw.mask << shift == mask);
	must((hw.val & hw.mask) << shift == (val & mask));
}

/* What config.c does besides, as far as it concerns the copy. */
static void carry_out(struct fuzz *fuzz, unsigned int pos, unsigned int len)
{
	unsigned int flags = (pos & ~3) + PCI_MSI_FLAGS;
	u16 val;

	if (vfl_cfg_row(fuzz->cfg, pos)->effect != VFL_EFFECT_MSI_FLAGS ||
	    pos > flags || flags >= pos + len)
		return;
	val = vfl_cfg_msi_flags(vfl_cfg_copy(fuzz->cfg, flags, 2),
				fuzz->flags & INPUT_MSI, fuzz->cfg->msi_qmax);
	must(fuzz->flags & INPUT_MSI || !(val & PCI_MSI_FLAGS_ENABLE));
	must((val & PCI_MSI_FLAGS_QSIZE) >> 4 <= fuzz->cfg->msi_qmax);
	vfl_cfg_set(fuzz->cfg, flags, 0xffff, val);
}

/* Outside of what may be written, nothing changes: for the user, here, there. */
static void check_write(struct fuzz *fuzz, unsigned int pos, unsigned int len,
			u32 val)
{
	static u32 copy[PCI_CFG_SPACE_EXP_SIZE / 4];
	struct vfl_cfg *cfg = fuzz->cfg;
	const struct vfl_cfg_row *row = vfl_cfg_row(cfg, pos);
	u32 hw = space_get(&fuzz->space, pos & ~3, 4), shown, chunk, mask;
	unsigned int i;

	memcpy(copy, cfg->copy, cfg->size);
	shown = user_read(cfg, &fuzz->space, pos & ~3, 4);
	chunk = vfl_cfg_bits(len) << (8 * (pos % 4));

	mask = vfl_cfg_store(cfg, pos, len, val) << (8 * (pos % 4));
	must(mask == (row->write & ~row->virt & chunk));
	check_narrow(pos, len, mask >> (8 * (pos % 4)), val);
	user_write(cfg, &fuzz->space, pos, len, val);

	for (i = 0; i < cfg->size / 4; i++)
		must(cfg->copy[i] == copy[i] || i == pos / 4);
	must(!((cfg->copy[pos / 4] ^ copy[pos / 4]) &
	       ~(row->write & row->virt & chunk)));
	must(!((space_get(&fuzz->space, pos & ~3, 4) ^ hw) & ~mask));
	must(!((user_read(cfg, &fuzz->space, pos & ~3, 4) ^ shown) &
	       ~(row->write & chunk)));
	carry_out(fuzz, pos, len);
}

static void do_access(struct fuzz *fuzz, const struct input_access *access)
{
	unsigned int pos = (access->pos[0] | access->pos[1] << 8) % fuzz->space.size;
	unsigned int count = 1 + (access->len & 15), len;
	u32 val;

	if (count > fuzz->space.size - pos)
		count = fuzz->space.size - pos;
	for (; count; pos += len, count -= len) {
		len = vfl_cfg_chunk(pos, count);
		must(len && len <= count && pos % len == 0);
		memcpy(&val, access->val, sizeof(val));
		if (access->len & INPUT_WRITE)
			check_write(fuzz, pos, len, val & vfl_cfg_bits(len));
		check_read(fuzz, pos, len);
	}
}

/* After all: the device has what it had, but for what is its to be written. */
static void check_end(const struct fuzz *fuzz)
{
	unsigned int pos, i;

	for (pos = 0; pos < fuzz->space.size; pos += 4) {
		const struct vfl_cfg_row *row = vfl_cfg_row(fuzz->cfg, pos);

		must(!((space_get(&fuzz->space, pos, 4) ^
			space_get(&fuzz->before, pos, 4)) &
		       ~(row->write & ~row->virt)));
	}
	for (i = 0; i < VFL_CFG_NR_BARS; i++) {
		pos = i == VFL_CFG_ROM ? PCI_ROM_ADDRESS : PCI_BASE_ADDRESS_0 + 4 * i;
		must((vfl_cfg_copy(fuzz->cfg, pos, 4) & ~fuzz->cfg->bar_mask[i]) ==
		     fuzz->cfg->bar_flags[i]);
	}
	check_caps(fuzz);
	check_ext_caps(fuzz);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input_head *head = (const struct input_head *)data;
	const struct input_access *access = (const struct input_access *)(head + 1);
	static struct fuzz fuzz;
	size_t nr, used, i;

	if (size < sizeof(*head))
		return 0;
	memset(&fuzz, 0, sizeof(fuzz));
	fuzz.flags = head->flags;
	fuzz.noise = size;
	fuzz.space.size = fuzz.flags & INPUT_EXTENDED ? 4096 : 256;
	nr = min_t(size_t, head->nr, (size - sizeof(*head)) / sizeof(*access));
	used = sizeof(*head) + nr * sizeof(*access);
	memcpy(fuzz.space.bytes, data + used,
	       min_t(size_t, size - used, fuzz.space.size));
	fuzz.before = fuzz.space;

	fuzz_build(&fuzz, head->bar);
	check_build(&fuzz);
	for (i = 0; i < nr; i++)
		do_access(&fuzz, &access[i]);
	check_end(&fuzz);

	free(fuzz.cfg->row);
	free(fuzz.cfg);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a write is cut up and narrowed, and what corrects it.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/cfg_perm.c"
#include "vfio_lite_cfg_kunit.h"

static void write_chunks(struct kunit *test)
{
	static const u8 want[4][4] = {	/* by position and count - 1 */
		{ 1, 2, 2, 4 }, { 1, 1, 1, 1 }, { 1, 2, 2, 2 }, { 1, 1, 1, 1 },
	};
	unsigned int pos;
	size_t count;

	for (pos = 0; pos < 256; pos++) {
		for (count = 1; count <= 4; count++)
			KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_chunk(pos, count),
					    want[pos % 4][count - 1], "%u", pos);
		KUNIT_EXPECT_EQ(test, vfl_cfg_chunk(pos, 4096 - pos), want[pos % 4][3]);
	}
}

struct narrow_case {
	const char *name;
	unsigned int pos;
	unsigned int len;
	u32 mask;
	u32 val;
	struct vfl_hw_write want;
};

static const struct narrow_case narrow_cases[] = {
	{ "nothing", 4, 4, 0, 0x12345600, { 4, 0, 0, 0 } },
	{ "COMMAND of a dword: not STATUS, whose ones clear", 4, 4, 0xfbff, 0xf9100407,
	  { 4, 2, 0xfbff, 0x0407 } },
	{ "a byte of the high word", 0x50, 4, 0x00ff0000, 0x12345678, { 0x52, 1, 0xff, 0x34 } },
	{ "high byte", 0x0c, 4, 0xff000000, 0x12345678, { 0x0f, 1, 0xff, 0x12 } },
	{ "both ends", 0x0c, 4, 0xff0000ff, 0x12345678,
	  { 0x0c, 4, 0xff0000ff, 0x12345678 } },
	{ "the middle", 0x0c, 4, 0x00ffff00, 0x12345678,
	  { 0x0c, 4, 0x00ffff00, 0x12345678 } },
	{ "bits of two bytes", 0x118, 4, 0x00000140, 0xffffffff,
	  { 0x118, 2, 0x140, 0xffff } },
	{ "high byte of a word", 0x46, 2, 0x8000, 0xabcd, { 0x47, 1, 0x80, 0xab } },
	{ "low byte of a word", 0x46, 2, 0x0001, 0xabcd, { 0x46, 1, 0x01, 0xcd } },
	{ "a byte", 0x47, 1, 0x10, 0xab, { 0x47, 1, 0x10, 0xab } },
};

static void write_narrow_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(narrow_cases); i++) {
		const struct narrow_case *c = &narrow_cases[i];
		struct vfl_hw_write hw = vfl_cfg_narrow(c->pos, c->len, c->mask,
							c->val);

		KUNIT_EXPECT_EQ_MSG(test, hw.pos, c->want.pos, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, hw.len, c->want.len, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, hw.mask, c->want.mask, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, hw.val, c->want.val, "%s", c->name);
	}
}

static void check_narrow(struct kunit *test, unsigned int pos, unsigned int len,
			 u32 mask)
{
	u32 val = 0x9abcdef1 & vfl_cfg_bits(len);
	struct vfl_hw_write hw = vfl_cfg_narrow(pos, len, mask, val);
	unsigned int shift = 8 * (hw.pos - pos), half = hw.len / 2;

	KUNIT_ASSERT_EQ(test, !hw.len, !mask);
	if (!mask)
		return;
	KUNIT_ASSERT_TRUE(test, hw.pos >= pos && hw.pos + hw.len <= pos + len);
	KUNIT_ASSERT_EQ(test, hw.pos % hw.len, 0U);
	/* The same bits, all of them, and none that it could do without. */
	KUNIT_ASSERT_EQ(test, hw.mask << shift, mask);
	KUNIT_ASSERT_EQ(test, hw.mask & ~vfl_cfg_bits(hw.len), 0U);
	KUNIT_ASSERT_EQ(test, (hw.val & hw.mask) << shift, val & mask);
	if (half) {
		KUNIT_ASSERT_TRUE(test, hw.mask & vfl_cfg_bits(half));
		KUNIT_ASSERT_TRUE(test, hw.mask >> (8 * half));
	}
}

/* Each byte's bits none, lowest, highest or all, in chunks of every kind. */
static void write_narrow_exhaustive(struct kunit *test)
{
	static const u8 kinds[] = { 0, 0x01, 0x80, 0xff };
	unsigned int len, pos, all, i;
	u32 mask;

	for (all = 0; all < 256; all++) {
		for (i = 0, mask = 0; i < 4; i++)
			mask |= (u32)kinds[all >> (2 * i) & 3] << (8 * i);
		for (len = 1; len <= 4; len *= 2)
			for (pos = 0x40; pos < 0x44; pos += len)
				check_narrow(test, pos, len, mask & vfl_cfg_bits(len));
	}
}

/* What the device is written if the user writes ones to COMMAND and STATUS. */
static void write_spares_status(struct kunit *test)
{
	static const struct {
		unsigned int pos, len, hw_pos, hw_len;
	} cases[] = {
		{ 4, 4, 4, 2 }, { 4, 2, 4, 2 }, { 4, 1, 4, 1 }, { 5, 1, 5, 1 },
		{ 6, 2, 6, 0 }, { 6, 1, 6, 0 }, { 7, 1, 7, 0 },
	};
	struct vfl_cfg *cfg = new_cfg(test, 256);
	struct vfl_hw_write hw;
	unsigned int i;
	u32 mask;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_own_header(cfg);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		mask = vfl_cfg_store(cfg, cases[i].pos, cases[i].len,
				     vfl_cfg_bits(cases[i].len));
		hw = vfl_cfg_narrow(cases[i].pos, cases[i].len, mask, ~0U);
		KUNIT_EXPECT_EQ_MSG(test, hw.pos, cases[i].hw_pos, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, hw.len, cases[i].hw_len, "%u", i);
	}
	/* INTx disable is ours. */
	KUNIT_EXPECT_EQ(test, vfl_cfg_copy(cfg, PCI_COMMAND, 2), 0x400U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_copy(cfg, PCI_STATUS, 2), 0U);
}

/* Nor what a read just before it has read: the power state, error bits. */
static void check_spared(struct kunit *test, struct vfl_cfg *cfg, unsigned int dword,
			 u32 spared)
{
	struct vfl_hw_write hw;
	unsigned int pos, len;
	u32 mask, bytes;

	for (len = 1; len <= 4; len *= 2)
		for (pos = dword; pos < dword + 4; pos += len) {
			mask = vfl_cfg_store(cfg, pos, len, vfl_cfg_bits(len));
			hw = vfl_cfg_narrow(pos, len, mask, ~0U);
			bytes = hw.len ? vfl_cfg_bits(hw.len) << (8 * (hw.pos % 4)) : 0;
			KUNIT_EXPECT_EQ_MSG(test, bytes & spared, 0U, "%u bytes at %x", len, pos);
		}
}

static void write_spares_bytes(struct kunit *test)
{
	struct vfl_cfg *cfg = new_cfg(test, 256);

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_PM, 0x40, 8, 0);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_EXP, 0x60, 52, 0);
	check_spared(test, cfg, 0x40 + PCI_PM_CTRL, 0x000000ff);
	check_spared(test, cfg, 0x60 + PCI_EXP_DEVCTL, 0xffff0000);
}

struct bar_case {
	unsigned int pos;
	u32 mask;
	u32 flags;
	u32 want;	/* of ones */
};

static void write_fix_bar(struct kunit *test)
{
	static const struct bar_case cases[VFL_CFG_NR_BARS] = {
		{ 0x10, 0xfff00000, 0x0, 0xfff00000 },
		{ 0x14, 0xffffffe0, 0x1, 0xffffffe1 },
		{ 0x18, 0xfc000000, 0xc, 0xfc00000c },
		{ 0x1c, 0xffffffff, 0x0, 0xffffffff },
		{ 0x20, 0, 0xc, 0xc },		/* 4 GiB and more */
		{ 0x24, 0, 0, 0 },
		{ 0x30, 0xffff0001, 0, 0xffff0001 },
	};
	struct vfl_cfg *cfg = new_cfg(test, 256);
	unsigned int i, at;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cfg->bar_mask[i] = cases[i].mask;
		cfg->bar_flags[i] = cases[i].flags;
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (at = cases[i].pos; at < cases[i].pos + 4; at++) {
			vfl_cfg_set(cfg, cases[i].pos, ~0U, ~0U);
			vfl_cfg_fix_bar(cfg, at);
			KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_copy(cfg, cases[i].pos, 4),
					    cases[i].want, "%x", at);
			vfl_cfg_set(cfg, cases[i].pos, ~0U, 0);
			vfl_cfg_fix_bar(cfg, at);
			KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_copy(cfg, cases[i].pos, 4),
					    cases[i].flags, "%x", at);
		}
}

/* Other dwords are left alone, also right before and behind the BARs. */
static void write_fix_no_bar(struct kunit *test)
{
	struct vfl_cfg *cfg = new_cfg(test, 256);
	unsigned int pos;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (pos = 0; pos < 256; pos += 4)
		if (pos < 0x10 || (pos >= 0x28 && pos != 0x30)) {
			vfl_cfg_set(cfg, pos, ~0U, 0xa5a5a5a5);
			vfl_cfg_fix_bar(cfg, pos);
			KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_copy(cfg, pos, 4), 0xa5a5a5a5,
					    "%x", pos);
		}
}

struct msi_case {
	u16 flags;
	bool enabled;
	unsigned int qmax;
	u16 want;
};

static void write_msi_flags_table(struct kunit *test)
{
	static const struct msi_case cases[] = {
		{ 0x0000, true, 0, 0x0000 },
		{ 0x0081, true, 0, 0x0081 },
		{ 0x0081, false, 0, 0x0080 },	/* MSI is set up by ioctl */
		{ 0x0091, true, 0, 0x0081 },	/* one vector, two asked for */
		{ 0x0091, true, 1, 0x0091 },
		{ 0x00f1, true, 5, 0x00d1 },
		{ 0x00d1, true, 5, 0x00d1 },
		{ 0x00d1, false, 4, 0x00c0 },
		{ 0x01fe, true, 7, 0x01fe },
		{ 0xffff, false, 0, 0xff8e },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_msi_flags(cases[i].flags,
							    cases[i].enabled,
							    cases[i].qmax),
				    cases[i].want, "%04x", cases[i].flags);
}

/* Every value: vectors within bounds, and nothing else is touched. */
static void write_msi_flags_exhaustive(struct kunit *test)
{
	unsigned int flags, qmax, enabled;
	u16 out, size;

	for (flags = 0; flags <= 0xffff; flags++)
		for (qmax = 0; qmax < 8; qmax++)
			for (enabled = 0; enabled < 2; enabled++) {
				out = vfl_cfg_msi_flags(flags, enabled, qmax);
				size = min((flags & 0x70) >> 4, qmax);
				if (out == ((flags & 0xff8e) | size << 4 |
					    (flags & enabled)))
					continue;
				KUNIT_ASSERT_EQ_MSG(test, out, 0, "%04x, %u", flags,
						    qmax);
			}
}

static struct kunit_case write_tests[] = {
	KUNIT_CASE(write_chunks),
	KUNIT_CASE(write_narrow_table),
	KUNIT_CASE(write_narrow_exhaustive),
	KUNIT_CASE(write_spares_status),
	KUNIT_CASE(write_spares_bytes),
	KUNIT_CASE(write_fix_bar),
	KUNIT_CASE(write_fix_no_bar),
	KUNIT_CASE(write_msi_flags_table),
	KUNIT_CASE(write_msi_flags_exhaustive),
	{ }
};

static struct kunit_suite write_suite = {
	.name = "vfio_lite_cfg_write",
	.test_cases = write_tests,
};

kunit_test_suite(write_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's writes of config space");
MODULE_LICENSE("GPL");

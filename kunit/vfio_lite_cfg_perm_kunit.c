// SPDX-License-Identifier: GPL-2.0-only
/*
 * The permission table: who is asked, and who is told, for each bit.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/cfg_perm.c"
#include "vfio_lite_cfg_kunit.h"

#define BIT64	PCI_MSI_FLAGS_64BIT
#define MASKING	PCI_MSI_FLAGS_MASKBIT

/* Expected of a dword, in numbers, so that a wrong macro is noticed. */
struct want {
	u32 virt;
	u32 write;
};

#define VIRTUAL		{ 0xffffffff, 0xffffffff }
#define CONSTANT	{ 0xffffffff, 0 }
#define CAP		{ 0x0000ffff, 0 }
#define RO		{ 0, 0 }
#define RW		{ 0, 0xffffffff }
#define MSI_CTRL	{ 0x00ffffff, 0x00ff0000 }
#define MSI_WORD	{ 0x0000ffff, 0x0000ffff }
#define MSI_WORD_GAP	{ 0x0000ffff, 0xffffffff }
#define UNCOR		{ 0, 0x03fff031 }
#define COR		{ 0, 0x0000f1c1 }

enum kind { HEADER, STD, EXT };

struct perm_case {
	const char *name;
	enum kind kind;
	u16 id;
	unsigned int len;
	u16 flags;
	struct want want[16];
};

static const struct perm_case perm_cases[] = {
	{
		"header", HEADER, 0, 64, 0,
		{ CONSTANT, { 0x00100400, 0x0000ffff }, RO, { 0, 0xff00ffff },
		  VIRTUAL, VIRTUAL, VIRTUAL, VIRTUAL, VIRTUAL, VIRTUAL, RO, RO,
		  VIRTUAL, { 0x000000ff, 0 }, RO, { 0x0000ffff, 0x000000ff } },
	}, {
		"power management", STD, PCI_CAP_ID_PM, 8, 0,
		{ { 0xf800ffff, 0 }, { 0x00008100, 0x00007e00 } },
	}, {
		"AGP", STD, PCI_CAP_ID_AGP, 12, 0, { CAP, RO, RO },
	}, {
		"VPD", STD, PCI_CAP_ID_VPD, 8, 0,
		{ { 0xffffffff, 0xffff0000 }, VIRTUAL },
	}, {
		"MSI", STD, PCI_CAP_ID_MSI, 10, 0,
		{ MSI_CTRL, VIRTUAL, MSI_WORD_GAP },
	}, {
		"MSI, 64-bit address", STD, PCI_CAP_ID_MSI, 14, BIT64,
		{ MSI_CTRL, VIRTUAL, VIRTUAL, MSI_WORD_GAP },
	}, {
		"MSI, mask bits", STD, PCI_CAP_ID_MSI, 20, MASKING,
		{ MSI_CTRL, VIRTUAL, MSI_WORD, RW, RW },
	}, {
		"MSI, both", STD, PCI_CAP_ID_MSI, 24, BIT64 | MASKING,
		{ MSI_CTRL, VIRTUAL, VIRTUAL, MSI_WORD, RW, RW },
	}, {
		"PCI-X", STD, PCI_CAP_ID_PCIX, 8, 0,
		{ { 0x0000ffff, 0xffff0000 }, RO },
	}, {
		"PCI-X 2.0", STD, PCI_CAP_ID_PCIX, 24, 0x2000,
		{ { 0x0000ffff, 0xffff0000 }, RO, RW, RO, RO, RO },
	}, {
		"HyperTransport", STD, PCI_CAP_ID_HT, 28, 0,
		{ CAP, RO, RO, RO, RO, RO, RO },
	}, {
		"vendor-specific", STD, PCI_CAP_ID_VNDR, 12, 0,
		{ { 0x0000ffff, 0xffff0000 }, RW, RW },
	}, {
		"vendor-specific, no whole dwords", STD, PCI_CAP_ID_VNDR, 7, 0,
		{ { 0x0000ffff, 0xffff0000 }, RW },
	}, {
		"PCI Express 1, integrated endpoint", STD, PCI_CAP_ID_EXP, 12, 0,
		{ CAP, RO, { 0x0000f0e0, 0x0000fdff } },
	}, {
		"PCI Express 1", STD, PCI_CAP_ID_EXP, 20, 0,
		{ CAP, RO, { 0x0000f0e0, 0x0000fdff }, RO, RO },
	}, {
		"PCI Express 2", STD, PCI_CAP_ID_EXP, 52, 0,
		{ CAP, RO, { 0x0000f0e0, 0x0000fdff }, RO, RO, RO, RO, RO, RO, RO,
		  { 0, 0x0000ffdf }, RO, RO },
	}, {
		"MSI-X", STD, PCI_CAP_ID_MSIX, 12, 0, { CAP, RO, RO },
	}, {
		"SATA", STD, PCI_CAP_ID_SATA, 8, 0, { CAP, RO },
	}, {
		"advanced features", STD, PCI_CAP_ID_AF, 6, 0,
		{ CAP, { 0x00000001, 0xffff0001 } },
	}, {
		"three bytes of the last dword", STD, PCI_CAP_ID_AGP, 11, 0,
		{ CAP, RO, { 0, 0xff000000 } },
	}, {
		"error reporting", EXT, PCI_EXT_CAP_ID_ERR, 0x2c, 0,
		{ CONSTANT, UNCOR, UNCOR, UNCOR, COR, COR, { 0, 0x00000140 },
		  RO, RO, RO, RO },
	}, {
		"power budgeting", EXT, PCI_EXT_CAP_ID_PWR, 16, 0,
		{ CONSTANT, { 0, 0x000000ff }, RO, RO },
	}, {
		"serial number", EXT, PCI_EXT_CAP_ID_DSN, 12, 0, { CONSTANT, RO, RO },
	}, {
		"extended vendor-specific", EXT, PCI_EXT_CAP_ID_VNDR, 16, 0,
		{ CONSTANT, RW, RW, RW },
	}, {
		"DVSEC", EXT, PCI_EXT_CAP_ID_DVSEC, 12, 0, { CONSTANT, RW, RW },
	}, {
		"SR-IOV", EXT, PCI_EXT_CAP_ID_SRIOV, 64, 0,
		{ CONSTANT, RO, RO, RO, RO, RO, RO, RO, RO, RO, RO, RO, RO, RO, RO,
		  RO },
	}, {
		"one byte of the last dword (DPA)", EXT, PCI_EXT_CAP_ID_DPA, 17, 0,
		{ CONSTANT, RO, RO, RO, { 0, 0xffffff00 } },
	}, {
		"two bytes of the last dword (TPH)", EXT, PCI_EXT_CAP_ID_TPH, 14, 0,
		{ CONSTANT, RO, RO, { 0, 0xffff0000 } },
	}, {
		"a list's anchor", EXT, 0, 4, 0, { CONSTANT },
	},
};

static u32 bits_of(u32 dword, unsigned int pos, unsigned int len)
{
	return dword >> (8 * (pos % 4)) & (0xffffffffU >> (32 - 8 * len));
}

static void check_show(struct kunit *test, struct vfl_cfg *cfg, unsigned int pos,
		       unsigned int len, const struct want *want, const char *name)
{
	u32 virt = bits_of(want->virt, pos, len), all = bits_of(~0U, pos, len);

	KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_virt(cfg, pos, len), virt, "%s: %x, %u",
			    name, pos, len);
	cfg->msi_qmax = 7;
	vfl_cfg_set(cfg, pos, all, all);
	KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_show(cfg, pos, len, 0), virt, "%s: %x, %u",
			    name, pos, len);
	cfg->msi_qmax = 0;
	vfl_cfg_set(cfg, pos, all, 0);
	KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_show(cfg, pos, len, all), all & ~virt,
			    "%s: %x, %u", name, pos, len);
}

static void check_store(struct kunit *test, struct vfl_cfg *cfg, unsigned int pos,
			unsigned int len, const struct want *want, const char *name)
{
	static const u32 patterns[] = { 0, 0xffffffff, 0xa55a3cc3, 0x5aa5c33c };
	u32 write = bits_of(want->write, pos, len);
	u32 virt = bits_of(want->virt, pos, len);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		u32 before = ~patterns[(i + 1) % 4], val = bits_of(patterns[i], pos, len);
		u32 changes = (write & virt) << 8 * (pos % 4);
		u32 after = (before & ~changes) | (val << 8 * (pos % 4) & changes);

		vfl_cfg_set(cfg, pos & ~3, ~0U, before);
		KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_store(cfg, pos, len, val),
				    write & ~virt, "%s: %x, %u", name, pos, len);
		KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_copy(cfg, pos & ~3, 4), after,
				    "%s: %x, %u", name, pos, len);
	}
}

static void check_dword(struct kunit *test, struct vfl_cfg *cfg, unsigned int pos,
			const struct want *want, const char *name)
{
	unsigned int len, at;

	for (len = 1; len <= 4; len *= 2)
		for (at = pos; at < pos + 4; at += len) {
			check_show(test, cfg, at, len, want, name);
			check_store(test, cfg, at, len, want, name);
		}
}

/* The dwords of each capability, and that its neighbours stay gap. */
static void perm_table(struct kunit *test)
{
	static const unsigned int start[] = { 0, 0x48, 0x348 };
	static const struct want gap = RW;
	unsigned int i, at, end;

	for (i = 0; i < ARRAY_SIZE(perm_cases); i++) {
		const struct perm_case *c = &perm_cases[i];
		struct vfl_cfg *cfg = new_cfg(test, 4096);

		KUNIT_ASSERT_NOT_NULL(test, cfg);
		at = start[c->kind];
		end = at + c->len;
		if (c->kind == HEADER)
			vfl_cfg_own_header(cfg);
		else if (c->kind == STD)
			vfl_cfg_own_cap(cfg, c->id, at, c->len, c->flags);
		else
			vfl_cfg_own_ext_cap(cfg, c->id, at, c->len);

		if (at)
			check_dword(test, cfg, at - 4, &gap, c->name);
		for (; at < end; at += 4)
			check_dword(test, cfg, at, &c->want[(at - start[c->kind]) / 4],
				    c->name);
		check_dword(test, cfg, at, &gap, c->name);
	}
}

/* What does not fit ends with config space: KASAN or ASan sees to that. */
static void perm_end_of_space(struct kunit *test)
{
	static const struct want msi_flags = MSI_CTRL, address = VIRTUAL;
	static const struct want header = CONSTANT, uncor = UNCOR;
	struct vfl_cfg *small = new_cfg(test, 256), *large = new_cfg(test, 4096);

	KUNIT_ASSERT_NOT_NULL(test, small);
	KUNIT_ASSERT_NOT_NULL(test, large);
	vfl_cfg_own_cap(small, PCI_CAP_ID_MSI, 0xf8, 24, BIT64 | MASKING);
	check_dword(test, small, 0xf8, &msi_flags, "MSI at the end");
	check_dword(test, small, 0xfc, &address, "MSI at the end");
	vfl_cfg_own_ext_cap(large, PCI_EXT_CAP_ID_ERR, 0xff8, 0x2c);
	check_dword(test, large, 0xff8, &header, "error reporting at the end");
	check_dword(test, large, 0xffc, &uncor, "error reporting at the end");
}

static void perm_effects(struct kunit *test)
{
	struct vfl_cfg *cfg = new_cfg(test, 256);
	unsigned int pos;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_own_header(cfg);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_PM, 0x40, 8, 0);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_MSI, 0x50, 24, BIT64 | MASKING);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_VPD, 0x70, 8, 0);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_AF, 0x80, 6, 0);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_EXP, 0xa0, 52, 0);

	for (pos = 0; pos < 256; pos += 4) {
		enum vfl_effect want = VFL_EFFECT_NONE;

		if (pos == 4)
			want = VFL_EFFECT_COMMAND;
		else if ((pos >= 0x10 && pos < 0x28) || pos == 0x30)
			want = VFL_EFFECT_BAR;
		else if (pos == 0x44)
			want = VFL_EFFECT_PM_CTRL;
		else if (pos == 0x50)
			want = VFL_EFFECT_MSI_FLAGS;
		else if (pos == 0x70)
			want = VFL_EFFECT_VPD_ADDR;
		else if (pos == 0x84)
			want = VFL_EFFECT_AF_CTRL;
		else if (pos == 0xa8)
			want = VFL_EFFECT_EXP_DEVCTL;
		KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_row(cfg, pos)->effect, want, "%x",
				    pos);
		/* config.c does not ask what to show of dwords without virtual bits. */
		if (!vfl_cfg_row(cfg, pos)->virt)
			KUNIT_EXPECT_EQ_MSG(test, vfl_cfg_show(cfg, pos, 4, 0x5aa5c33c),
					    0x5aa5c33cU, "%x", pos);
	}
}

/* Without the device's own bit, memory enable is what the user wrote. */
static void perm_memory_enable(struct kunit *test)
{
	struct vfl_cfg *cfg = new_cfg(test, 256);

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_own_header(cfg);
	vfl_cfg_set(cfg, PCI_COMMAND, 7, 7);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_COMMAND, 2, 0), 0U);
	cfg->command_memory = false;
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_COMMAND, 4, 0), 2U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_COMMAND, 2, 0), 2U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_COMMAND, 1, 4), 6U);
	/* Not in the other bytes, nor in other dwords. */
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_COMMAND + 1, 1, 0), 0U);
	vfl_cfg_set(cfg, PCI_STATUS, 0xffff, 0xffef);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_STATUS, 2, 0), 0U);
	vfl_cfg_set(cfg, PCI_CLASS_REVISION, 2, 2);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, PCI_CLASS_REVISION, 4, 0), 0U);
}

static void perm_msi_qmax(struct kunit *test)
{
	struct vfl_cfg *cfg = new_cfg(test, 256);

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_own_cap(cfg, PCI_CAP_ID_MSI, 0x50, 14, BIT64);
	vfl_cfg_set(cfg, 0x50, ~0U, 0x018b7005);
	cfg->msi_qmax = 2;
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, 0x50, 4, 0x01000000), 0x01857005U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, 0x52, 2, 0x0100), 0x0185U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, 0x52, 1, 0), 0x85U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, 0x50, 2, 0), 0x7005U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_show(cfg, 0x53, 1, 1), 1U);
}

static struct kunit_case perm_tests[] = {
	KUNIT_CASE(perm_table),
	KUNIT_CASE(perm_end_of_space),
	KUNIT_CASE(perm_effects),
	KUNIT_CASE(perm_memory_enable),
	KUNIT_CASE(perm_msi_qmax),
	{ }
};

static struct kunit_suite perm_suite = {
	.name = "vfio_lite_cfg_perm",
	.test_cases = perm_tests,
};

kunit_test_suite(perm_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's permission table");
MODULE_LICENSE("GPL");

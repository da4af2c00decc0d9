// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BAR plan, over the resources of devices that exist.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../uio_generic/bars.c"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

#define MEM(addr, size)	{ (addr), (size), UG_BAR_MEM, true }
#define IO(port, size)	{ (port), (size), UG_BAR_IO, true }
#define HIGH_HALF	{ 0, 0, UG_BAR_ABSENT, false }

/* Expected: BAR number, page address, offset in the page, length. */
struct bars_case {
	const char *name;
	struct ug_bar bars[UG_NR_BARS];
	unsigned int nr_maps;
	struct ug_map map[UG_NR_SLOTS];
	unsigned int nr_ports;
	struct ug_port port[UG_NR_SLOTS];
	u8 left_out;
	u8 unassigned;
};

static const struct bars_case bars_cases[] = {
	{
		.name = "no BAR at all",
	},
	{
		.name = "edu: one 1 MiB register BAR",
		.bars = { MEM(0xfea00000, MIB) },
		.nr_maps = 1,
		.map = { { 0, 0xfea00000, 0, MIB } },
	},
	{
		.name = "e1000e (82574L): registers, flash, I/O, MSI-X",
		.bars = {
			MEM(0xfebc0000, 128 * KIB),
			MEM(0xfebe0000, 128 * KIB),
			IO(0xc040, 32),
			MEM(0xfec00000, 16 * KIB),
		},
		.nr_maps = 3,
		.map = {
			{ 0, 0xfebc0000, 0, 128 * KIB },
			{ 1, 0xfebe0000, 0, 128 * KIB },
			{ 3, 0xfec00000, 0, 16 * KIB },
		},
		.nr_ports = 1,
		.port = { { 2, 0xc040, 32 } },
	},
	{
		.name = "nvme: one 64-bit BAR, its upper half is no BAR",
		.bars = { MEM(0xfebf0000, 16 * KIB), HIGH_HALF },
		.nr_maps = 1,
		.map = { { 0, 0xfebf0000, 0, 16 * KIB } },
	},
	{
		.name = "i40e VF: 64-bit prefetchable registers and MSI-X",
		.bars = {
			MEM(0x383fff800000, 64 * KIB), HIGH_HALF,
			{ }, MEM(0x383fff900000, 16 * KIB), HIGH_HALF,
		},
		.nr_maps = 2,
		.map = {
			{ 0, 0x383fff800000, 0, 64 * KIB },
			{ 3, 0x383fff900000, 0, 16 * KIB },
		},
	},
	{
		.name = "GPU: 16 MiB registers, two 64-bit prefetchable BARs, I/O",
		.bars = {
			MEM(0xde000000, 16 * MIB),
			MEM(0x6000000000, 32 * GIB), HIGH_HALF,
			MEM(0x6800000000, 32 * MIB), HIGH_HALF,
			IO(0xe000, 128),
		},
		.nr_maps = 3,
		.map = {
			{ 0, 0xde000000, 0, 16 * MIB },
			{ 1, 0x6000000000, 0, 32 * GIB },
			{ 3, 0x6800000000, 0, 32 * MIB },
		},
		.nr_ports = 1,
		.port = { { 5, 0xe000, 128 } },
	},
	{
		.name = "six memory BARs: the sixth has no slot",
		.bars = {
			MEM(0x10000000, 4 * KIB), MEM(0x10001000, 4 * KIB),
			MEM(0x10002000, 4 * KIB), MEM(0x10003000, 4 * KIB),
			MEM(0x10004000, 4 * KIB), MEM(0x10005000, 4 * KIB),
		},
		.nr_maps = 5,
		.map = {
			{ 0, 0x10000000, 0, 4 * KIB },
			{ 1, 0x10001000, 0, 4 * KIB },
			{ 2, 0x10002000, 0, 4 * KIB },
			{ 3, 0x10003000, 0, 4 * KIB },
			{ 4, 0x10004000, 0, 4 * KIB },
		},
		.left_out = BIT(5),
	},
	{
		.name = "six I/O BARs (IDE): the sixth has no slot",
		.bars = {
			IO(0x1f0, 8), IO(0x3f4, 4), IO(0x170, 8),
			IO(0x374, 4), IO(0xc000, 16), IO(0xc010, 16),
		},
		.nr_ports = 5,
		.port = {
			{ 0, 0x1f0, 8 }, { 1, 0x3f4, 4 }, { 2, 0x170, 8 },
			{ 3, 0x374, 4 }, { 4, 0xc000, 16 },
		},
		.left_out = BIT(5),
	},
	{
		.name = "sub-page BARs in one page (pci-testdev, AC'97)",
		.bars = {
			MEM(0xfebf1000, 256), MEM(0xfebf1100, 512),
			MEM(0xfebf1ff0, 16),
		},
		.nr_maps = 3,
		.map = {
			{ 0, 0xfebf1000, 0, 256 },
			{ 1, 0xfebf1000, 0x100, 512 },
			{ 2, 0xfebf1000, 0xff0, 16 },
		},
	},
	{
		.name = "BAR5 alone (AHCI)",
		.bars = { [5] = MEM(0xfebf1000, 4 * KIB) },
		.nr_maps = 1,
		.map = { { 5, 0xfebf1000, 0, 4 * KIB } },
	},
	{
		.name = "I/O alone (legacy virtio in VirtualBox)",
		.bars = { IO(0xd000, 64) },
		.nr_ports = 1,
		.port = { { 0, 0xd000, 64 } },
	},
	{
		.name = "zero length takes no slot and ends nothing",
		.bars = { { 0x1000, 0, UG_BAR_MEM, true }, MEM(0x2000, 4 * KIB) },
		.nr_maps = 1,
		.map = { { 1, 0x2000, 0, 4 * KIB } },
	},
	{
		.name = "unassigned BARs are named, not mapped",
		.bars = {
			{ 0, 64 * KIB, UG_BAR_MEM, false },
			{ 0, 32, UG_BAR_IO, false },
			MEM(0xfe000000, 4 * KIB),
		},
		.nr_maps = 1,
		.map = { { 2, 0xfe000000, 0, 4 * KIB } },
		.unassigned = BIT(0) | BIT(1),
	},
	{
		.name = "a BAR may start at address 0",
		.bars = { MEM(0, 4 * KIB) },
		.nr_maps = 1,
		.map = { { 0, 0, 0, 4 * KIB } },
	},
};

static void bars_table(struct kunit *test)
{
	struct ug_bar_plan plan;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(bars_cases); i++) {
		const struct bars_case *c = &bars_cases[i];

		/* Old content must not shine through. */
		memset(&plan, 0xff, sizeof(plan));
		ug_plan_bars(c->bars, 4096, &plan);

		KUNIT_EXPECT_EQ_MSG(test, plan.nr_maps, c->nr_maps, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, plan.nr_ports, c->nr_ports, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, plan.left_out, c->left_out, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, plan.unassigned, c->unassigned, "%s",
				    c->name);

		for (n = 0; n < UG_NR_SLOTS; n++) {
			KUNIT_EXPECT_EQ_MSG(test, plan.map[n].bar, c->map[n].bar,
					    "%s: map %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.map[n].addr, c->map[n].addr,
					    "%s: map %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.map[n].offs, c->map[n].offs,
					    "%s: map %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.map[n].len, c->map[n].len,
					    "%s: map %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.port[n].bar, c->port[n].bar,
					    "%s: port %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.port[n].start,
					    c->port[n].start, "%s: port %u", c->name, n);
			KUNIT_EXPECT_EQ_MSG(test, plan.port[n].len, c->port[n].len,
					    "%s: port %u", c->name, n);
		}
	}
}

/* 64 KiB pages, as arm64 may have: what was a whole page becomes sub-page. */
static void bars_large_pages(struct kunit *test)
{
	const struct ug_bar bars[UG_NR_BARS] = { MEM(0x10003000, 4 * KIB) };
	struct ug_bar_plan plan;

	ug_plan_bars(bars, 64 * KIB, &plan);
	KUNIT_EXPECT_EQ(test, plan.map[0].addr, 0x10000000ULL);
	KUNIT_EXPECT_EQ(test, plan.map[0].offs, 0x3000ULL);
	KUNIT_EXPECT_EQ(test, plan.map[0].len, 4 * KIB);
}

/* Each BAR is 1 of 5 kinds: all 5^6 devices, and what must hold for each. */
static void bars_exhaustive(struct kunit *test)
{
	static const struct ug_bar kinds[] = {
		{ }, MEM(0x10000010, 16), IO(0xc000, 32),
		{ 0, 4096, UG_BAR_MEM, false }, { 0x1000, 0, UG_BAR_IO, true },
	};
	unsigned int device, i, n, wanted;

	for (device = 0; device < 15625; device++) {
		struct ug_bar bars[UG_NR_BARS];
		struct ug_bar_plan plan;

		wanted = 0;
		for (i = 0, n = device; i < UG_NR_BARS; i++, n /= 5) {
			bars[i] = kinds[n % 5];
			wanted += n % 5 >= 1 && n % 5 <= 3;
		}
		ug_plan_bars(bars, 4096, &plan);

		KUNIT_ASSERT_LE(test, plan.nr_maps, (unsigned int)UG_NR_SLOTS);
		KUNIT_ASSERT_LE(test, plan.nr_ports, (unsigned int)UG_NR_SLOTS);
		KUNIT_ASSERT_EQ(test, plan.left_out & plan.unassigned, 0);

		/* Every BAR that exists is in one place, and in one only. */
		for (i = 0, n = 0; i < UG_NR_BARS; i++)
			n += !!((plan.left_out | plan.unassigned) & BIT(i));
		KUNIT_ASSERT_EQ(test, plan.nr_maps + plan.nr_ports + n, wanted);

		for (i = 1; i < plan.nr_maps; i++)
			KUNIT_ASSERT_LT(test, plan.map[i - 1].bar, plan.map[i].bar);
	}
}

static struct kunit_case bars_tests[] = {
	KUNIT_CASE(bars_table),
	KUNIT_CASE(bars_large_pages),
	KUNIT_CASE(bars_exhaustive),
	{ }
};

static struct kunit_suite bars_suite = {
	.name = "uio_generic_bars",
	.test_cases = bars_tests,
};

kunit_test_suite(bars_suite);

MODULE_DESCRIPTION("KUnit tests of uio_generic's BAR plan");
MODULE_LICENSE("GPL");

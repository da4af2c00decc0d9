// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header as a user sees it: BARs and their sizes, IDs, the interrupt pin.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/cfg_perm.c"
#include "../vfio_lite/cfg_caps.c"
#include "vfio_lite_cfg_kunit.h"
#include "vfio_lite_devices.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

#define IO		PCI_BASE_ADDRESS_SPACE_IO
#define MEM64		PCI_BASE_ADDRESS_MEM_TYPE_64
#define PREFETCH	PCI_BASE_ADDRESS_MEM_PREFETCH

/* Expected: what a write of ones, and one of zeros, leaves to be read. */
struct sizing_case {
	const char *name;
	struct vfl_cfg_bar bar[VFL_CFG_NR_BARS];
	u32 ones[VFL_CFG_NR_BARS];
	u32 zeros[VFL_CFG_NR_BARS];
};

static const struct sizing_case sizing_cases[] = {
	{
		.name = "no BAR at all",
	},
	{
		.name = "edu: 1 MiB",
		.bar = { { MIB, 0 } },
		.ones = { 0xfff00000 },
	},
	{
		.name = "e1000e: memory, I/O and ROM",
		.bar = { { 128 * KIB, 0 }, { 128 * KIB, 0 }, { 32, IO },
			 { 16 * KIB, 0 }, [6] = { 256 * KIB, 0 } },
		.ones = { 0xfffe0000, 0xfffe0000, 0xffffffe1, 0xffffc000,
			  [6] = 0xfffc0001 },
		.zeros = { [2] = 1 },
	},
	{
		.name = "nvme: 64-bit, below 4 GiB of size",
		.bar = { { 16 * KIB, MEM64 } },
		.ones = { 0xffffc004, 0xffffffff },
		.zeros = { 0x4 },
	},
	{
		.name = "pci-testdev: memory, I/O, 64-bit prefetchable",
		.bar = { { 4 * KIB, 0 }, { 256, IO }, { 64 * MIB, MEM64 | PREFETCH } },
		.ones = { 0xfffff000, 0xffffff01, 0xfc00000c, 0xffffffff },
		.zeros = { 0, 0x1, 0xc },
	},
	{
		.name = "32 GiB: no bit of the lower half is left",
		.bar = { [1] = { 32 * GIB, MEM64 | PREFETCH } },
		.ones = { 0, 0xc, 0xfffffff8 },
		.zeros = { 0, 0xc },
	},
	{
		.name = "4 GiB",
		.bar = { [4] = { 4 * GIB, MEM64 } },
		.ones = { [4] = 0x4, 0xffffffff },
		.zeros = { [4] = 0x4 },
	},
	{
		.name = "the smallest: 16 bytes of memory, 4 of I/O, 2 KiB of ROM",
		.bar = { { 16, 0 }, { 4, IO }, [6] = { 2 * KIB, 0 } },
		.ones = { 0xfffffff0, 0xfffffffd, [6] = 0xfffff801 },
		.zeros = { 0, 1 },
	},
	{
		.name = "three of 64 bits",
		.bar = { { MIB, MEM64 }, { }, { MIB, MEM64 }, { }, { MIB, MEM64 } },
		.ones = { 0xfff00004, 0xffffffff, 0xfff00004, 0xffffffff,
			  0xfff00004, 0xffffffff },
		.zeros = { [0] = 4, [2] = 4, [4] = 4 },
	},
	{
		.name = "64-bit, but the last: the ROM is not its upper half",
		.bar = { [5] = { MIB, MEM64 }, [6] = { 64 * KIB, 0 } },
		.ones = { [5] = 0xfff00004, [6] = 0xffff0001 },
		.zeros = { [5] = 4 },
	},
	{
		.name = "the upper half is not taken for a BAR of its own",
		.bar = { { MIB, MEM64 }, { KIB, IO } },
		.ones = { 0xfff00004, 0xffffffff },
		.zeros = { 4 },
	},
	{
		.name = "flags of a BAR that does not exist",
		.bar = { { 0, MEM64 | PREFETCH }, { 256, IO }, [6] = { 0, 1 } },
		.ones = { 0, 0xffffff01 },
		.zeros = { 0, 1 },
	},
};

static unsigned int bar_pos(unsigned int i)
{
	return i == VFL_CFG_ROM ? PCI_ROM_ADDRESS : PCI_BASE_ADDRESS_0 + 4 * i;
}

/* The first 256 bytes of one of vfio_lite_devices.h. */
static struct space *load(struct kunit *test, const char *name)
{
	struct space *space = kunit_kzalloc(test, sizeof(*space), GFP_KERNEL);
	const struct device *device = real_devices;
	const struct word *word;

	if (!space)
		return NULL;
	space->size = 256;
	while (strcmp(device->name, name))
		device++;
	for (word = device->words; word->pos < space->size; word++)
		space_put(space, word->pos, 4, word->val);
	return space;
}

/* Written as a whole, and in bytes. */
static void check_sizing(struct kunit *test, struct vfl_cfg *cfg, struct space *space,
			 const struct sizing_case *c, unsigned int i)
{
	unsigned int pos = bar_pos(i), len, at;
	u32 before = space_get(space, pos, 4);

	for (len = 1; len <= 4; len *= 2) {
		for (at = pos; at < pos + 4; at += len)
			user_write(cfg, space, at, len, ~0U);
		KUNIT_EXPECT_EQ_MSG(test, user_read(cfg, space, pos, 4), c->ones[i],
				    "%s: %u in %u", c->name, i, len);
		for (at = pos; at < pos + 4; at += len)
			user_write(cfg, space, at, len, 0);
		KUNIT_EXPECT_EQ_MSG(test, user_read(cfg, space, pos, 4), c->zeros[i],
				    "%s: %u in %u", c->name, i, len);
	}
	KUNIT_EXPECT_EQ_MSG(test, space_get(space, pos, 4), before, "%s: %u", c->name,
			    i);
}

static void header_sizing(struct kunit *test)
{
	struct space *space = load(test, "e1000e (82574L)");
	unsigned int i, n;

	KUNIT_ASSERT_NOT_NULL(test, space);
	for (i = 0; i < ARRAY_SIZE(sizing_cases); i++) {
		struct vfl_cfg_facts facts = {
			.read = space_read, .hw = space, .size = 256,
		};
		struct vfl_cfg *cfg = new_cfg(test, 256);

		KUNIT_ASSERT_NOT_NULL(test, cfg);
		memcpy(facts.bar, sizing_cases[i].bar, sizeof(facts.bar));
		vfl_cfg_build(cfg, &facts);
		for (n = 0; n < VFL_CFG_NR_BARS; n++)
			check_sizing(test, cfg, space, &sizing_cases[i], n);
	}
}

/* At open, a BAR reads as the device has it, but for bits that do not exist. */
static void header_bars_at_open(struct kunit *test)
{
	struct space *space = load(test, "e1000e (82574L)");
	struct vfl_cfg *cfg = new_cfg(test, 256);
	const struct vfl_cfg_facts facts = {
		.read = space_read, .hw = space, .size = 256,
		.bar = { { 128 * KIB }, { MIB }, { 32, IO }, { 0 },
			 [6] = { 256 * KIB } },
	};

	KUNIT_ASSERT_NOT_NULL(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_build(cfg, &facts);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x10, 4), 0xfe640000U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x14, 4), 0xfe600000U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x18, 4), 0x0000e001U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x1c, 4), 0U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x30, 4), 0xfe600000U);
	/* The device's own BARs may be moved meanwhile. */
	space_put(space, 0x10, 4, 0);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x10, 4), 0xfe640000U);
}

/* A function of its own: IDs and memory enable are the device's. */
static void header_of_function(struct kunit *test)
{
	struct space *space = load(test, "edu");
	struct vfl_cfg *cfg = new_cfg(test, 256);
	const struct vfl_cfg_facts facts = {
		.read = space_read, .hw = space, .size = 256,
		.vendor = 0x5555, .device = 0xaaaa,
		.command_memory = true, .intx = true,
	};

	KUNIT_ASSERT_NOT_NULL(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_build(cfg, &facts);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_VENDOR_ID, 4), 0x11e81234U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_INTERRUPT_PIN, 1), 1U);
	user_write(cfg, space, PCI_INTERRUPT_LINE, 4, 0xffffff77);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_INTERRUPT_LINE, 4), 0x177U);
	KUNIT_EXPECT_EQ(test, space_get(space, PCI_INTERRUPT_LINE, 4), 0x10aU);

	user_write(cfg, space, PCI_COMMAND, 2, 0x0407);
	KUNIT_EXPECT_EQ(test, space_get(space, PCI_COMMAND, 2), 0x0007U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_COMMAND, 2), 0x0407U);
	space_put(space, PCI_COMMAND, 2, 0);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_COMMAND, 2), 0x0400U);
	/* The error bits of STATUS are the device's. */
	space_put(space, PCI_STATUS, 2, 0xf900);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_STATUS, 2), 0xf910U);
	user_write(cfg, space, PCI_COMMAND, 4, 0xffffffff);
	KUNIT_EXPECT_EQ(test, space_get(space, PCI_STATUS, 2), 0xf900U);
}

static void header_without_intx(struct kunit *test)
{
	struct space *space = load(test, "edu");
	struct vfl_cfg *cfg = new_cfg(test, 256);
	const struct vfl_cfg_facts facts = {
		.read = space_read, .hw = space, .size = 256, .command_memory = true,
	};

	KUNIT_ASSERT_NOT_NULL(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_build(cfg, &facts);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_INTERRUPT_LINE, 2), 0x000aU);
	user_write(cfg, space, PCI_INTERRUPT_PIN, 1, 1);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_INTERRUPT_PIN, 1), 0U);
}

/* Its BARs and IDs are in its parent's capability, its memory is always on. */
static void header_of_vf(struct kunit *test)
{
	struct space *space = load(test, "igb VF");
	struct vfl_cfg *cfg = new_cfg(test, 256);
	const struct vfl_cfg_facts facts = {
		.read = space_read, .hw = space, .size = 256,
		.vendor = 0x8086, .device = 0x10ca, .virtfn = true,
		.bar = { { 16 * KIB, MEM64 | PREFETCH } },
	};

	KUNIT_ASSERT_NOT_NULL(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	vfl_cfg_build(cfg, &facts);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_VENDOR_ID, 4), 0x10ca8086U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_DEVICE_ID, 2), 0x10caU);
	user_write(cfg, space, PCI_VENDOR_ID, 4, 0);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_VENDOR_ID, 4), 0x10ca8086U);
	/* A pin that it must not have. */
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_INTERRUPT_PIN, 1), 0U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_BASE_ADDRESS_0, 4), 0xcU);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, PCI_COMMAND, 2), 2U);
	KUNIT_EXPECT_EQ(test, space_get(space, PCI_COMMAND, 2), 0U);
}

/* A power management capability that says nothing of events. */
static void header_pme_is_hidden(struct kunit *test)
{
	struct space *space = load(test, "e1000e (82574L)");
	struct vfl_cfg *cfg = new_cfg(test, 256);
	const struct vfl_cfg_facts facts = {
		.read = space_read, .hw = space, .size = 256,
	};

	KUNIT_ASSERT_NOT_NULL(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	space_put(space, 0xca, 2, 0xfe23);
	space_put(space, 0xcc, 4, 0x0000a102);
	vfl_cfg_build(cfg, &facts);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0xc8, 4), 0x0623d001U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0xcc, 4), 0x00002002U);
	user_write(cfg, space, 0xcc, 2, 0xffff);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0xcc, 2), 0x7e02U);
}

static struct kunit_case header_tests[] = {
	KUNIT_CASE(header_sizing),
	KUNIT_CASE(header_bars_at_open),
	KUNIT_CASE(header_of_function),
	KUNIT_CASE(header_without_intx),
	KUNIT_CASE(header_of_vf),
	KUNIT_CASE(header_pme_is_hidden),
	{ }
};

static struct kunit_suite header_suite = {
	.name = "vfio_lite_cfg_header",
	.test_cases = header_tests,
};

kunit_test_suite(header_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's view of the header");
MODULE_LICENSE("GPL");

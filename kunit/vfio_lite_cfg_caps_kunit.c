// SPDX-License-Identifier: GPL-2.0-only
/*
 * The capability lists: what a user finds who walks them, over devices that
 * exist and devices that nobody should have made.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/cfg_perm.c"
#include "../vfio_lite/cfg_caps.c"
#include "vfio_lite_cfg_kunit.h"
#include "vfio_lite_devices.h"
#include "vfio_lite_odd_devices.h"

static void list_caps(struct vfl_cfg *cfg, struct space *space, struct link *list,
		      unsigned int max)
{
	unsigned int pos = user_read(cfg, space, PCI_CAPABILITY_LIST, 1), n;

	memset(list, 0, max * sizeof(*list));
	if (!(user_read(cfg, space, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return;
	for (n = 0; n < max && pos; n++) {
		list[n].pos = pos;
		list[n].id = user_read(cfg, space, pos, 1);
		pos = user_read(cfg, space, pos + PCI_CAP_LIST_NEXT, 1);
	}
}

static void list_ext(struct vfl_cfg *cfg, struct space *space, struct link *list,
		     unsigned int max)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, n;
	u32 head;

	memset(list, 0, max * sizeof(*list));
	for (n = 0; n < max && pos && pos < cfg->size; n++) {
		head = user_read(cfg, space, pos, 4);
		if (!head)
			return;
		list[n].pos = pos;
		list[n].id = PCI_EXT_CAP_ID(head);
		pos = PCI_EXT_CAP_NEXT(head);
	}
}

static struct vfl_cfg *build(struct kunit *test, struct space *space)
{
	struct vfl_cfg *cfg = new_cfg(test, space->size);
	const struct vfl_cfg_facts facts = {
		.read = space_read,
		.hw = space,
		.size = space->size,
		.command_memory = true,
		.intx = true,
	};

	if (cfg)
		vfl_cfg_build(cfg, &facts);
	return cfg;
}

static struct space *load(struct kunit *test, const struct device *device)
{
	struct space *space = kunit_kzalloc(test, sizeof(*space), GFP_KERNEL);
	const struct word *word;

	if (!space)
		return NULL;
	space->size = device->ext_caps ? 4096 : 256;
	if (device->start) {
		space_put(space, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
		space_put(space, PCI_CAPABILITY_LIST, 1, device->start);
	}
	for (word = device->words; word->pos != END; word++)
		space_put(space, word->pos, 4, word->val);
	return space;
}

static void check_device(struct kunit *test, const struct device *device)
{
	struct space *space = load(test, device);
	struct vfl_cfg *cfg;
	struct link list[8];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, space);
	cfg = build(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ_MSG(test, space->bad_reads, 0U, "%s", device->name);

	/* A list is announced if it is not empty, and only then. */
	KUNIT_EXPECT_EQ_MSG(test, user_read(cfg, space, PCI_STATUS, 2),
			    device->caps[0].pos ? PCI_STATUS_CAP_LIST : 0U, "%s",
			    device->name);
	list_caps(cfg, space, list, ARRAY_SIZE(list));
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		KUNIT_EXPECT_EQ_MSG(test, list[i].pos, device->caps[i].pos, "%s: %u",
				    device->name, i);
		KUNIT_EXPECT_EQ_MSG(test, list[i].id, device->caps[i].id, "%s: %u",
				    device->name, i);
	}
	list_ext(cfg, space, list, ARRAY_SIZE(list));
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		KUNIT_EXPECT_EQ_MSG(test, list[i].pos, device->ext[i].pos,
				    "%s: extended, %u", device->name, i);
		KUNIT_EXPECT_EQ_MSG(test, list[i].id, device->ext[i].id,
				    "%s: extended, %u", device->name, i);
	}
}

static void caps_of_real_devices(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(real_devices); i++)
		check_device(test, &real_devices[i]);
}

static void caps_of_odd_devices(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(odd_devices); i++)
		check_device(test, &odd_devices[i]);
}

/* Where writes have an effect that concerns more than their bits. */
static void caps_acted_on(struct kunit *test)
{
	const struct device all = {
		.words = (const struct word[]){
			CAP(0x40, PM, 0x50), FLAGS(0x50, MSI, 0x70, 0x008a),
			CAP(0x70, PCI_CAP_ID_VPD, 0x80),
			CAP(0x80, PCI_CAP_ID_AF, 0xa0), EXPRESS(0xa0, 0),
			{ END },
		},
		.start = 0x40,
	};
	struct space *space = load(test, &all);
	struct vfl_cfg *cfg;

	KUNIT_ASSERT_NOT_NULL(test, space);
	cfg = build(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, vfl_cfg_row(cfg, 0x44)->effect, VFL_EFFECT_PM_CTRL);
	KUNIT_EXPECT_EQ(test, vfl_cfg_row(cfg, 0x50)->effect, VFL_EFFECT_MSI_FLAGS);
	KUNIT_EXPECT_EQ(test, cfg->msi_qmax, 5);
	KUNIT_EXPECT_EQ(test, vfl_cfg_row(cfg, 0x70)->effect, VFL_EFFECT_VPD_ADDR);
	KUNIT_EXPECT_EQ(test, vfl_cfg_row(cfg, 0x84)->effect, VFL_EFFECT_AF_CTRL);
	KUNIT_EXPECT_EQ(test, vfl_cfg_row(cfg, 0xa8)->effect, VFL_EFFECT_EXP_DEVCTL);
}

/* What config.c looks at, beyond the dword that is written. */
static bool has_room(const struct vfl_cfg *cfg, unsigned int pos)
{
	switch (vfl_cfg_row(cfg, pos)->effect) {
	case VFL_EFFECT_VPD_ADDR:
		return pos + PCI_VPD_DATA + 4 <= PCI_CFG_SPACE_SIZE;
	case VFL_EFFECT_PM_CTRL:
	case VFL_EFFECT_AF_CTRL:
	case VFL_EFFECT_EXP_DEVCTL:
		return pos > PCI_STD_HEADER_SIZEOF && pos < PCI_CFG_SPACE_SIZE;
	default:
		return true;
	}
}

/* What is hidden, or does not fit, is not acted on either. */
static void caps_not_acted_on(struct kunit *test)
{
	unsigned int i, pos;

	for (i = 0; i < ARRAY_SIZE(odd_devices); i++) {
		const struct device *device = &odd_devices[i];
		struct space *space = load(test, device);
		struct vfl_cfg *cfg;

		KUNIT_ASSERT_NOT_NULL(test, space);
		cfg = build(test, space);
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		for (pos = 0; pos < cfg->size; pos += 4)
			KUNIT_EXPECT_TRUE_MSG(test, has_room(cfg, pos), "%s: %#x",
					      device->name, pos);
	}
}

/* What lacks room is hidden, but its registers may be there for the device. */
static void caps_without_room(struct kunit *test)
{
	const struct device device = {
		.words = (const struct word[]){
			CAP(0x90, PM, 0x60), EXPRESS(0x60, 0xf8), CAP(0xf8, MSIX, 0),
			{ END },
		},
		.start = 0x90,
	};
	struct space *space = load(test, &device);
	struct vfl_cfg *cfg;
	unsigned int pos;

	KUNIT_ASSERT_NOT_NULL(test, space);
	cfg = build(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x90 + PCI_CAP_LIST_NEXT, 1), 0);
	for (pos = 0x64; pos < 0x90; pos += 2)
		user_write(cfg, space, pos, 2, 0xffff);
	KUNIT_EXPECT_EQ(test, space_get(space, 0x60 + PCI_EXP_DEVCTL, 2), 0);
	user_write(cfg, space, 0xf8 + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE);
	KUNIT_EXPECT_EQ(test, space_get(space, 0xf8 + PCI_MSIX_FLAGS, 2), 0);
}

/* Every dword a capability, from the last to the first, or all in one circle. */
static void caps_everywhere(struct kunit *test)
{
	static const u8 ids[] = { DBG, VNDR };
	struct space *space = kunit_kzalloc(test, sizeof(*space), GFP_KERNEL);
	unsigned int i, pos, seen;
	struct link list[64];
	struct vfl_cfg *cfg;

	KUNIT_ASSERT_NOT_NULL(test, space);
	space->size = 256;
	space_put(space, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		space_put(space, PCI_CAPABILITY_LIST, 1, 0xf4);
		for (pos = 0x40; pos < 0x100; pos += 4)
			space_put(space, pos, 4, ids[i] | 4 << 16 |
				  (pos > 0x40 ? pos - 4 : 0xf4) << 8);
		cfg = build(test, space);
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		list_caps(cfg, space, list, ARRAY_SIZE(list));
		for (seen = 0; seen < ARRAY_SIZE(list) && list[seen].pos; seen++)
			KUNIT_EXPECT_EQ(test, list[seen].pos, 0xf4 - 4 * seen);
		KUNIT_EXPECT_EQ(test, seen, ids[i] == VNDR ? 46U : 0U);
	}
}

/* The anchor is a header and no more: neither bits nor rows behind it change. */
static void caps_anchor(struct kunit *test)
{
	const struct device device = {
		.words = (const struct word[]){
			EXPRESS(0x40, 0), EXT(0x100, PASID, 0x108),
			{ 0x104, 0x12345678 }, EXT(0x108, DSN, 0),
			{ 0x10c, 0x9abcdef0 }, { END },
		},
		.start = 0x40,
		.ext_caps = true,
	};
	struct space *space = load(test, &device);
	struct vfl_cfg *cfg;

	KUNIT_ASSERT_NOT_NULL(test, space);
	cfg = build(test, space);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x100, 4), 0x10800000U);
	user_write(cfg, space, 0x100, 4, ~0U);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x100, 4), 0x10800000U);
	KUNIT_EXPECT_EQ(test, space_get(space, 0x100, 4), 0x1081001bU);
	KUNIT_EXPECT_EQ(test, vfl_cfg_copy(cfg, 0x104, 4), 0U);
	KUNIT_EXPECT_EQ(test, vfl_cfg_virt(cfg, 0x104, 4), 0U);
	user_write(cfg, space, 0x104, 4, 0xcafe);
	KUNIT_EXPECT_EQ(test, space_get(space, 0x104, 4), 0xcafeU);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x108, 4), 0x00010003U);
	user_write(cfg, space, 0x10c, 4, 0);
	KUNIT_EXPECT_EQ(test, user_read(cfg, space, 0x10c, 4), 0x9abcdef0U);
}

/* A reader who has a device that is gone, or a dead link. */
static void caps_of_nothing(struct kunit *test)
{
	struct space *space = kunit_kzalloc(test, sizeof(*space), GFP_KERNEL);
	struct vfl_cfg *cfg;
	struct link list[8];

	KUNIT_ASSERT_NOT_NULL(test, space);
	memset(space->bytes, 0xff, sizeof(space->bytes));
	for (space->size = 256; space->size <= 4096; space->size *= 16) {
		cfg = build(test, space);
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		list_caps(cfg, space, list, ARRAY_SIZE(list));
		KUNIT_EXPECT_EQ(test, list[0].pos, 0);
		KUNIT_EXPECT_EQ(test, space->bad_reads, 0U);
	}
}

static struct kunit_case caps_tests[] = {
	KUNIT_CASE(caps_of_real_devices),
	KUNIT_CASE(caps_of_odd_devices),
	KUNIT_CASE(caps_acted_on),
	KUNIT_CASE(caps_not_acted_on),
	KUNIT_CASE(caps_without_room),
	KUNIT_CASE(caps_everywhere),
	KUNIT_CASE(caps_anchor),
	KUNIT_CASE(caps_of_nothing),
	{ }
};

static struct kunit_suite caps_suite = {
	.name = "vfio_lite_cfg_caps",
	.test_cases = caps_tests,
};

kunit_test_suite(caps_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's capability lists");
MODULE_LICENSE("GPL");

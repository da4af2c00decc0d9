// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be mapped, and how reads and writes are cut up.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/region.h"

#define PAGE	4096ULL

static void region_offsets(struct kunit *test)
{
	u64 offset = vfl_region_offset(7) + 0x1234;

	KUNIT_EXPECT_EQ(test, offset, 0x70000001234ULL);
	KUNIT_EXPECT_EQ(test, vfl_region_index(offset), 7U);
	KUNIT_EXPECT_EQ(test, vfl_region_pos(offset), 0x1234ULL);
	/* The last byte of a region is not the next region's. */
	offset = vfl_region_offset(3) - 1;
	KUNIT_EXPECT_EQ(test, vfl_region_index(offset), 2U);
	KUNIT_EXPECT_EQ(test, vfl_region_pos(offset), VFL_REGION_MASK);
	/* Offsets beyond all regions are not taken for one that exists. */
	KUNIT_EXPECT_EQ(test, vfl_region_index(~0ULL), 0xffffffU);
}

struct mappable_case {
	const char *name;
	u64 start;
	u64 len;
	u64 page_size;
	enum vfl_mappable want;
};

static const struct mappable_case mappable_cases[] = {
	{ "no BAR, or I/O", 0, 0, PAGE, VFL_MAP_NEVER },
	{ "one page", 0xfe000000, PAGE, PAGE, VFL_MAP_PAGES },
	{ "edu", 0xfea00000, 0x100000, PAGE, VFL_MAP_PAGES },
	{ "sub-page at a page's start", 0xfebf1000, 256, PAGE, VFL_MAP_IF_ALONE },
	{ "sub-page behind a page's start", 0xfebf1100, 256, PAGE, VFL_MAP_NEVER },
	{ "a byte less than a page", 0xfebf1000, PAGE - 1, PAGE, VFL_MAP_IF_ALONE },
	{ "4 KiB of a 64 KiB page", 0x10000000, PAGE, 16 * PAGE, VFL_MAP_IF_ALONE },
	{ "4 KiB in a 64 KiB page", 0x10001000, PAGE, 16 * PAGE, VFL_MAP_NEVER },
	{ "above 4 GiB", 0x383fff800000, 0x4000, PAGE, VFL_MAP_PAGES },
	{ "sub-page above 4 GiB", 0x383fff800800, 0x800, PAGE, VFL_MAP_NEVER },
};

static void region_mappable(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mappable_cases); i++) {
		const struct mappable_case *c = &mappable_cases[i];

		KUNIT_EXPECT_EQ_MSG(test, vfl_bar_mappable(c->start, c->len,
							   c->page_size),
				    c->want, "%s", c->name);
	}
}

struct fits_case {
	const char *name;
	u64 offset;
	u64 len;
	u64 bar_len;
	bool want;
};

#define BAR2	(2ULL << VFL_REGION_SHIFT)

static const struct fits_case fits_cases[] = {
	{ "all of it", BAR2, 4 * PAGE, 4 * PAGE, true },
	{ "the last page", BAR2 + 3 * PAGE, PAGE, 4 * PAGE, true },
	{ "a page too long", BAR2, 5 * PAGE, 4 * PAGE, false },
	{ "a page too far", BAR2 + PAGE, 4 * PAGE, 4 * PAGE, false },
	{ "begins at the end", BAR2 + 4 * PAGE, PAGE, 4 * PAGE, false },
	{ "begins behind the end", BAR2 + 8 * PAGE, PAGE, 4 * PAGE, false },
	{ "sub-page: the page it is in", BAR2, PAGE, 256, true },
	{ "sub-page: two pages", BAR2, 2 * PAGE, 256, false },
	{ "no BAR", BAR2, PAGE, 0, false },
	{ "position and length add up to 0", BAR2 + PAGE, -PAGE, 4 * PAGE, false },
	{ "the greatest length", BAR2, ~0ULL & ~(PAGE - 1), 4 * PAGE, false },
	{ "the last page of the region", BAR2 + VFL_REGION_MASK - PAGE + 1, PAGE,
	  4 * PAGE, false },
	{ "32 GiB, the last page", BAR2 + (32ULL << 30) - PAGE, PAGE, 32ULL << 30,
	  true },
	{ "32 GiB, a page too long", BAR2 + (32ULL << 30) - PAGE, 2 * PAGE,
	  32ULL << 30, false },
};

static void region_map_fits(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fits_cases); i++) {
		const struct fits_case *c = &fits_cases[i];

		KUNIT_EXPECT_EQ_MSG(test, vfl_map_fits(c->offset, c->len, c->bar_len,
						       PAGE),
				    c->want, "%s", c->name);
	}
}

/* Expected: the steps' lengths, those in the hole negative. */
struct access_case {
	const char *name;
	u64 pos;
	size_t count;
	struct vfl_hole hole;
	unsigned int max_width;
	int want[8];
};

static const struct access_case access_cases[] = {
	{ "a dword", 0x10, 4, { }, 8, { 4 } },
	{ "a qword", 0x10, 8, { }, 8, { 8 } },
	{ "a qword where 4 is the widest", 0x10, 8, { }, 4, { 4, 4 } },
	{ "a qword on a dword's place", 0x14, 8, { }, 8, { 4, 4 } },
	{ "odd place", 1, 7, { }, 8, { 1, 2, 4 } },
	{ "odd place and end", 3, 10, { }, 8, { 1, 4, 4, 1 } },
	{ "odd end", 0, 7, { }, 8, { 4, 2, 1 } },
	{ "a word at an odd place", 5, 2, { }, 4, { 1, 1 } },
	{ "far up", 0x7ffffffff8ULL, 8, { }, 8, { 8 } },
	{ "hole at the start", 0x2000, 24, { 0x2000, 0x2010 }, 8, { -16, 8 } },
	{ "hole in the middle", 0xff8, 32, { 0x1000, 0x1010 }, 8,
	  { 8, -16, 8 } },
	{ "hole at the end", 0xff0, 32, { 0x1000, 0x1010 }, 8, { 8, 8, -16 } },
	{ "all hole", 0x1000, 12, { 0x1000, 0x1010 }, 8, { -12 } },
	{ "hole in a dword", 0x100, 4, { 0x101, 0x103 }, 8, { 1, -2, 1 } },
	{ "begins in the hole, at an odd place", 0x1003, 16, { 0x1000, 0x1010 }, 8,
	  { -13, 2, 1 } },
	{ "ends before the hole", 0xff8, 8, { 0x1000, 0x1010 }, 8, { 8 } },
	{ "begins behind the hole", 0x1010, 8, { 0x1000, 0x1010 }, 8, { 8 } },
	{ "narrows before a hole at an odd place", 0, 8, { 7, 8 }, 8,
	  { 4, 2, 1, -1 } },
};

static void region_access_table(struct kunit *test)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(access_cases); i++) {
		const struct access_case *c = &access_cases[i];
		size_t left = c->count;

		for (n = 0; n < ARRAY_SIZE(c->want) && left; n++) {
			struct vfl_access a =
				vfl_next_access(c->pos + c->count - left, left,
						&c->hole, c->max_width);

			KUNIT_ASSERT_EQ_MSG(test, a.real ? (int)a.len : -(int)a.len,
					    c->want[n], "%s: step %u", c->name, n);
			left -= a.len;
		}
		KUNIT_EXPECT_EQ_MSG(test, left, (size_t)0, "%s", c->name);
		KUNIT_EXPECT_TRUE_MSG(test, n == ARRAY_SIZE(c->want) || !c->want[n],
				      "%s: too few steps", c->name);
	}
}

static bool in_hole(const struct vfl_hole *hole, u64 pos)
{
	return pos >= hole->start && pos < hole->end;
}

/* One access from each step, whose every byte is in the hole or not. */
static void check_steps(struct kunit *test, u64 pos, size_t count,
			const struct vfl_hole *hole, unsigned int max_width)
{
	while (count) {
		struct vfl_access a = vfl_next_access(pos, count, hole, max_width);

		KUNIT_ASSERT_TRUE(test, a.len && a.len <= count);
		if (a.real)
			KUNIT_ASSERT_TRUE(test, a.len <= max_width &&
					  !(a.len & (a.len - 1)) && !(pos % a.len));
		for (count -= a.len; a.len; a.len--, pos++)
			KUNIT_ASSERT_EQ(test, in_hole(hole, pos), !a.real);
	}
}

static void region_access_exhaustive(struct kunit *test)
{
	struct vfl_hole hole;
	unsigned int width;
	size_t count;
	u64 pos;

	for (width = 4; width <= 8; width += 4)
		for (hole.start = 0; hole.start <= 12; hole.start++)
			for (hole.end = hole.start; hole.end <= 12; hole.end++)
				for (pos = 0; pos < 12; pos++)
					for (count = 1; count <= 12; count++)
						check_steps(test, pos, count, &hole,
							    width);
}

static struct kunit_case region_tests[] = {
	KUNIT_CASE(region_offsets),
	KUNIT_CASE(region_mappable),
	KUNIT_CASE(region_map_fits),
	KUNIT_CASE(region_access_table),
	KUNIT_CASE(region_access_exhaustive),
	{ }
};

static struct kunit_suite region_suite = {
	.name = "vfio_lite_region",
	.test_cases = region_tests,
};

kunit_test_suite(region_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's regions");
MODULE_LICENSE("GPL");

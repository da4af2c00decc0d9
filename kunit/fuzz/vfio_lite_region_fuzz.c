// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any BAR, mapping, and read or write: where a mapping may be, and into which accesses
 * the rest is cut.
 */
#include <string.h>

#include "../../vfio_lite/region.h"
#include "fuzz.h"

#define BAR_MAX		(VFL_REGION_MASK + 1)
#define COUNT_MAX	4096

/*
 * struct input - what is asked; places are modulo what they are in
 * @start: of the BAR
 * @bar_len: its length
 * @offset: of a mapping, or of the access, in the device file
 * @len: of the mapping or access
 * @hole: place of the MSI-X table in the BAR
 * @hole_len: its length
 * @page_order: log2 of the page size, above that of 4 KiB
 * @wide: whether accesses may be of eight bytes
 * @range: which lengths of mappings to try
 */
struct input {
	u64 start;
	u64 bar_len;
	u64 offset;
	u64 len;
	u64 hole;
	u16 hole_len;
	u8 page_order;
	u8 wide;
	u8 range;
};

static void check_offset(u64 offset)
{
	u64 pos = vfl_region_pos(offset);

	must(vfl_region_offset(vfl_region_index(offset)) + pos == offset);
	must(pos <= VFL_REGION_MASK);
}

static void check_mappable(const struct input *in, u64 page)
{
	u64 len = in->bar_len % (BAR_MAX + 1);

	switch (vfl_bar_mappable(in->start, len, page)) {
	case VFL_MAP_PAGES:
		must(len >= page);
		break;
	case VFL_MAP_IF_ALONE:
		must(len && len < page && in->start % page == 0);
		break;
	default:
		must(!len || (len < page && in->start % page));
		break;
	}
}

/* Likely ones, such as make the end wrap, and any. */
static u64 map_len(const struct input *in)
{
	u64 likely = in->len % (2 * BAR_MAX);

	switch (in->range % 3) {
	case 0:
		return likely;
	case 1:
		return 0 - likely;
	default:
		return in->len;
	}
}

/* By numbers that do not wrap; none but the BAR's own last page goes beyond it. */
static void check_map(const struct input *in, u64 page)
{
	u64 bar_len = in->bar_len % (BAR_MAX + 1), len = map_len(in);
	__uint128_t end = (__uint128_t)vfl_region_pos(in->offset) + len;

	must(vfl_map_fits(in->offset, len, bar_len, page) ==
	     (end <= ((__uint128_t)bar_len + page - 1) / page * page));
}

/* Whole, within what is asked, and as wide as it can be. */
static void check_step(u64 pos, u64 count, const struct vfl_hole *hole,
		       unsigned int max_width, const struct vfl_access *step)
{
	unsigned int twice = 2 * step->len;

	must(step->len && step->len <= count);
	if (!step->real) {
		must(pos >= hole->start && pos + step->len <= hole->end);
		return;
	}
	must(step->len == 1 || step->len == 2 || step->len == 4 || step->len == 8);
	must(step->len <= max_width && pos % step->len == 0);
	must(pos + step->len <= hole->start || pos >= hole->end);
	must(twice > max_width || twice > count || pos % twice ||
	     (pos < hole->start && pos + twice > hole->start));
}

static void check_accesses(const struct input *in)
{
	u64 pos = vfl_region_pos(in->offset) % (BAR_MAX - COUNT_MAX);
	unsigned int max_width = in->wide & 1 ? 8 : 4;
	u64 count = 1 + in->len % COUNT_MAX;
	struct vfl_hole hole = { .start = pos + in->hole % (2 * COUNT_MAX) };
	struct vfl_access step;

	if (hole.start >= COUNT_MAX)
		hole.start -= COUNT_MAX;
	hole.end = hole.start + in->hole_len;
	for (; count; pos += step.len, count -= step.len) {
		step = vfl_next_access(pos, count, &hole, max_width);
		check_step(pos, count, &hole, max_width, &step);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { };
	u64 page;

	memcpy(&in, data, min_t(size_t, size, sizeof(in)));
	page = 4096ULL << in.page_order % 5;
	check_offset(in.offset);
	check_mappable(&in, page);
	check_map(&in, page);
	check_accesses(&in);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be mapped, and how reads and writes come to the device.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "region.h"

enum vfl_mappable vfl_bar_mappable(const struct vfl_bar *bar, u64 page_size)
{
	if (!bar->mem || !bar->len)
		return VFL_MAP_NEVER;
	if (bar->len >= page_size)
		return VFL_MAP_PAGES;
	return IS_ALIGNED(bar->start, page_size) ? VFL_MAP_IF_ALONE :
						   VFL_MAP_NEVER;
}

bool vfl_map_fits(u64 offset, u64 len, u64 bar_len, u64 page_size)
{
	u64 end = ALIGN(bar_len, page_size);
	u64 pos = vfl_region_pos(offset);

	return pos <= end && len <= end - pos;
}

struct vfl_access vfl_next_access(u64 pos, size_t count,
				  const struct vfl_hole *hole,
				  unsigned int max_width)
{
	struct vfl_access access = { .len = max_width, .real = true };

	if (pos >= hole->start && pos < hole->end) {
		access.len = min_t(u64, min_t(u64, count, hole->end - pos), 8);
		access.real = false;
		return access;
	}

	if (pos < hole->start)
		count = min_t(u64, count, hole->start - pos);
	while (access.len > count || pos % access.len)
		access.len /= 2;
	return access;
}

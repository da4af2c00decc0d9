// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be mapped.
 */
#include <linux/align.h>
#include <linux/types.h>

#include "region.h"

enum vfl_mappable vfl_bar_mappable(u64 start, u64 len, u64 page_size)
{
	if (!len)
		return VFL_MAP_NEVER;
	if (len >= page_size)
		return VFL_MAP_PAGES;
	return IS_ALIGNED(start, page_size) ? VFL_MAP_IF_ALONE : VFL_MAP_NEVER;
}

bool vfl_map_fits(u64 offset, u64 len, u64 bar_len, u64 page_size)
{
	u64 end = ALIGN(bar_len, page_size);
	u64 pos = vfl_region_pos(offset);

	return pos <= end && len <= end - pos;
}

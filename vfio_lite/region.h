/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: which part of the device file's offsets shows what.
 *
 * Pure.  The offset of a region is its index in the upper bits; user space is
 * told by VFIO_DEVICE_GET_REGION_INFO and must not guess.
 */
#ifndef VFIO_LITE_REGION_H
#define VFIO_LITE_REGION_H

#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define VFL_REGION_SHIFT	40
#define VFL_REGION_MASK		((1ULL << VFL_REGION_SHIFT) - 1)

static inline unsigned int vfl_region_index(u64 offset)
{
	return offset >> VFL_REGION_SHIFT;
}

static inline u64 vfl_region_pos(u64 offset)
{
	return offset & VFL_REGION_MASK;
}

static inline u64 vfl_region_offset(unsigned int index)
{
	return (u64)index << VFL_REGION_SHIFT;
}

/* How a BAR can be mapped. */
enum vfl_mappable {
	VFL_MAP_NEVER,
	VFL_MAP_PAGES,
	VFL_MAP_IF_ALONE,	/* in its page, the rest of which is to be reserved */
};

/**
 * vfl_bar_mappable() - can user space map this BAR
 * @start: CPU address of its first byte
 * @len: of what of it is memory, in bytes
 * @page_size: the CPU's, in bytes
 *
 * A BAR below page size can be mapped only where it starts a page, since
 * neither the user nor a guest is told where in the page it would be.
 *
 * Return: whether and how.
 */
static inline enum vfl_mappable vfl_bar_mappable(u64 start, u64 len, u64 page_size)
{
	if (!len)
		return VFL_MAP_NEVER;
	if (len >= page_size)
		return VFL_MAP_PAGES;
	return IS_ALIGNED(start, page_size) ? VFL_MAP_IF_ALONE : VFL_MAP_NEVER;
}

/**
 * vfl_map_fits() - does a mapping lie within its BAR
 * @offset: of the mapping in the device file, a multiple of the page size
 * @len: of the mapping in bytes
 * @bar_len: of the BAR in bytes
 * @page_size: the CPU's, in bytes
 *
 * Return: whether it does.
 */
static inline bool vfl_map_fits(u64 offset, u64 len, u64 bar_len, u64 page_size)
{
	u64 end = ALIGN(bar_len, page_size);
	u64 pos = vfl_region_pos(offset);

	return pos <= end && len <= end - pos;
}

/**
 * struct vfl_hole - bytes of a region that are not the device's
 * @start: the first one
 * @end: behind the last one; an empty hole has it at @start
 */
struct vfl_hole {
	u64 start;
	u64 end;
};

/**
 * struct vfl_access - the next step of a read or write
 * @len: bytes
 * @real: done at the device, in one access; else reads are ones, writes lost
 */
struct vfl_access {
	unsigned int len;
	bool real;
};

/**
 * vfl_next_access() - how to begin with the rest of a read or write
 * @pos: where in the region it begins
 * @count: bytes left, at least 1
 * @hole: what to leave out
 * @max_width: widest access of the region, 4 or 8
 *
 * Accesses are as wide as alignment, count and hole allow, so that what the
 * user asks for as a register comes to the device as one.
 *
 * Return: the step, never longer than @count.
 */
static inline struct vfl_access vfl_next_access(u64 pos, size_t count,
						const struct vfl_hole *hole,
						unsigned int max_width)
{
	struct vfl_access access = { .len = max_width, .real = true };

	if (pos >= hole->start && pos < hole->end) {
		access.len = min_t(u64, count, hole->end - pos);
		access.real = false;
		return access;
	}

	if (pos < hole->start)
		count = min_t(u64, count, hole->start - pos);
	while (access.len > count || pos & (access.len - 1))
		access.len /= 2;
	return access;
}

#endif

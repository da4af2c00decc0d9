// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of the regions: which are granted, and what a touch finds. See ask.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"
#include "ktap.h"
#include "mmio.h"

#define PAGE		4096ULL
#define REGION_SHIFT	40
#define RW		(PROT_READ | PROT_WRITE)

struct form {
	const char *name;
	u64 offset;
	u64 len;
	int prot;
	int flags;
};

static const char *touch(void *map)
{
	static char text[32];
	u32 value;

	if (!mmio_try_read32(map, 0, &value))
		return "SIGBUS";
	snprintf(text, sizeof(text), "%08x", value);
	return text;
}

static void ask_form(const struct vfio *vfio, u32 index, const struct form *form)
{
	const u64 offset = ((u64)index << REGION_SHIFT) + form->offset;
	void *map = mmap(NULL, form->len, form->prot, form->flags, vfio->device, offset);

	if (map == MAP_FAILED) {
		answer("mmap region %u %s: %s", index, form->name, answer_result(-errno));
		return;
	}
	answer("mmap region %u %s: %s", index, form->name,
	       !(form->prot & PROT_READ) ? "unreadable" :
	       ask_is_counter(vfio, index, form->offset) ? "counts" : touch(map));
	MUST(munmap(map, form->len));
}

static void ask_forms(const struct vfio *vfio, u32 index, u64 size)
{
	const struct form forms[] = {
		{ "first page", 0, PAGE, RW, MAP_SHARED },
		{ "first page to read", 0, PAGE, PROT_READ, MAP_SHARED },
		{ "first page to write", 0, PAGE, PROT_WRITE, MAP_SHARED },
		{ "first page for nothing", 0, PAGE, PROT_NONE, MAP_SHARED },
		{ "first page to execute", 0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED },
		{ "first page in private", 0, PAGE, RW, MAP_PRIVATE },
		{ "first page in private to read", 0, PAGE, PROT_READ, MAP_PRIVATE },
		{ "first page at once", 0, PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE },
		{ "first page locked", 0, PAGE, PROT_READ, MAP_SHARED | MAP_LOCKED },
		{ "a part of a page", 0, 16, RW, MAP_SHARED },
		{ "all", 0, size ?: PAGE, RW, MAP_SHARED },
		{ "a page more than all", 0, size + PAGE, RW, MAP_SHARED },
		{ "second page", PAGE, PAGE, RW, MAP_SHARED },
		{ "middle", size / 2 & -PAGE, PAGE, RW, MAP_SHARED },
		{ "last page", (size - 1) & -PAGE, PAGE, RW, MAP_SHARED },
		{ "last page and more", (size - 1) & -PAGE, 2 * PAGE, RW, MAP_SHARED },
		{ "behind the end", (size + PAGE - 1) & -PAGE, PAGE, RW, MAP_SHARED },
		{ "far behind the end", BIT_ULL(39), PAGE, RW, MAP_SHARED },
		{ "up to the next region", BIT_ULL(40) - PAGE, PAGE, RW, MAP_SHARED },
		{ "into the next region", BIT_ULL(40) - PAGE, 2 * PAGE, RW, MAP_SHARED },
		{ "not on a page", 4, PAGE, RW, MAP_SHARED },
		{ "nothing", 0, 0, RW, MAP_SHARED },
		{ "too much", 0, BIT_ULL(46), RW, MAP_SHARED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		ask_form(vfio, index, &forms[i]);
}

/* What a mapping that was there before does when decoding goes and comes. */
static void ask_decoding(const struct vfio *vfio, u32 index, u64 size)
{
	void *touched = __vfio_mmap(vfio, index, 0, size, PROT_READ);
	void *fresh = __vfio_mmap(vfio, index, 0, size, PROT_READ);
	void *grown;

	if (!touched || !fresh)
		return;
	answer("mapping %u at first: %s", index, touch(touched));
	vfio_command(vfio, PCI_COMMAND_MEMORY, 0);
	answer("mapping %u decoding off: touched %s", index, touch(touched));
	answer("mapping %u decoding off: fresh %s", index, touch(fresh));
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
	answer("mapping %u decoding on: touched %s", index, touch(touched));
	answer("mapping %u decoding on: fresh %s", index, touch(fresh));
	grown = mremap(touched, size, size + PAGE, MREMAP_MAYMOVE);
	answer("mapping %u to grow: %s", index,
	       answer_result(grown == MAP_FAILED ? -errno : 0));
	answer("mapping %u mprotect: %s", index,
	       answer_result(mprotect(fresh, PAGE, PROT_NONE) ? -errno : 0));
	answer("mapping %u madvise: %s", index,
	       answer_result(madvise(fresh, PAGE, MADV_DONTNEED) ? -errno : 0));
	answer("mapping %u mlock: %s", index,
	       answer_result(mlock(touched, PAGE) ? -errno : 0));
	MUST(munmap(grown == MAP_FAILED ? touched : grown, size));
	MUST(munmap(fresh, size));
}

void ask_mmap(const struct vfio *vfio)
{
	struct vfio_region_info *info;
	u32 index;
	u64 size;

	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
	for (index = 0; index <= VFIO_PCI_NUM_REGIONS + 1; index++) {
		size = __vfio_region_info(vfio, index, &info) ? 0 : info->size;
		ask_forms(vfio, index, size);
		if (size)
			ask_decoding(vfio, index, size);
	}
	ask_form(vfio, 0x7fff, &(struct form){ "of no region", 0, PAGE, RW, MAP_SHARED });
}

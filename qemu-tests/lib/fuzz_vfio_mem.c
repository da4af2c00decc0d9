// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of devices, and memory for them, by chance. See fuzz_vfio.h.
 *
 * What is mapped in @ours begins with the first byte of an edu's BAR, or is
 * nothing; it is written to. What is mapped in @others is only read.
 */
#include <sys/mman.h>

#include "edu.h"
#include "fuzz_vfio.h"
#include "iommufd.h"
#include "ktap.h"

#define PAGE_LEN	4096UL
#define MEM_PAGES	16

static struct fuzz_arena ours, others;
static char mem[MEM_PAGES * PAGE_LEN] __compiler((aligned(4096)));

void fuzz_vfio_mem_start(void)
{
	fuzz_arena_init(&ours);
	fuzz_arena_init(&others);
}

void fuzz_vfio_mem_finish(void)
{
	fuzz_arena_clear(&ours);
	fuzz_arena_clear(&others);
}

static size_t some_pages(struct fuzz *fuzz)
{
	return (1 + fuzz_below(fuzz, 8)) * PAGE_LEN;
}

bool fuzz_vfio_map_bar(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);
	size_t len = fuzz_percent(fuzz, 20) ? EDU_BAR_LEN : some_pages(fuzz);
	struct vfio vfio;
	bool good;

	if (!rig->edu || !fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	good = fuzz_map(fuzz_place(fuzz, &ours), len, PROT_READ | PROT_WRITE, vfio.device,
			vfio_file_offset(0, 0));
	fuzz_return(vfio.device);
	return good;
}

/* A testdev's prefetchable BAR, that by its alias, or any other. */
static int some_region(struct fuzz *fuzz)
{
	static const int prefetchable[] = { 2, VFIO_PCI_NUM_REGIONS + 2 };

	if (fuzz_percent(fuzz, 50))
		return 0;
	return fuzz_percent(fuzz, 50) ? fuzz_one_of(fuzz, prefetchable) :
					(int)fuzz_below(fuzz, 16);
}

/* Any region, any offset; some of them can be. */
bool fuzz_vfio_map_any(struct fuzz *fuzz)
{
	u64 offset = vfio_file_offset(some_region(fuzz), fuzz_below(fuzz, 20) * PAGE_LEN);
	struct vfio vfio;
	bool good;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	good = fuzz_map(fuzz_place(fuzz, &others), some_pages(fuzz), PROT_READ,
			vfio.device, offset);
	fuzz_return(vfio.device);
	return good;
}

bool fuzz_vfio_unmap_some(struct fuzz *fuzz)
{
	return fuzz_unmap(fuzz, fuzz_place(fuzz, fuzz_percent(fuzz, 70) ? &ours : &others));
}

bool fuzz_vfio_move_map(struct fuzz *fuzz)
{
	return fuzz_move(fuzz, fuzz_percent(fuzz, 50) ? &ours : &others);
}

/* The first word is that of an edu, or cannot be read; never something else. */
static bool look(struct fuzz *fuzz, char *place)
{
	u32 value;

	if (!fuzz_load(place + EDU_ID, &value))
		return false;
	if (value != EDU_ID_VALUE)
		FAIL("thread %d operation %u: %#x in place of edu's ID", fuzz->thread,
		     fuzz->number, value);
	return true;
}

bool fuzz_vfio_touch(struct fuzz *fuzz)
{
	static const u16 registers[] = { EDU_LIVENESS, EDU_FACTORIAL, EDU_IRQ_ACK };
	char *place = fuzz_place(fuzz, &ours);

	if (fuzz_percent(fuzz, 50))
		return look(fuzz, place);
	return fuzz_store(place + fuzz_one_of(fuzz, registers), fuzz_below(fuzz, 16));
}

bool fuzz_vfio_touch_any(struct fuzz *fuzz)
{
	const struct fuzz_arena *arena = fuzz_percent(fuzz, 50) ? &ours : &others;
	u32 value;

	return fuzz_load(fuzz_place(fuzz, arena) + fuzz_below(fuzz, 9) * PAGE_LEN +
			 4 * fuzz_below(fuzz, 1024), &value);
}

/* --- memory for the device --- */

struct dma {
	struct vfio vfio;
	u64 len;
	u64 iova;
};

/* It is not known whether the file is a container or an iommufd: either is tried. */
static bool borrow_dma(struct fuzz *fuzz, struct dma *dma)
{
	int fd = fuzz_borrow(fuzz, &fuzz_vfio_rig(fuzz)->container);

	*dma = (struct dma){
		.vfio = { .container = fd, .iommufd = -1 },
		.len = (1 + fuzz_below(fuzz, MEM_PAGES)) * PAGE_LEN,
		.iova = fuzz_below(fuzz, 32) * PAGE_LEN,
	};
	if (fuzz_percent(fuzz, 50)) {
		dma->vfio.iommufd = fd;
		dma->vfio.ioas = 1 + fuzz_below(fuzz, 3);
	}
	if (fuzz_percent(fuzz, 10))
		dma->len += fuzz_below(fuzz, PAGE_LEN);
	return fd >= 0;
}

bool fuzz_vfio_dma_map(struct fuzz *fuzz)
{
	struct dma dma;
	bool good;

	if (!borrow_dma(fuzz, &dma))
		return false;
	good = !__vfio_dma_map(&dma.vfio, mem, dma.len, dma.iova);
	fuzz_return(dma.vfio.container);
	return good;
}

bool fuzz_vfio_dma_unmap(struct fuzz *fuzz)
{
	struct dma dma;
	bool good;

	if (!borrow_dma(fuzz, &dma))
		return false;
	good = !__vfio_dma_unmap(&dma.vfio, dma.len, dma.iova);
	fuzz_return(dma.vfio.container);
	return good;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for DMA. See dma.h.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dma.h"
#include "ktap.h"

#define PAGE_LEN	4096
#define CHUNK_PAGES	256
#define MAX_CHUNKS	1024	/* gives up after a gigabyte */
#define FRAME_MASK	(BIT_ULL(55) - 1)
#define FRAME_PRESENT	BIT_ULL(63)

/* See Documentation/admin-guide/mm/pagemap.rst of the kernel. */
static u64 phys_of(int pagemap, const void *mem)
{
	off_t at = (uintptr_t)mem / PAGE_LEN * sizeof(u64);
	u64 entry;

	CHECK_EQ(pread(pagemap, &entry, sizeof(entry), at), sizeof(entry));
	CHECK(entry & FRAME_PRESENT);
	CHECK(entry & FRAME_MASK);
	return (entry & FRAME_MASK) * PAGE_LEN;
}

/*
 * A lock keeps pages in memory, but not in their place: collapsing into huge
 * pages, compaction and the copy at a write after a fork would all move them.
 */
static char *locked_chunk(void)
{
	size_t len = CHUNK_PAGES * PAGE_LEN;
	char *chunk = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	CHECK(chunk != MAP_FAILED);
	__file_write("/proc/sys/vm/compact_unevictable_allowed", "0");
	madvise(chunk, len, MADV_NOHUGEPAGE);
	MUST(madvise(chunk, len, MADV_DONTFORK));
	MUST(mlock(chunk, len));
	return chunk;
}

/*
 * Look through chunk after chunk; what is not taken stays with the process, so
 * that the kernel must hand out other pages next time.
 */
struct dma_page dma_page(u64 limit)
{
	int pagemap = MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	struct dma_page page = { 0 };
	int chunk, i;

	for (chunk = 0; chunk < MAX_CHUNKS; chunk++) {
		page.mem = locked_chunk();
		for (i = 0; i < CHUNK_PAGES; i++, page.mem = (char *)page.mem + PAGE_LEN) {
			page.phys = phys_of(pagemap, page.mem);
			if (limit && page.phys + PAGE_LEN > limit)
				continue;
			close(pagemap);
			memset(page.mem, 0, PAGE_LEN);
			return page;
		}
	}
	FAIL("no page below %#llx", limit);
}

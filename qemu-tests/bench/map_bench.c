// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mappings of BARs through /dev/uioN cost: a page, and 4 GiB.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "lib/count.h"
#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/mmio.h"
#include "lib/subject.h"
#include "lib/uio.h"

#define TESTDEV_VENDOR	0x1b36
#define TESTDEV_DEVICE	0x0005
#define BAR_LEN		BIT_ULL(32)
#define GIB		BIT_ULL(30)
#define STRIDE		BIT_ULL(21)
#define RW		(PROT_READ | PROT_WRITE)

static struct count count;

struct place {
	int fd;
	int map;		/* number of the UIO map */
	char *addr;		/* reserved address space */
	size_t len;
};

static u64 page_one(int fd)
{
	u64 begin = count_now();
	void *map = mmap(NULL, PAGE_LEN, RW, MAP_SHARED, fd, 0);

	CHECK(map != MAP_FAILED);
	mmio_read32(map, EDU_ID);
	MUST(munmap(map, PAGE_LEN));
	return count_now() - begin;
}

static void page(void)
{
	struct uio_map map;
	struct rig rig;

	rig_open_edu(&rig);
	if (__uio_map_info(&rig.dev, 0, &map))
		skip("this driver has no maps");
	for (count_start(&count); count_more(&count);)
		count_add(&count, page_one(rig.fd));
	count_report(&count, "page");
}

/* The map of the large BAR: which one it is differs between drivers. */
static int large_map(const struct pci_dev *dev)
{
	struct uio_map map;
	int n;

	for (n = 0; !__uio_map_info(dev, n, &map); n++)
		if (map.size == BAR_LEN)
			return n;
	FAIL("no map of %llu bytes", BAR_LEN);
}

/* Address space for the map, @shift bytes off a boundary of 1 GiB. */
static char *reserve(size_t shift)
{
	char *map = mmap(NULL, BAR_LEN + 2 * GIB, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(map != MAP_FAILED);
	return (char *)(((u64)map + GIB - 1) & ~(GIB - 1)) + shift;
}

static void open_testdev(struct place *place, size_t shift)
{
	const struct subject *subject = subject_wanted();
	struct pci_dev dev = pci_find(TESTDEV_VENDOR, TESTDEV_DEVICE, 0);

	subject_bind(subject, &dev);
	place->fd = uio_open(&dev);
	place->map = large_map(&dev);
	place->addr = reserve(shift);
	place->len = BAR_LEN;
}

static void map_and_touch(const struct place *place)
{
	size_t offset;
	char *map = mmap(place->addr, place->len, RW, MAP_SHARED | MAP_FIXED, place->fd,
			 place->map * PAGE_LEN);

	CHECK(map == place->addr);
	for (offset = 0; offset < place->len; offset += STRIDE)
		mmio_read32(map, offset);
}

static u64 bar_one(const struct place *place)
{
	u64 begin = count_now();

	map_and_touch(place);
	MUST(munmap(place->addr, place->len));
	return count_now() - begin;
}

static long page_table_kib(void)
{
	char text[4096], *line;

	MUST(__file_read("/proc/self/status", text, sizeof(text)));
	line = strstr(text, "VmPTE:");
	CHECK(line);
	return strtol(line + strlen("VmPTE:"), NULL, 10);
}

static long faults(void)
{
	struct rusage usage;

	MUST(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt + usage.ru_majflt;
}

/* Once more, to see what the mapping holds while it exists. */
static void report_memory(const struct place *place, const char *what)
{
	long tables = page_table_kib(), before = faults();

	map_and_touch(place);
	before = faults() - before;
	tables = page_table_kib() - tables;
	diag("memory %s %s %ld %ld", what, ktap_variant(), tables, before);
	MUST(munmap(place->addr, place->len));
}

static void bar(const char *what, size_t shift)
{
	struct place place;

	open_testdev(&place, shift);
	for (count_start(&count); count_more(&count);)
		count_add(&count, bar_one(&place));
	count_report(&count, what);
	report_memory(&place, what);
}

static void bar_aligned(void)
{
	bar("bar-aligned", 0);
}

static void bar_unaligned(void)
{
	bar("bar-unaligned", PAGE_LEN);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(page, "uio_generic:msi igb_uio:msi in-tree:config", 120),
	SLOW_CASES(bar_aligned, "uio_generic:msi igb_uio:msi", 300),
	SLOW_CASES(bar_unaligned, "uio_generic:msi igb_uio:msi", 300),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), subject_cleanup);
}

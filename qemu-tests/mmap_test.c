// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap of /dev/uioN: page N of the file is map N, shared, and no longer than
 * the map. Everything else is refused.
 *
 * Machine: edu e1000 nvme
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define RW	(PROT_READ | PROT_WRITE)

/* 0, or -errno; what was mapped is unmapped again. */
static int try_mmap(int fd, size_t len, int prot, int flags, off_t offset)
{
	void *map = mmap(NULL, len, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	MUST(munmap(map, len));
	return 0;
}

static int count_maps(const struct pci_dev *dev)
{
	struct uio_map map;
	int n = 0;

	while (!__uio_map_info(dev, n, &map))
		n++;
	return n;
}

static void shared_only(void)
{
	struct pci_dev dev = ug_bind("none");
	int fd = uio_open(&dev);

	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, 0), 0);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, PROT_READ, MAP_SHARED, 0), 0);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_PRIVATE, 0), -EINVAL);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, PROT_READ, MAP_PRIVATE, 0), -EINVAL);
}

static void no_longer_than_the_map(void)
{
	struct pci_dev dev = ug_bind("none");
	struct uio_map map = uio_map_info(&dev, 0);
	size_t len = uio_map_pages(&map) * PAGE_LEN;
	int fd = uio_open(&dev);

	CHECK_EQ(try_mmap(fd, len, RW, MAP_SHARED, 0), 0);
	CHECK_EQ(try_mmap(fd, len + PAGE_LEN, RW, MAP_SHARED, 0), -EINVAL);
	CHECK_EQ(try_mmap(fd, len * 2, RW, MAP_SHARED, 0), -EINVAL);
	CHECK_EQ(try_mmap(fd, 0, RW, MAP_SHARED, 0), -EINVAL);
}

static void only_maps_that_exist(void)
{
	struct pci_dev dev = ug_bind("none");
	int n, fd = uio_open(&dev);

	for (n = 0; n < count_maps(&dev); n++)
		CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, n * PAGE_LEN), 0);
	for (; n < 2 * UIO_MAPS; n++)
		CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, n * PAGE_LEN), -EINVAL);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, BIT_ULL(32)), -EINVAL);
	CHECK(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, ~(PAGE_LEN - 1)));
}

static void whole_pages_only(void)
{
	struct pci_dev dev = ug_bind("none");
	int fd = uio_open(&dev);

	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, 1), -EINVAL);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, PAGE_LEN / 2), -EINVAL);
}

static void rights_of_the_file(void)
{
	struct pci_dev dev = ug_bind("none");
	int fd = MUST(__uio_open(&dev, O_RDONLY));

	CHECK_EQ(try_mmap(fd, PAGE_LEN, PROT_READ, MAP_SHARED, 0), 0);
	CHECK_EQ(try_mmap(fd, PAGE_LEN, RW, MAP_SHARED, 0), -EACCES);
}

static void mapping_does_not_grow(void)
{
	struct pci_dev dev = ug_bind("none");
	int fd = uio_open(&dev);
	void *map = mmap(NULL, PAGE_LEN, RW, MAP_SHARED, fd, 0);

	CHECK(map != MAP_FAILED);
	CHECK(mremap(map, PAGE_LEN, 2 * PAGE_LEN, MREMAP_MAYMOVE) == MAP_FAILED);
	CHECK_EQ(errno, EFAULT);
}

static void many_mappings_at_once(void)
{
	struct pci_dev dev = ug_bind("none");
	int i, fd = uio_open(&dev);
	u32 first = mmio_read32(uio_mmap(fd, &dev, 0), 0);

	for (i = 0; i < 100; i++)
		CHECK_EQ(mmio_read32(uio_mmap(fd, &dev, 0), 0), first);
}

static const struct ktap_case cases[] = {
	CASE(shared_only),
	CASE(no_longer_than_the_map),
	CASE(only_maps_that_exist),
	CASE(whole_pages_only),
	CASE(rights_of_the_file),
	CASE(mapping_does_not_grow),
	CASE(many_mappings_at_once),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

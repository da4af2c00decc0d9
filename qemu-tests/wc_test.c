// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefetchable BARs can be mapped write-combining, if the user wants that, and
 * without it the driver keeps nobody else from it. What memory type the kernel
 * gives to a range, it lists itself.
 *
 * Machine: testdev
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/memtype.h"
#include "lib/ug.h"

#define BAR		2	/* prefetchable; its map is the second */
#define MAP		1

static struct pci_dev bind(u64 *addr)
{
	struct pci_dev dev = ug_bind("none");

	*addr = pci_resource(&dev, BAR).start;
	return dev;
}

static void *map_resource_wc(const struct pci_dev *dev)
{
	char path[PATH_LEN];
	void *mem;
	int fd;

	pci_path(dev, "resource2_wc", path, sizeof(path));
	fd = MUST(open(path, O_RDWR));
	mem = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(mem != MAP_FAILED);
	close(fd);
	return mem;
}

static void uncached_by_default(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);
	int fd = uio_open(&dev);

	CHECK_EQ(ug_number(&dev, "bar2_wc"), 0);
	mmio_read32(uio_mmap(fd, &dev, MAP), 0);
	CHECK_STR(memtype(addr), "");
}

/* On x86 a fault takes the type of the page from the list. */
static void combines_if_wanted(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);
	int fd;

	ug_write(&dev, "bar2_wc", "1");
	CHECK_EQ(ug_number(&dev, "bar2_wc"), 1);
	CHECK_STR(memtype(addr), MEMTYPE_WC);
	fd = uio_open(&dev);
	mmio_read32(uio_mmap(fd, &dev, MAP), 0);
	CHECK_STR(memtype(addr), MEMTYPE_WC);
	CHECK_EQ(ug_number(&dev, "bar0_wc"), 0);
}

static void ends_when_it_is_told_to(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);

	ug_write(&dev, "bar2_wc", "1");
	ug_write(&dev, "bar2_wc", "1");
	ug_write(&dev, "bar2_wc", "0");
	CHECK_STR(memtype(addr), "");
	ug_write(&dev, "bar2_wc", "0");
	ug_write(&dev, "bar2_wc", "1");
	CHECK_STR(memtype(addr), MEMTYPE_WC);
	pci_unbind(&dev);
	CHECK_STR(memtype(addr), "");
	pci_bind(&dev, UG);
	CHECK_EQ(ug_number(&dev, "bar2_wc"), 0);
}

/* DPDK maps this one: neither our mapping nor our driver may spoil it. */
static void resource_wc_stays_what_it_is(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);
	int fd = uio_open(&dev);
	void *mem;

	mmio_read32(uio_mmap(fd, &dev, MAP), 0);
	mem = map_resource_wc(&dev);
	mmio_read32(mem, 0);
	CHECK_STR(memtype(addr), MEMTYPE_WC);
	MUST(munmap(mem, PAGE_LEN));
	CHECK_STR(memtype(addr), "");
}

static void does_not_change_while_open(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);
	int fd = uio_open(&dev);

	CHECK_EQ(__ug_write(&dev, "bar2_wc", "1"), -EBUSY);
	MUST(close(fd));
	ug_write(&dev, "bar2_wc", "1");
	fd = uio_open(&dev);
	CHECK_EQ(__ug_write(&dev, "bar2_wc", "0"), -EBUSY);
}

static void other_bars_are_refused(void)
{
	u64 addr;
	struct pci_dev dev = bind(&addr);

	CHECK_EQ(__ug_write(&dev, "bar0_wc", "1"), -EOPNOTSUPP);
	CHECK_EQ(__ug_write(&dev, "bar1_wc", "1"), -ENOENT);
	CHECK_EQ(__ug_write(&dev, "bar2_wc", "2"), -EINVAL);
	CHECK_EQ(__ug_write(&dev, "bar5_wc", "1"), -ENOENT);
}

static const struct ktap_case cases[] = {
	CASE(uncached_by_default),
	CASE(combines_if_wanted),
	CASE(ends_when_it_is_told_to),
	CASE(resource_wc_stays_what_it_is),
	CASE(does_not_change_while_open),
	CASE(other_bars_are_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

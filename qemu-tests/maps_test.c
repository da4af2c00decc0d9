// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps and ports: UIO shows every BAR of a device, exactly as it is, and every
 * memory BAR can be mapped.
 *
 * Machine: edu edu-port nvme e1000 testdev igb subpage
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arch.h"
#include "lib/ktap.h"
#include "lib/ug.h"

static void check_map(const struct pci_dev *dev, int n, int bar)
{
	struct pci_resource res = pci_resource(dev, bar);
	struct uio_map map = uio_map_info(dev, n);
	char name[16];

	snprintf(name, sizeof(name), "BAR%d", bar);
	CHECK_STR(map.name, name);
	CHECK_EQ(map.addr, res.start & ~(PAGE_LEN - 1));
	CHECK_EQ(map.offset, res.start & (PAGE_LEN - 1));
	CHECK_EQ(map.size, pci_resource_len(&res));
}

static void check_port(const struct pci_dev *dev, int n, int bar)
{
	struct pci_resource res = pci_resource(dev, bar);
	struct uio_port port;
	char name[16];

	MUST(__uio_port_info(dev, n, &port));
	snprintf(name, sizeof(name), "BAR%d", bar);
	CHECK_STR(port.name, name);
	CHECK_STR(port.type, ARCH_PORT);
	CHECK_EQ(port.start, res.start);
	CHECK_EQ(port.size, pci_resource_len(&res));
}

typedef void (*bar_check)(const struct pci_dev *dev, int n, int bar);

/* Call @check for each BAR of a kind, in order; returns how many there are. */
static int visit_bars(const struct pci_dev *dev, u64 kind, bar_check check)
{
	struct pci_resource res;
	int bar, n = 0;

	for (bar = 0; bar < PCI_BARS; bar++) {
		res = pci_resource(dev, bar);
		if (pci_resource_len(&res) && (res.flags & kind))
			check(dev, n++, bar);
	}
	return n;
}

static void maps_are_the_memory_bars(void)
{
	struct pci_dev dev = ug_bind("auto");
	struct uio_map map;
	int count;

	count = visit_bars(&dev, RESOURCE_MEM, check_map);
	CHECK_GE(count, 1);
	CHECK_EQ(__uio_map_info(&dev, count, &map), -ENOENT);
}

static void ports_are_the_io_bars(void)
{
	struct pci_dev dev = ug_bind("auto");
	struct uio_port port;
	int count;

	count = visit_bars(&dev, RESOURCE_IO, check_port);
	diag("%d I/O BARs", count);
	CHECK_EQ(__uio_port_info(&dev, count, &port), -ENOENT);
}

/* The same register, by way of UIO and by way of sysfs. */
static void check_mapping(const struct pci_dev *dev, int n, int bar)
{
	int fd = uio_open(dev);
	struct uio_map map = uio_map_info(dev, n);
	void *ours = uio_mmap(fd, dev, n);
	void *theirs = pci_map_bar(dev, bar);
	size_t last = map.size - sizeof(u32);

	diag("BAR%d, %llu bytes, reads %#x", bar, map.size, mmio_read32(ours, 0));
	CHECK_EQ(mmio_read32(ours, 0), mmio_read32(theirs, 0));
	CHECK_EQ(mmio_read32(ours, last), mmio_read32(theirs, last));
	uio_munmap(ours, &map);
	MUST(close(fd));
}

static void every_map_can_be_mapped(void)
{
	struct pci_dev dev = ug_bind("auto");

	visit_bars(&dev, RESOURCE_MEM, check_mapping);
}

/* DPDK maps resourceN itself: a bound device must not hold its BARs. */
static void bars_stay_free_for_sysfs(void)
{
	struct pci_dev dev = ug_bind("auto");
	int fd = uio_open(&dev);
	void *regs = uio_mmap(fd, &dev, 0);
	char text[64];

	CHECK_EQ(mmio_read32(pci_map_bar(&dev, 0), 0), mmio_read32(regs, 0));
	pci_attr_read(&dev, "enable", text, sizeof(text));
	CHECK_STR(text, "1");
}

static const struct ktap_case cases[] = {
	CASE(maps_are_the_memory_bars),
	CASE(ports_are_the_io_bars),
	CASE(every_map_can_be_mapped),
	CASE(bars_stay_free_for_sysfs),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs below page size: one page can be mapped, and "offset" says where in it
 * the registers begin. The device is QEMU's OHCI, with 256 bytes of registers.
 *
 * Machine: subpage
 */
#include <errno.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define HC_REVISION		0x00
#define   HC_REVISION_VALUE	0x10
#define HC_HCCA			0x18
#define   HC_HCCA_MASK		0xffffff00

/* OHCI 1.0a: a revision, and a register whose upper bits can be written. */
static void check_registers(const struct pci_dev *dev)
{
	struct uio_map map = uio_map_info(dev, 0);
	int fd = uio_open(dev);
	void *regs = uio_mmap(fd, dev, 0);

	CHECK_EQ(uio_map_pages(&map), 1);
	CHECK_EQ(mmio_read32(regs, HC_REVISION), HC_REVISION_VALUE);
	mmio_write32(regs, HC_HCCA, 0x12345678);
	CHECK_EQ(mmio_read32(regs, HC_HCCA), 0x12345678 & HC_HCCA_MASK);
	mmio_write32(regs, HC_HCCA, 0);
	uio_munmap(regs, &map);
	MUST(close(fd));
}

static void registers_of_a_small_bar(void)
{
	struct pci_dev dev = ug_bind("none");
	struct uio_map map = uio_map_info(&dev, 0);

	if (map.size >= PAGE_LEN)
		skip("BAR0 is no smaller than a page");
	check_registers(&dev);
}

/*
 * Firmware gives each BAR a page of its own, Linux does not: plugged in anew,
 * the two controllers of this machine come to share a page.
 */
static void registers_amid_a_page(void)
{
	struct pci_dev first = pci_dut();
	u16 vendor = pci_attr_number(&first, "vendor");
	u16 device = pci_attr_number(&first, "device");
	struct pci_dev second = pci_find(vendor, device, 1);
	struct uio_map map;
	u32 revision;
	void *regs;

	pci_remove(&first);
	pci_remove(&second);
	pci_rescan();
	ug_load("none");
	pci_bind(&first, UG);
	pci_bind(&second, UG);
	map = uio_map_info(&second, 0);
	diag("offsets %llu and %llu", uio_map_info(&first, 0).offset, map.offset);
	CHECK(map.offset || uio_map_info(&first, 0).offset);
	check_registers(&first);
	check_registers(&second);

	/* What is taken back with one is not the other's. */
	regs = pci_map_bar(&second, 0);
	CHECK_EQ(mmio_read32(regs, HC_REVISION), HC_REVISION_VALUE);
	pci_unbind(&first);
	CHECK(mmio_try_read32(regs, HC_REVISION, &revision));
	CHECK_EQ(revision, HC_REVISION_VALUE);
}

static const struct ktap_case cases[] = {
	CASE(registers_of_a_small_bar),
	CASE(registers_amid_a_page),
};

static void cleanup(void)
{
	struct pci_dev dev = pci_dut();

	if (!__pci_find(pci_attr_number(&dev, "vendor"), pci_attr_number(&dev, "device"),
			1, &dev) && pci_driven_by(&dev, UG))
		pci_unbind(&dev);
	ug_cleanup();
}

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

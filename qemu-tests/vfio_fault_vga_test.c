// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while a display's frame buffer is mapped write-combining, and the bus
 * that resets it in use by somebody else when it is closed.
 *
 * Machine: vfio-vga
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 90
 */
#include <errno.h>
#include <sys/mman.h>

#include "lib/fail.h"
#include "lib/ktap.h"
#include "lib/mmio.h"
#include "lib/vfio.h"

#define NAME		"vfio-lite"
#define FRAME_BUFFER	0
#define ALIAS		(VFIO_PCI_NUM_REGIONS + FRAME_BUFFER)
#define PAGE		4096
#define RW		(PROT_READ | PROT_WRITE)

static struct pci_dev dev;
static struct vfio vfio;
static void *mem;

static void start(void)
{
	fail_init();
	dev = pci_dut();
	vfio_load(NAME, "wc_regions=1");
	vfio_bind(&dev, NAME);
}

/* --- the alias of its frame buffer --- */

static int map_alias(void)
{
	mem = __vfio_mmap(&vfio, ALIAS, 0, PAGE, RW);
	return mem ? 0 : -errno;
}

static void unmap_alias(void)
{
	mmio_write32(mem, 0, 0x600d);
	CHECK_EQ(mmio_read32(mem, 0), 0x600d);
	MUST(munmap(mem, PAGE));
}

/* What was mapped before can be again, and so can what was not. */
static void map_it_uncached(void)
{
	void *uncached = __vfio_mmap(&vfio, FRAME_BUFFER, 0, PAGE, RW);

	CHECK(uncached);
	mmio_read32(uncached, 0);
	MUST(munmap(uncached, PAGE));
}

static void check_bar(void)
{
	vfio_write(&vfio, FRAME_BUFFER, 4, 4, 0x5afe);
	CHECK_EQ(vfio_read(&vfio, FRAME_BUFFER, 4, 4), 0x5afe);
}

static const struct fail_step combining = {
	.what = "mmap of an alias", .prepare = map_it_uncached, .act = map_alias,
	.undo = unmap_alias, .check = check_bar,
};

static void open_it(void)
{
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
}

static void alias_is_not_mapped(void)
{
	start();
	open_it();
	CHECK(fail_memory(&combining));
	CHECK(fail_function("pci_iomap_wc", 0, &combining));
}

/* Nor the BAR, if there is no memory for that either: an open brings it back. */
static void bar_is_lost_until_the_next_open(void)
{
	u32 value;

	start();
	open_it();
	fail_begin("pci_iomap_wc", 0, 0);
	CHECK_EQ(map_alias(), -ENOMEM);
	fail_end();
	check_bar();

	fail_begin("get_vm_area_caller", 0, 0);
	CHECK_EQ(map_alias(), -ENOMEM);
	fail_end();
	CHECK_EQ(__vfio_read(&vfio, FRAME_BUFFER, 0, &value, 4), -ENOMEM);
	CHECK_EQ(map_alias(), -ENOMEM);
	CHECK_EQ(__vfio_ioeventfd(&vfio, FRAME_BUFFER, 0, 4, 1, event_new()), -ENOMEM);
	vfio_close(&vfio);
	open_it();
	check_bar();
	MUST(map_alias());
	unmap_alias();
}

/* --- close --- */

/* It is left for the next open, or for the unbind. */
static void bus_is_in_use_at_close(void)
{
	start();
	open_it();
	vfio_write(&vfio, FRAME_BUFFER, 4, 4, 0x5afe);
	fail_begin("pci_dev_trylock", 0, 1);
	vfio_close(&vfio);
	fail_end();
	open_it();
	check_bar();
}

static void cleanup(void)
{
	vfio_cleanup();
	fail_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASE(alias_is_not_mapped, 60),
	CASE(bar_is_lost_until_the_next_open),
	CASE(bus_is_in_use_at_close),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

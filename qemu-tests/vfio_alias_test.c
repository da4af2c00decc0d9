// SPDX-License-Identifier: GPL-2.0-only
/*
 * A prefetchable BAR's second region, which is mapped write-combining: what it says of
 * itself, that all that is mapped at one time is of one kind, and that it is taken back
 * as the BAR is.
 *
 * Machine: vfio-vga
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/memtype.h"
#include "lib/mmio.h"
#include "lib/vfio.h"

#define OURS		"vfio-lite"
#define FRAME_BUFFER	0		/* the display's prefetchable BAR */
#define REGISTERS	2		/* the other one */
#define ALIAS(bar)	(VFIO_PCI_NUM_REGIONS + (bar))
#define NONE		ALIAS(VFIO_BARS)
#define TYPE		((u32)VFIO_REGION_TYPE_PCI_VENDOR_TYPE | 0xffff)
#define PAGE		4096
#define RW		(PROT_READ | PROT_WRITE)

static struct vfio vfio;
static u64 addr;

static void open_with(const char *params)
{
	struct pci_dev dev = pci_dut();

	vfio_load(OURS, params);
	vfio_bind(&dev, OURS);
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	addr = pci_resource(&dev, FRAME_BUFFER).start;
}

static u32 num_regions(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	MUST(__vfio_ioctl(vfio.device, VFIO_DEVICE_GET_INFO, &info));
	return info.num_regions;
}

static void *map(int region)
{
	return __vfio_mmap(&vfio, region, 0, 2 * PAGE, RW);
}

static void check_busy(int region)
{
	CHECK(!map(region));
	CHECK_EQ(errno, EBUSY);
}

static void nothing_more_unless_asked(void)
{
	struct vfio_region_info *info;
	u32 value;

	open_with("");
	CHECK_EQ(num_regions(), VFIO_PCI_NUM_REGIONS);
	CHECK_EQ(__vfio_region_info(&vfio, ALIAS(FRAME_BUFFER), &info), -EINVAL);
	CHECK_EQ(__vfio_read(&vfio, ALIAS(FRAME_BUFFER), 0, &value, 4), -EINVAL);
	CHECK(!map(ALIAS(FRAME_BUFFER)));
	CHECK_EQ(errno, EINVAL);
}

static void says_what_it_is(void)
{
	const u32 flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE |
			  VFIO_REGION_INFO_FLAG_MMAP | VFIO_REGION_INFO_FLAG_CAPS;
	const struct vfio_region_info_cap_type *type;
	struct vfio_region_info *info;

	open_with("wc_regions=1");
	CHECK_EQ(num_regions(), NONE);
	MUST(__vfio_region_info(&vfio, ALIAS(FRAME_BUFFER), &info));
	CHECK_EQ(info->flags, flags);
	CHECK_EQ(info->offset, vfio_file_offset(ALIAS(FRAME_BUFFER), 0));
	type = (const void *)vfio_cap(info, info->cap_offset, VFIO_REGION_INFO_CAP_TYPE);
	CHECK(type);
	CHECK_EQ(type->type, TYPE);
	CHECK_EQ(type->subtype, FRAME_BUFFER);
	CHECK_EQ(info->size, vfio_region_info(&vfio, FRAME_BUFFER).size);

	CHECK_EQ(vfio_region_info(&vfio, ALIAS(REGISTERS)).size, 0);
	CHECK_EQ(vfio_region_info(&vfio, ALIAS(REGISTERS)).flags, 0);
	CHECK_EQ(__vfio_region_info(&vfio, NONE, &info), -EINVAL);
	CHECK_EQ(__vfio_region_info(&vfio, VFIO_PCI_VGA_REGION_INDEX, &info), -EINVAL);
}

static void shows_the_same_bytes(void)
{
	u32 *mem;

	open_with("wc_regions=1");
	mem = map(ALIAS(FRAME_BUFFER));
	CHECK(mem);
	mem[1] = 0x11223344;
	CHECK_EQ(vfio_read(&vfio, FRAME_BUFFER, 4, 4), 0x11223344);
	vfio_write(&vfio, ALIAS(FRAME_BUFFER), PAGE, 4, 0x55667788);
	CHECK_EQ(mem[PAGE / 4], 0x55667788);
	CHECK_EQ(vfio_read(&vfio, ALIAS(FRAME_BUFFER), 4, 4), 0x11223344);
	CHECK_EQ(__vfio_read(&vfio, ALIAS(REGISTERS), 0, mem, 4), -EINVAL);
}

static void touch(u32 *mem)
{
	mem[0] = 1;
	CHECK_EQ(mem[0], 1);
}

/* What is mapped first decides, until nothing is. */
static void one_kind_at_a_time(void)
{
	u32 *mem;

	open_with("wc_regions=1");
	mem = map(FRAME_BUFFER);
	touch(mem);
	CHECK_STR(memtype(addr), "uncached-minus");
	check_busy(ALIAS(FRAME_BUFFER));
	CHECK(map(FRAME_BUFFER));
	check_busy(ALIAS(FRAME_BUFFER));
}

static void changes_when_nothing_is_mapped(void)
{
	u32 *mem;
	int i;

	open_with("wc_regions=1");
	for (i = 0; i < 3; i++) {
		mem = map(ALIAS(FRAME_BUFFER));
		touch(mem);
		CHECK_STR(memtype(addr), MEMTYPE_WC);
		check_busy(FRAME_BUFFER);
		MUST(munmap(mem, 2 * PAGE));
		CHECK_EQ(vfio_read(&vfio, FRAME_BUFFER, 0, 4), 1);

		mem = map(FRAME_BUFFER);
		touch(mem);
		CHECK_STR(memtype(addr), "uncached-minus");
		MUST(munmap(mem, 2 * PAGE));
	}
}

static void hold(void *event)
{
	event_wait(*(int *)event);
}

/* A fork has it, too, and what is left of one that was cut in two. */
static void each_mapping_counts(void)
{
	int event = event_new();
	void *mem;
	pid_t pid;

	open_with("wc_regions=1");
	mem = map(ALIAS(FRAME_BUFFER));
	pid = helper_start(hold, &event);
	MUST(munmap(mem, 2 * PAGE));
	check_busy(FRAME_BUFFER);
	event_signal(event);
	helper_join(pid);
	mem = map(FRAME_BUFFER);
	CHECK(mem);

	MUST(munmap(mem, PAGE));
	check_busy(ALIAS(FRAME_BUFFER));
	MUST(munmap(mem + PAGE, PAGE));
	mem = map(ALIAS(FRAME_BUFFER));
	CHECK(mem);
	mem = mremap(mem, 2 * PAGE, PAGE, MREMAP_MAYMOVE);
	CHECK(mem != MAP_FAILED);
	check_busy(FRAME_BUFFER);
	MUST(munmap(mem, PAGE));
	CHECK(map(FRAME_BUFFER));
}

static void is_taken_back(void)
{
	u32 value;
	void *mem;

	open_with("wc_regions=1");
	mem = map(ALIAS(FRAME_BUFFER));
	touch(mem);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	CHECK(!mmio_try_read32(mem, 0, &value));
	CHECK_EQ(__vfio_read(&vfio, ALIAS(FRAME_BUFFER), 0, &value, 4), -EIO);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(mmio_try_read32(mem, 0, &value));
	CHECK_EQ(value, 1);
	CHECK_STR(memtype(addr), MEMTYPE_WC);
}

/* By the administrator's word the BAR itself is, and there is nothing to add. */
static void not_of_a_combining_bar(void)
{
	struct pci_dev dev = pci_dut();

	open_with("wc_regions=1");
	vfio_close(&vfio);
	pci_attr_write(&dev, "vfio_lite/bar0_wc", "1");
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_region_info(&vfio, ALIAS(FRAME_BUFFER)).size, 0);
	CHECK(!map(ALIAS(FRAME_BUFFER)));
	CHECK_EQ(errno, EINVAL);
}

/* A doorbell finds the BAR as it is now. */
static void doorbell_writes_through_either(void)
{
	int event = event_new();
	void *mem;

	open_with("wc_regions=1");
	MUST(__vfio_ioeventfd(&vfio, FRAME_BUFFER, 8, 4, 0xd00b, event));
	mem = map(ALIAS(FRAME_BUFFER));
	CHECK(mem);
	event_signal(event);
	CHECK(wait_for(vfio_read(&vfio, FRAME_BUFFER, 8, 4) == 0xd00b, SOON_MS));
}

static const struct ktap_case cases[] = {
	CASES(nothing_more_unless_asked, OURS),
	CASES(says_what_it_is, OURS),
	CASES(shows_the_same_bytes, OURS),
	CASES(one_kind_at_a_time, OURS),
	CASES(changes_when_nothing_is_mapped, OURS),
	CASES(each_mapping_counts, OURS),
	CASES(is_taken_back, OURS),
	CASES(not_of_a_combining_bar, OURS),
	CASES(doorbell_writes_through_either, OURS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

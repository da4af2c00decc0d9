// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of BARs: filled in at the first touch, taken away whenever the device
 * is out of reach, and good again afterwards; in every process that has them.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 200
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define PAGE	4096
#define RW	(PROT_READ | PROT_WRITE)

#define OHCI_REVISION	0x10	/* in register 0 */

static bool in_reach(void *regs)
{
	u32 value;

	return mmio_try_read32(regs, 0, &value);
}

static void shared_only(void)
{
	struct vfio vfio;
	void *map;

	vfio_open_dut(&vfio, "edu");
	map = mmap(NULL, PAGE, RW, MAP_PRIVATE, vfio.device, 0);
	CHECK(map == MAP_FAILED);
	CHECK_EQ(errno, EINVAL);
}

static void no_further_than_the_region(void)
{
	struct vfio vfio;
	void *map;

	vfio_open_dut(&vfio, "edu");
	CHECK(__vfio_mmap(&vfio, 0, EDU_BAR_LEN - PAGE, PAGE, RW));
	CHECK(!__vfio_mmap(&vfio, 0, EDU_BAR_LEN - PAGE, 2 * PAGE, RW));
	CHECK(!__vfio_mmap(&vfio, 0, EDU_BAR_LEN, PAGE, RW));
	CHECK(!__vfio_mmap(&vfio, 1, 0, PAGE, RW));
	CHECK(!__vfio_mmap(&vfio, VFIO_CONFIG, 0, PAGE, PROT_READ));
	map = __vfio_mmap(&vfio, 0, 0, PAGE, RW);
	CHECK(map);
	CHECK(mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED);
	CHECK_EQ(errno, EFAULT);
}

/* What is mapped while the device does not decode may be used once it does. */
static void mapping_may_come_before_decoding(void)
{
	struct vfio vfio;
	void *regs;

	vfio_open_dut(&vfio, "edu");
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	regs = vfio_map_bar(&vfio, 0);
	CHECK(!in_reach(regs));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
}

struct sharing {
	void *regs;
	int seen;
	int off;
	int gone;
	int on;
};

static void child_sees_all_of_it(void *arg)
{
	struct sharing *sharing = arg;

	CHECK(in_reach(sharing->regs));
	event_signal(sharing->seen);
	event_wait(sharing->off);
	CHECK(!in_reach(sharing->regs));
	event_signal(sharing->gone);
	event_wait(sharing->on);
	edu_check_alive(sharing->regs);
}

static void forks_are_covered(void)
{
	struct sharing sharing = {
		.seen = event_new(), .off = event_new(), .gone = event_new(), .on = event_new(),
	};
	struct vfio vfio;
	pid_t child;

	vfio_skip_in_tree_6_1("leaves a child's mapping in place");
	sharing.regs = vfio_open_edu(&vfio, "edu");
	child = helper_start(child_sees_all_of_it, &sharing);
	event_wait(sharing.seen);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	event_signal(sharing.off);
	event_wait(sharing.gone);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	event_signal(sharing.on);
	helper_join(child);
}

/* Parts of a mapping, moved or alone, show what they showed, and are revoked. */
static void parts_stay_right(void)
{
	struct vfio vfio;
	u8 *regs = vfio_open_edu(&vfio, "edu");
	void *all = vfio_map_bar(&vfio, 0), *moved;

	vfio_skip_in_tree_6_1("loses sight of a part, and the kernel warns");
	mmio_write32(regs, EDU_LIVENESS, 0x1234);
	MUST(munmap(regs + PAGE, PAGE));
	moved = mremap(regs, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, regs + PAGE);
	CHECK(moved == regs + PAGE);
	CHECK_EQ(mmio_read32(moved, EDU_LIVENESS), (u32)~0x1234);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	CHECK(!in_reach(moved));
	CHECK(!in_reach(regs + 2 * PAGE));
	CHECK(!in_reach(all));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(moved);
	edu_check_alive(all);
}

static void mapping_survives_a_reset(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");
	int i;

	for (i = 0; i < 5; i++) {
		edu_check_alive(regs);
		MUST(__vfio_reset(&vfio));
		vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	}
	edu_check_alive(regs);
}

/* The mapping holds the device, not its decoding or its driver's good will. */
static void mapping_survives_its_file(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");

	MUST(close(vfio.device));
	edu_check_alive(regs);
}

static bool in_one_page(const struct pci_dev *a, const struct pci_dev *b)
{
	return pci_resource(a, 0).start / PAGE == pci_resource(b, 0).start / PAGE;
}

/* 256 bytes, and nothing else in their page: the kernel sees to it that it stays so. */
static void sub_page_bar_alone(void)
{
	struct pci_dev first = vfio_dut("ohci"), second = vfio_dut("ohci1");
	struct vfio_region_info info;
	struct vfio vfio;

	if (in_one_page(&first, &second))
		skip("the two devices share a page by now");
	vfio_open_dut(&vfio, "ohci");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	info = vfio_region_info(&vfio, 0);
	CHECK_EQ(info.size, 256);
	CHECK(info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	CHECK_EQ(mmio_read32(__vfio_mmap(&vfio, 0, 0, PAGE, RW), 0), OHCI_REVISION);
}

/*
 * Who maps a page has all that is in it. Firmware gives each BAR a page of its own,
 * Linux does not: plugged in anew, the two come to share one.
 */
static void sub_page_bar_in_company(void)
{
	struct pci_dev first = vfio_dut("ohci"), second = vfio_dut("ohci1");
	struct vfio vfio;

	pci_remove(&first);
	pci_remove(&second);
	pci_rescan();
	CHECK(in_one_page(&first, &second));
	vfio_open_dut(&vfio, "ohci");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(!(vfio_region_info(&vfio, 0).flags & VFIO_REGION_INFO_FLAG_MMAP));
	CHECK(!__vfio_mmap(&vfio, 0, 0, PAGE, RW));
	CHECK_EQ(vfio_read(&vfio, 0, 0, 4), OHCI_REVISION);
}

/* The table lies in a BAR that is mapped; by read and write it is not there. */
static void msix_table_is_kept_from_reads(void)
{
	struct vfio_region_info *info;
	struct vfio vfio;
	u32 table;
	int cap;

	vfio_open_dut(&vfio, "nvme");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(__vfio_region_info(&vfio, 0, &info), 0);
	CHECK(vfio_cap(info, info->cap_offset, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE));
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_MSIX);
	table = vfio_read(&vfio, VFIO_CONFIG, cap + PCI_MSIX_TABLE, 4);
	CHECK_EQ(table & PCI_MSIX_TABLE_BIR, 0);
	vfio_irq_on(&vfio, VFIO_PCI_MSIX_IRQ_INDEX, 0, event_new());
	CHECK_EQ(vfio_read(&vfio, 0, table, 4), 0xffffffff);
	vfio_write(&vfio, 0, table + PCI_MSIX_ENTRY_DATA, 4, 0xdeadbeef);
	vfio_write(&vfio, 0, table + PCI_MSIX_ENTRY_VECTOR_CTRL, 4, 1);
	CHECK_NE(mmio_read32(vfio_map_bar(&vfio, 0), table + PCI_MSIX_ENTRY_DATA), 0xdeadbeef);
	CHECK_EQ(mmio_read32(vfio_map_bar(&vfio, 0), table + PCI_MSIX_ENTRY_VECTOR_CTRL), 0);
}

/* 64 MiB, touched at each 2 MiB, and at random in between. */
static void large_bar_is_right_everywhere(void)
{
	struct vfio vfio;
	u64 size, at;
	u8 *map;

	vfio_open_dut(&vfio, "testdev");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	size = vfio_region_info(&vfio, 2).size;
	CHECK_EQ(size, 64 << 20);
	map = vfio_map_bar(&vfio, 2);
	for (at = 0; at < size; at += 0x1ff000)
		CHECK(in_reach(map + at));
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	for (at = 0; at < size; at += 0x1ff000)
		CHECK(!in_reach(map + at));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(in_reach(map));
	CHECK(in_reach(map + size - 4));
}

/* Low power, too, is out of reach; a touch may not wake the device. */
static void low_power_ends_access(void)
{
	struct vfio vfio;
	void *regs;

	vfio_open_dut(&vfio, "nvme");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	CHECK(in_reach(regs));
	MUST(__vfio_feature(&vfio, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY |
			    VFIO_DEVICE_FEATURE_SET, NULL, 0));
	CHECK(!in_reach(regs));
	MUST(__vfio_feature(&vfio, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT |
			    VFIO_DEVICE_FEATURE_SET, NULL, 0));
	CHECK(in_reach(regs));
}

static const struct ktap_case cases[] = {
	CASES(shared_only, VFIO_DRIVERS),
	CASES(no_further_than_the_region, VFIO_DRIVERS),
	CASES(mapping_may_come_before_decoding, VFIO_DRIVERS),
	CASES(forks_are_covered, VFIO_DRIVERS),
	CASES(parts_stay_right, VFIO_DRIVERS),
	CASES(mapping_survives_a_reset, VFIO_DRIVERS),
	CASES(mapping_survives_its_file, VFIO_DRIVERS),
	CASES(sub_page_bar_alone, VFIO_DRIVERS),
	CASES(sub_page_bar_in_company, VFIO_DRIVERS),
	CASES(msix_table_is_kept_from_reads, VFIO_DRIVERS),
	CASES(large_bar_is_right_everywhere, VFIO_DRIVERS),
	CASES(low_power_ends_access, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

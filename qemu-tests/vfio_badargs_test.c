// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments that no ioctl may take (CVE-2016-9083 and its kind): each is refused
 * with the right errno, changes nothing, and costs the kernel no memory.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define NONE	VFIO_IRQ_SET_DATA_NONE
#define BOOL	VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define ERR	VFIO_PCI_ERR_IRQ_INDEX
#define REQ	VFIO_PCI_REQ_IRQ_INDEX

#define HEAD	sizeof(struct vfio_irq_set)
#define BAD_ADDRESS	((void *)8)
#define PAGE	4096

/* An nvme has one INTx, no MSI, 65 MSI-X, and both events. */
static const struct vfio_irq_set bad_irqs[] = {
	/* too short for itself, or for its data */
	{ 0, NONE | TRIGGER, INTX, 0, 0 },
	{ HEAD - 1, NONE | TRIGGER, INTX, 0, 0 },
	{ HEAD, EVENTFD | TRIGGER, INTX, 0, 1 },
	{ HEAD + 3, EVENTFD | TRIGGER, INTX, 0, 1 },
	{ HEAD, BOOL | TRIGGER, INTX, 0, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0, 2 },
	{ HEAD + 1, BOOL | TRIGGER, MSIX, 0, 2 },
	/* data and action: exactly one of each, and none that do not exist */
	{ HEAD + 4, 0, INTX, 0, 1 },
	{ HEAD + 4, TRIGGER, INTX, 0, 1 },
	{ HEAD + 4, NONE | BOOL | TRIGGER, INTX, 0, 1 },
	{ HEAD + 4, BOOL | EVENTFD | TRIGGER, INTX, 0, 1 },
	{ HEAD + 4, NONE | TRIGGER | BIT(6), INTX, 0, 1 },
	{ HEAD + 4, NONE | TRIGGER | BIT(31), INTX, 0, 1 },
	/* vectors and kinds that there are not */
	{ HEAD + 4, EVENTFD | TRIGGER, INTX, 1, 1 },
	{ HEAD + 8, EVENTFD | TRIGGER, INTX, 0, 2 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSI, 0, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 65, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 1000, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, ERR, 1, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, REQ, 1, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, 5, 0, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, ~0U, 0, 1 },
	/* sums and products that wrap */
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0xffffffff, 1 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 1, 0xffffffff },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0, 0xffffffff },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0, 0x40000000 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0, 0x40000001 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0x80000000, 0x80000000 },
	{ HEAD + 4, EVENTFD | TRIGGER, MSIX, 0xffffffc0, 0x40 },
	{ HEAD + 4, BOOL | TRIGGER, MSIX, 0xffffffff, 1 },
	{ HEAD + 4, BOOL | TRIGGER, MSIX, 1, 0xffffffff },
	{ HEAD, NONE | TRIGGER, MSIX, 0xffffffff, 1 },
	{ HEAD, NONE | TRIGGER, MSIX, 1, 0xffffffff },
	{ 0xffffffff, EVENTFD | TRIGGER, MSIX, 0, 0x3fffffff },
	{ 0xffffffff, NONE | TRIGGER, MSIX, 0, 0xffffffff },
};

/* What is well formed, but means nothing. */
static const u32 bad_actions[] = {
	EVENTFD, NONE | MASK | UNMASK, NONE | MASK | TRIGGER, NONE | UNMASK | TRIGGER,
};

static void set_irqs(void)
{
	struct {
		struct vfio_irq_set set;
		u8 data[512];
	} arg;
	struct vfio vfio;
	size_t i;
	int ret;

	vfio_open_dut(&vfio, "nvme");
	for (i = 0; i < ARRAY_SIZE(bad_irqs); i++) {
		memset(&arg, 0, sizeof(arg));
		arg.set = bad_irqs[i];
		ret = __vfio_ioctl(vfio.device, VFIO_DEVICE_SET_IRQS, &arg);
		if (ret != -EINVAL)
			FAIL("row %zu: %d (%s)", i, ret, strerror(-ret));
	}
	for (i = 0; i < ARRAY_SIZE(bad_actions); i++)
		CHECK_EQ(__vfio_set_irqs(&vfio, INTX, bad_actions[i], 0, 1, &(s32){ -1 },
					 sizeof(s32)), -ENOTTY);
	CHECK_EQ(__vfio_ioctl(vfio.device, VFIO_DEVICE_SET_IRQS, BAD_ADDRESS), -EFAULT);
	CHECK(!pci_msix_enabled(&vfio.dev));
	vfio_irq_on(&vfio, MSIX, 0, event_new());
}

/* Events must be eventfds; a refused one leaves the kind switched off. */
static void events(void)
{
	static const int kinds[] = { INTX, MSIX, ERR, REQ };
	const int no_event = MUST(dup(STDOUT_FILENO));
	struct vfio vfio;
	s32 fds[3];
	size_t i;

	vfio_open_dut(&vfio, "nvme");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		CHECK_EQ(__vfio_irq_on(&vfio, kinds[i], 0, no_event), -EINVAL);
		CHECK_EQ(__vfio_irq_on(&vfio, kinds[i], 0, 9999), -EBADF);
	}
	CHECK(!pci_msix_enabled(&vfio.dev));
	fds[0] = event_new();
	fds[1] = event_new();
	fds[2] = no_event;
	CHECK_EQ(__vfio_set_irqs(&vfio, MSIX, EVENTFD | TRIGGER, 0, 3, fds, sizeof(fds)), -EINVAL);
	CHECK(!pci_msix_enabled(&vfio.dev));
	vfio_irq_on(&vfio, MSIX, 0, fds[0]);
}

static void info(void)
{
	static const unsigned long requests[] = {
		VFIO_DEVICE_GET_INFO, VFIO_DEVICE_GET_REGION_INFO, VFIO_DEVICE_GET_IRQ_INFO,
		VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, VFIO_DEVICE_PCI_HOT_RESET,
		VFIO_DEVICE_IOEVENTFD, VFIO_DEVICE_FEATURE,
	};
	u32 arg[32] = { 0 };
	struct vfio vfio;
	size_t i;

	vfio_open_dut(&vfio, "nvme");
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		for (arg[0] = 0; arg[0] < 8; arg[0]++)
			CHECK_EQ(__vfio_ioctl(vfio.device, requests[i], arg), -EINVAL);
		CHECK_EQ(__vfio_ioctl(vfio.device, requests[i], BAD_ADDRESS), -EFAULT);
		CHECK_EQ(__vfio_ioctl(vfio.device, requests[i], NULL), -EFAULT);
	}
}

static void indexes(void)
{
	static const u32 wild[] = { 100, 0x7fffffff, 0x80000000, 0xffffffff };
	struct vfio_region_info *region;
	struct vfio_irq_info irq;
	struct vfio vfio;
	size_t i;

	vfio_open_dut(&vfio, "nvme");
	for (i = 0; i < ARRAY_SIZE(wild); i++) {
		CHECK_EQ(__vfio_region_info(&vfio, wild[i], &region), -EINVAL);
		CHECK_EQ(__vfio_irq_info(&vfio, wild[i], &irq), -EINVAL);
	}
	CHECK_EQ(__vfio_irq_info(&vfio, VFIO_PCI_NUM_IRQS, &irq), -EINVAL);
}

/* At the edges of each region: what is inside is moved, the rest is not. */
static void region_bounds(void)
{
	static u8 bytes[16];	/* far from the end of all addresses */
	struct vfio vfio;
	u64 size;
	int bar;

	vfio_open_dut(&vfio, "e1000e");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	for (bar = 0; bar <= VFIO_PCI_ROM_REGION_INDEX; bar++) {
		size = vfio_region_info(&vfio, bar).size;
		CHECK_EQ(__vfio_read(&vfio, bar, size, bytes, 1), -EINVAL);
		CHECK_EQ(__vfio_write(&vfio, bar, size, bytes, 1), -EINVAL);
		CHECK_EQ(__vfio_read(&vfio, bar, size + 1, bytes, 8), -EINVAL);
		CHECK_EQ(__vfio_read(&vfio, bar, BIT_ULL(40) - 8, bytes, 8), -EINVAL);
		if (!size)
			continue;
		CHECK_EQ(__vfio_read(&vfio, bar, size - 1, bytes, 1), 1);
		CHECK_EQ(__vfio_read(&vfio, bar, size - 4, bytes, 16), 4);
		CHECK_EQ(__vfio_read(&vfio, bar, size - 4, bytes, BIT_ULL(31) - 1), 4);
	}
	CHECK_EQ(__vfio_write(&vfio, VFIO_PCI_ROM_REGION_INDEX, 0, bytes, 4), -EINVAL);
	CHECK_EQ(__vfio_read(&vfio, VFIO_PCI_VGA_REGION_INDEX, 0, bytes, 4), -EINVAL);
	CHECK_EQ(__vfio_read(&vfio, VFIO_PCI_NUM_REGIONS, 0, bytes, 4), -EINVAL);
	CHECK_EQ(__vfio_read(&vfio, 1000, 0, bytes, 4), -EINVAL);
}

static void bad_memory(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(__vfio_read(&vfio, 0, 0, BAD_ADDRESS, 4), -EFAULT);
	CHECK_EQ(__vfio_write(&vfio, 0, 4, BAD_ADDRESS, 4), -EFAULT);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, 0, BAD_ADDRESS, 4), -EFAULT);
	CHECK_EQ(__vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, BAD_ADDRESS, 2), -EFAULT);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

/* What precedes is in memory, what an ioctl says is behind it is not. */
static void memory_that_ends(void)
{
	u8 *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	struct vfio_irq_set *set = (void *)(page + PAGE - HEAD);
	struct vfio_pci_hot_reset *reset = (void *)(page + PAGE - sizeof(*reset));
	struct vfio vfio;

	CHECK(page != MAP_FAILED);
	MUST(munmap(page + PAGE, PAGE));
	vfio_open_dut(&vfio, "edu1");
	*set = (struct vfio_irq_set){ HEAD + 4, EVENTFD | TRIGGER, INTX, 0, 1 };
	CHECK_EQ(__vfio_ioctl(vfio.device, VFIO_DEVICE_SET_IRQS, set), -EFAULT);
	*reset = (struct vfio_pci_hot_reset){ sizeof(*reset) + 4, 0, 1 };
	CHECK_EQ(__vfio_ioctl(vfio.device, VFIO_DEVICE_PCI_HOT_RESET, reset), -EFAULT);
}

static void ioeventfds(void)
{
	const int event = event_new(), no_event = MUST(dup(STDOUT_FILENO));
	struct vfio vfio;
	u64 size;

	vfio_open_dut(&vfio, "edu");
	size = vfio_region_info(&vfio, 0).size;
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 0, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 3, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 16, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, size, 4, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, size - 2, 4, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 5, 0, 4, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, VFIO_CONFIG, 0, 4, 0, event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, -2), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, no_event), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, -1), -ENODEV);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, event), 0);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, event), -EEXIST);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0, 4, 0, -1), 0);
}

/* The kernel's memory for them is not the user's to use up. */
static void too_many_ioeventfds(void)
{
	const int event = event_new();
	struct vfio vfio;
	int i;

	vfio_open_dut(&vfio, "edu");
	for (i = 0; i < 1000; i++)
		CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0x100 + 4 * i, 4, i, event), 0);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0x100 + 4 * i, 4, i, event), -ENOSPC);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0x100, 4, 0, -1), 0);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, 0x100 + 4 * i, 4, i, event), 0);
}

/* The MSI-X table is the kernel's; QEMU's nvme has it at 2000h of BAR 0. */
static void ioeventfd_on_the_msix_table(void)
{
	struct vfio vfio;
	u32 table;
	int cap;

	vfio_open_dut(&vfio, "nvme");
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_MSIX);
	table = vfio_read(&vfio, VFIO_CONFIG, cap + PCI_MSIX_TABLE, 4);
	CHECK_EQ(table & PCI_MSIX_TABLE_BIR, 0);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, table, 4, 0, event_new()), -EINVAL);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, table + 64 * 16 + 12, 4, 0, event_new()), -EINVAL);
}

/* QEMU takes only this errno for "not supported". */
static void features_that_are_not_there(void)
{
	struct vfio vfio;
	u32 feature;

	vfio_open_dut(&vfio, "edu");
	for (feature = VFIO_DEVICE_FEATURE_MIGRATION; feature < 0x10000; feature =
	     feature < 10 ? feature + 1 : feature * 2) {
		if (feature >= VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY &&
		    feature <= VFIO_DEVICE_FEATURE_LOW_POWER_EXIT)
			continue;
		CHECK_EQ(__vfio_feature(&vfio, feature | VFIO_DEVICE_FEATURE_PROBE |
					VFIO_DEVICE_FEATURE_GET, NULL, 0), -ENOTTY);
	}
}

/* Each bit of what a token's owner may ask is looked at. */
static void feature_flags(void)
{
	const u32 token = VFIO_DEVICE_FEATURE_PCI_VF_TOKEN;
	const u32 sleep = VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY;
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__vfio_feature(&vfio, sleep, NULL, 0), -EINVAL);
	CHECK_EQ(__vfio_feature(&vfio, sleep | VFIO_DEVICE_FEATURE_GET, NULL, 0), -EINVAL);
	CHECK_EQ(__vfio_feature(&vfio, sleep | VFIO_DEVICE_FEATURE_GET |
				VFIO_DEVICE_FEATURE_SET, NULL, 0), -EINVAL);
	CHECK_EQ(__vfio_feature(&vfio, sleep | VFIO_DEVICE_FEATURE_SET | BIT(19), NULL, 0),
		 -EINVAL);
	CHECK_EQ(__vfio_feature(&vfio, token | VFIO_DEVICE_FEATURE_SET, "0123456789abcdef", 16),
		 -ENOTTY);
}

static void hot_reset(void)
{
	const int file = MUST(dup(STDOUT_FILENO));
	struct vfio vfio;
	int groups[64];
	size_t i;

	vfio_open_dut(&vfio, "edu1");
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = vfio.group;
	CHECK_EQ(__vfio_hot_reset(&vfio, groups, 64), -EINVAL);
	CHECK_EQ(__vfio_hot_reset(&vfio, NULL, 0), -EINVAL);
	CHECK_EQ(__vfio_hot_reset(&vfio, &file, 1), -EINVAL);
	CHECK_EQ(__vfio_hot_reset(&vfio, &vfio.device, 1), -EINVAL);
	CHECK_EQ(__vfio_hot_reset(&vfio, &(int){ 9999 }, 1), -EBADF);
	CHECK_EQ(__vfio_hot_reset(&vfio, &vfio.group, 1), 0);
}

static const struct ktap_case cases[] = {
	CASES(set_irqs, VFIO_DRIVERS),
	CASES(events, VFIO_DRIVERS),
	CASES(info, VFIO_DRIVERS),
	CASES(indexes, VFIO_DRIVERS),
	CASES(region_bounds, VFIO_DRIVERS),
	CASES(bad_memory, VFIO_DRIVERS),
	CASES(memory_that_ends, VFIO_DRIVERS),
	CASES(ioeventfds, VFIO_DRIVERS),
	CASES(too_many_ioeventfds, VFIO_DRIVERS),
	CASES(ioeventfd_on_the_msix_table, VFIO_DRIVERS),
	CASES(features_that_are_not_there, VFIO_DRIVERS),
	CASES(feature_flags, VFIO_DRIVERS),
	CASES(hot_reset, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

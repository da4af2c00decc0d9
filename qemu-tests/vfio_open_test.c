// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bind, open, close and unbind: who may have a device, in which state it is handed
 * over and comes back, and how an unbind waits for its users.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"
#include "lib/vfio_dut.h"

static void binds_what_it_is_told_to(void)
{
	struct pci_dev dev = vfio_dut("edu"), other = vfio_dut("edu1");

	vfio_load(vfio_driver(), "");
	CHECK(pci_driven_by(&dev, ""));
	pci_bind(&dev, vfio_driver());
	CHECK(pci_driven_by(&other, ""));
	MUST(__pci_new_id(&dev, vfio_driver(), true));
	CHECK(pci_driven_by(&other, vfio_driver()));
	MUST(__pci_new_id(&dev, vfio_driver(), false));
}

static void group_is_complete_before_its_devices(void)
{
	struct pci_dev dev = vfio_dut("edu");
	int group;

	vfio_bind(&dev, vfio_driver());
	group = MUST(__vfio_open_group(&dev));
	CHECK(__vfio_group_device(group, dev.bdf) < 0);
}

/* Group, container and type1, as the kernel's Documentation/driver-api/vfio.rst has it. */
static void set_up_step_by_step(struct vfio *vfio, const struct pci_dev *dev)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };

	*vfio = (struct vfio){ .dev = *dev, .iommufd = -1 };
	vfio->container = MUST(open("/dev/vfio/vfio", O_RDWR));
	CHECK_EQ(__vfio_ioctl(vfio->container, VFIO_GET_API_VERSION, NULL), VFIO_API_VERSION);
	CHECK_EQ(__vfio_ioctl(vfio->container, VFIO_CHECK_EXTENSION,
			      (void *)VFIO_TYPE1_IOMMU), 1);
	vfio->group = MUST(__vfio_open_group(dev));
	MUST(__vfio_ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status));
	CHECK_EQ(status.flags, VFIO_GROUP_FLAGS_VIABLE);
	MUST(__vfio_ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container));
	CHECK(__vfio_ioctl(vfio->container, VFIO_SET_IOMMU, (void *)VFIO_NOIOMMU_IOMMU) < 0);
	MUST(__vfio_ioctl(vfio->container, VFIO_SET_IOMMU, (void *)VFIO_TYPE1_IOMMU));
	MUST(__vfio_ioctl(vfio->container, VFIO_IOMMU_GET_INFO, &info));
	CHECK(info.flags & VFIO_IOMMU_INFO_PGSIZES);
	vfio->device = MUST(__vfio_group_device(vfio->group, dev->bdf));
}

/* Eight bytes at each BAR's register: that, and the one after it. */
static void look_at_bars(const struct vfio *vfio)
{
	u32 at, pair[2];

	for (at = PCI_BASE_ADDRESS_0; at <= PCI_BASE_ADDRESS_5; at += 4) {
		CHECK_EQ(__vfio_read(vfio, VFIO_CONFIG, at, pair, sizeof(pair)), sizeof(pair));
		CHECK_EQ(pair[0], vfio_read(vfio, VFIO_CONFIG, at, 4));
		CHECK_EQ(pair[1], vfio_read(vfio, VFIO_CONFIG, at + 4, 4));
	}
}

static void opens_step_by_step(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;
	u32 i;

	vfio_load(vfio_driver(), "");
	MUST(__pci_new_id(&dev, vfio_driver(), true));
	set_up_step_by_step(&vfio, &dev);
	MUST(__vfio_ioctl(vfio.device, VFIO_DEVICE_GET_INFO, &info));
	CHECK(info.flags & VFIO_DEVICE_FLAGS_PCI);
	CHECK_GE(info.num_regions, VFIO_PCI_NUM_REGIONS);
	CHECK_GE(info.num_irqs, VFIO_PCI_NUM_IRQS);
	for (i = 0; i < VFIO_PCI_VGA_REGION_INDEX; i++)
		CHECK_EQ(vfio_region_info(&vfio, i).index, i);
	look_at_bars(&vfio);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(vfio_map_bar(&vfio, 0));
	vfio_close(&vfio);
	MUST(__pci_new_id(&dev, vfio_driver(), false));
}

static void group_is_opened_once(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__vfio_open_group(&vfio.dev), -EBUSY);
	vfio_close(&vfio);
	vfio_open(&vfio, &vfio.dev);
}

static void device_is_known_by_its_name(void)
{
	struct pci_dev other = vfio_dut("edu1");
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__vfio_group_device(vfio.group, other.bdf), -ENODEV);
	CHECK_EQ(__vfio_group_device(vfio.group, "0000:00:99.0"), -ENODEV);
	CHECK_EQ(__vfio_group_device(vfio.group, ""), -ENODEV);
}

/* The first close of two takes nothing away from the second. */
static void device_may_be_opened_twice(void)
{
	struct vfio vfio, second;
	void *regs = vfio_open_edu(&vfio, "edu");

	vfio_open_also(&second, &vfio.dev, &vfio);
	vfio_command(&second, 0, PCI_COMMAND_MASTER);
	MUST(close(second.device));
	CHECK(pci_bus_master(&vfio.dev));
	edu_check_alive(regs);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 2), EDU_VENDOR);
}

static void no_dma_before_open_and_after_close(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;

	vfio_bind(&dev, vfio_driver());
	pci_config_write(&dev, PCI_COMMAND, 2, PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
	vfio_open(&vfio, &dev);
	CHECK(!pci_bus_master(&dev));
	CHECK(!(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2) & PCI_COMMAND_MASTER));
	vfio_command(&vfio, 0, PCI_COMMAND_MASTER);
	CHECK(pci_bus_master(&dev));
	vfio_close(&vfio);
	CHECK(!pci_bus_master(&dev));
}

/* Whatever its user left behind, the next one finds the device as the first did. */
static void close_restores_config_space(void)
{
	struct vfio vfio;
	u32 bar, command;

	vfio_open_dut(&vfio, "edu");
	bar = vfio_read(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4);
	command = vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2);
	vfio_write(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4, 0);
	vfio_write(&vfio, VFIO_CONFIG, PCI_CACHE_LINE_SIZE, 1, 0x55);
	vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1, 0x55);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, PCI_COMMAND_INTX_DISABLE);
	vfio_irq_on(&vfio, VFIO_PCI_MSI_IRQ_INDEX, 0, event_new());
	CHECK(pci_msi_enabled(&vfio.dev));
	vfio_close(&vfio);
	CHECK(!pci_msi_enabled(&vfio.dev));
	vfio_open(&vfio, &vfio.dev);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4), bar);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2), command);
	CHECK_NE(vfio_read(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1), 0x55);
	CHECK_NE(vfio_read(&vfio, VFIO_CONFIG, PCI_CACHE_LINE_SIZE, 1), 0x55);
}

static void group_must_not_be_shared_with_the_kernel(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct pci_dev other = vfio_dut("pair1"), dev = vfio_dut("pair0");
	struct vfio vfio;
	int group;

	ug_load("none");
	pci_bind(&other, UG);
	vfio_bind(&dev, vfio_driver());
	CHECK_EQ(__vfio_open(&vfio, &dev), -EPERM);
	group = MUST(__vfio_open_group(&dev));
	MUST(__vfio_ioctl(group, VFIO_GROUP_GET_STATUS, &status));
	CHECK(!(status.flags & VFIO_GROUP_FLAGS_VIABLE));
	MUST(close(group));
	pci_unbind(&other);
	vfio_open(&vfio, &dev);
	CHECK(__pci_bind(&other, UG));
	vfio_close(&vfio);
	pci_bind(&other, UG);
}

/* The user is asked to let go, and has all the time in the world. */
static void unbind_waits_for_the_user(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio_unbind unbind;
	int request = event_new();
	struct vfio vfio;

	vfio_unbind_prepare(&unbind, &dev);
	vfio_open_dut(&vfio, "edu");
	vfio_irq_on(&vfio, VFIO_PCI_REQ_IRQ_INDEX, 0, request);
	vfio_unbind_start(&unbind);
	event_wait(request);
	CHECK(!fd_ready(unbind.done, QUIET_MS));
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);
}

/* A mapping holds the device as well as a descriptor does. */
static void unbind_waits_for_mappings(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio_unbind unbind;
	int request = event_new();
	struct vfio vfio;
	void *regs;

	vfio_unbind_prepare(&unbind, &dev);
	regs = vfio_open_edu(&vfio, "edu");
	vfio_irq_on(&vfio, VFIO_PCI_REQ_IRQ_INDEX, 0, request);
	vfio_close(&vfio);
	vfio_unbind_start(&unbind);
	event_wait(request);
	CHECK(!fd_ready(unbind.done, QUIET_MS));
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_unbind_finish(&unbind);
}

static void unbind_without_user_is_prompt(void)
{
	struct vfio vfio;
	u64 start;
	int i;

	for (i = 0; i < 3; i++) {
		vfio_open_dut(&vfio, "edu1");
		vfio_close(&vfio);
		start = now_ms();
		pci_unbind(&vfio.dev);
		/* Of the ten seconds that the core waits for a user. */
		CHECK_GE(5000, now_ms() - start);
	}
}

static void module_stays_while_in_use(void)
{
	const char *module = strcmp(vfio_driver(), "vfio-pci") ? "vfio_lite" : "vfio_pci";
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__module_unload(module), -EWOULDBLOCK);
	vfio_close(&vfio);
	module_unload(module);
	CHECK(pci_driven_by(&vfio.dev, ""));
}

static void opens_by_its_node(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio, group;
	void *regs;

	vfio_bind(&dev, vfio_driver());
	vfio_open_cdev(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 2), EDU_VENDOR);
	regs = vfio_map_bar(&vfio, 0);
	edu_check_alive(regs);
	CHECK_EQ(__vfio_open_group(&dev), -EBUSY);
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
	vfio_open(&group, &dev);
	CHECK_EQ(__vfio_open_cdev(&vfio, &dev), -EBUSY);
}

/* Until it is bound to an iommufd, the node is good for nothing else. */
static void node_needs_an_iommufd(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;
	u32 value;
	int fd;

	vfio_bind(&dev, vfio_driver());
	vfio_open_cdev(&vfio, &dev);
	fd = MUST(open("/dev/vfio/devices/vfio0", O_RDWR));
	CHECK_EQ(__vfio_ioctl(fd, VFIO_DEVICE_GET_INFO, &info), -EINVAL);
	CHECK_EQ(pread(fd, &value, 4, 0), -1);
	CHECK_EQ(errno, EINVAL);
}

static void cleanup(void)
{
	vfio_cleanup();
	if (module_loaded(UG))
		module_unload(UG);
}

static const struct ktap_case cases[] = {
	CASES(binds_what_it_is_told_to, VFIO_DRIVERS),
	CASES(group_is_complete_before_its_devices, VFIO_DRIVERS),
	CASES(opens_step_by_step, VFIO_DRIVERS),
	CASES(group_is_opened_once, VFIO_DRIVERS),
	CASES(device_is_known_by_its_name, VFIO_DRIVERS),
	CASES(device_may_be_opened_twice, VFIO_DRIVERS),
	CASES(no_dma_before_open_and_after_close, VFIO_DRIVERS),
	CASES(close_restores_config_space, VFIO_DRIVERS),
	CASES(group_must_not_be_shared_with_the_kernel, VFIO_DRIVERS),
	CASES(unbind_waits_for_the_user, VFIO_DRIVERS),
	CASES(unbind_waits_for_mappings, VFIO_DRIVERS),
	CASES(unbind_without_user_is_prompt, VFIO_DRIVERS),
	CASES(module_stays_while_in_use, VFIO_DRIVERS),
	CASES(opens_by_its_node, VFIO_DRIVERS),
	CASES(node_needs_an_iommufd, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

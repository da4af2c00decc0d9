// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VFIO core's mode for machines without an IOMMU: nothing confines the device, the
 * user must be root for that, and all else is as it is behind one.
 *
 * Debian's kernels have no such mode.
 *
 * Machine: nvme
 * Kernel: debug arm64
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/iommufd.h"
#include "lib/ktap.h"
#include "lib/nvme.h"
#include "lib/vfio.h"

#define NVME_CSTS	0x1c	/* controller status */
#define   NVME_CSTS_RDY	BIT(0)

static void allow(void)
{
	if (!vfio_allow_noiommu(true))
		skip("this kernel has no mode without an IOMMU");
}

static struct pci_dev bind_dut(void)
{
	struct pci_dev dev = pci_dut();

	allow();
	vfio_bind(&dev, vfio_driver());
	return dev;
}

static void open_dut(struct vfio *vfio)
{
	struct pci_dev dev = bind_dut();

	vfio_open(vfio, &dev);
}

/* Also after it was allowed: what counts is the moment of the bind. */
static void nothing_is_bound_unless_it_is_allowed(void)
{
	struct pci_dev dev = pci_dut();

	allow();
	vfio_allow_noiommu(false);
	vfio_load(vfio_driver(), "");
	CHECK(__pci_bind(&dev, vfio_driver()));
	CHECK(pci_driven_by(&dev, ""));
	vfio_allow_noiommu(true);
	pci_bind(&dev, vfio_driver());
}

static void group_goes_with_its_own_container_only(void)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct pci_dev dev = bind_dut();
	int container, group, device;

	container = MUST(open("/dev/vfio/vfio", O_RDWR));
	CHECK_EQ(__vfio_ioctl(container, VFIO_CHECK_EXTENSION,
			      (void *)VFIO_NOIOMMU_IOMMU), 1);
	group = MUST(__vfio_open_group(&dev));
	MUST(__vfio_ioctl(group, VFIO_GROUP_GET_STATUS, &status));
	CHECK_EQ(status.flags, VFIO_GROUP_FLAGS_VIABLE);
	MUST(__vfio_ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	CHECK(__vfio_ioctl(container, VFIO_SET_IOMMU, (void *)VFIO_TYPE1v2_IOMMU) < 0);
	CHECK(__vfio_group_device(group, dev.bdf) < 0);
	MUST(__vfio_ioctl(container, VFIO_SET_IOMMU, (void *)VFIO_NOIOMMU_IOMMU));
	device = MUST(__vfio_group_device(group, dev.bdf));
	close(device);
}

static void drop_capability(int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	MUST(syscall(SYS_capget, &head, data));
	data[CAP_TO_INDEX(cap)].effective &= ~CAP_TO_MASK(cap);
	MUST(syscall(SYS_capset, &head, data));
}

static void user_needs_a_capability(void)
{
	struct vfio vfio;

	open_dut(&vfio);
	close(vfio.device);
	drop_capability(CAP_SYS_RAWIO);
	CHECK_EQ(__vfio_group_device(vfio.group, vfio.dev.bdf), -EPERM);
	vfio.device = -1;
	vfio_close(&vfio);
	CHECK_EQ(__vfio_open(&vfio, &vfio.dev), -EPERM);
}

/* Physical addresses are the only ones that there are: nothing is mapped. */
static void start_nvme(struct vfio *vfio, struct nvme *nvme)
{
	open_dut(vfio);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	nvme_start(nvme, vfio_map_bar(vfio, 0));
	CHECK(__vfio_dma_map(vfio, nvme->data.mem, 4096, nvme->data.phys) < 0);
}

static void commands_complete(void)
{
	static const int indices[] = { VFIO_PCI_INTX_IRQ_INDEX, VFIO_PCI_MSIX_IRQ_INDEX };
	int event = event_new();
	struct nvme nvme;
	struct vfio vfio;
	size_t i;

	start_nvme(&vfio, &nvme);
	for (i = 0; i < ARRAY_SIZE(indices); i++) {
		vfio_irq_on(&vfio, indices[i], 0, event);
		nvme_submit_identify(&nvme);
		event_wait(event);
		nvme_complete(&nvme);
		nvme_check_identity(&nvme);
		vfio_irq_off(&vfio, indices[i]);
	}
	nvme_stop(&nvme);
}

/* The last user's device is not left to reach memory: nothing else would keep it off. */
static void close_stops_the_device(void)
{
	struct vfio vfio;

	open_dut(&vfio);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	CHECK(pci_bus_master(&vfio.dev));
	vfio_close(&vfio);
	CHECK(!pci_bus_master(&vfio.dev));
	vfio_open(&vfio, &vfio.dev);
	CHECK(!pci_bus_master(&vfio.dev));
}

static bool is_ready(const struct nvme *nvme)
{
	return mmio_read32(nvme->regs, NVME_CSTS) & NVME_CSTS_RDY;
}

static void device_and_bus_are_reset(void)
{
	struct vfio vfio;
	struct nvme nvme;

	start_nvme(&vfio, &nvme);
	CHECK(is_ready(&nvme));
	MUST(__vfio_reset(&vfio));
	CHECK(!is_ready(&nvme));
	nvme_start(&nvme, nvme.regs);
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	CHECK(!is_ready(&nvme));
	CHECK_EQ(__vfio_hot_reset(&vfio, NULL, 0), -EINVAL);
}

/* Each bind makes a group, and each unbind removes it. */
static void group_goes_with_the_driver(void)
{
	struct pci_dev dev = bind_dut();
	char group[PATH_LEN];
	struct vfio vfio;
	int i;

	pci_path(&dev, "iommu_group", group, sizeof(group));
	for (i = 0; i < 3; i++) {
		vfio_open(&vfio, &dev);
		vfio_close(&vfio);
		pci_unbind(&dev);
		CHECK(!file_exists(group));
		pci_bind(&dev, vfio_driver());
	}
}

static void iommufd_may_be_the_container(void)
{
	struct pci_dev dev;
	int iommufd, group;

	if (!module_available("iommufd"))
		skip("this kernel has no iommufd");
	if (!module_loaded("iommufd"))
		module_load("iommufd", "");
	dev = bind_dut();
	CHECK(!vfio_has_cdev(&dev));
	iommufd = MUST(open("/dev/iommu", O_RDWR));
	group = MUST(__vfio_open_group(&dev));
	MUST(__vfio_ioctl(group, VFIO_GROUP_SET_CONTAINER, &iommufd));
	CHECK(__vfio_ioctl(iommufd, VFIO_SET_IOMMU, (void *)VFIO_TYPE1v2_IOMMU) < 0);
	MUST(__vfio_ioctl(iommufd, VFIO_SET_IOMMU, (void *)VFIO_NOIOMMU_IOMMU));
	close(MUST(__vfio_group_device(group, dev.bdf)));
}

static const struct ktap_case cases[] = {
	CASES(nothing_is_bound_unless_it_is_allowed, VFIO_DRIVERS),
	CASES(group_goes_with_its_own_container_only, VFIO_DRIVERS),
	CASES(user_needs_a_capability, VFIO_DRIVERS),
	CASES(commands_complete, VFIO_DRIVERS),
	CASES(close_stops_the_device, VFIO_DRIVERS),
	CASES(device_and_bus_are_reset, VFIO_DRIVERS),
	CASES(group_goes_with_the_driver, VFIO_DRIVERS),
	CASES(iommufd_may_be_the_container, VFIO_DRIVERS),
};

static void clean_up(void)
{
	vfio_cleanup();
	vfio_allow_noiommu(false);
}

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), clean_up);
}

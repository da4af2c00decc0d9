// SPDX-License-Identifier: GPL-2.0-only
/*
 * One MSI by way of VFIO. See vfio_msi.h.
 */
#include <fcntl.h>
#include <libgen.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "vfio_msi.h"

static int open_group(const struct pci_dev *dev)
{
	char path[PATH_LEN], target[PATH_LEN] = "";

	pci_path(dev, "iommu_group", path, sizeof(path));
	MUST(readlink(path, target, sizeof(target) - 1));
	snprintf(path, sizeof(path), "/dev/vfio/%.32s", basename(target));
	return MUST(open(path, O_RDWR | O_CLOEXEC));
}

int vfio_open(const struct pci_dev *dev)
{
	int container = MUST(open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC));
	int group = open_group(dev);

	MUST(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	MUST(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	return MUST(ioctl(group, VFIO_GROUP_GET_DEVICE_FD, dev->bdf));
}

static struct vfio_region_info region(int device, int index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	MUST(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info));
	return info;
}

void *vfio_map_bar(int device, int bar)
{
	struct vfio_region_info info = region(device, VFIO_PCI_BAR0_REGION_INDEX + bar);
	void *map = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
			 info.offset);

	CHECK(map != MAP_FAILED);
	return map;
}

static void enable_bus_master(int device)
{
	struct vfio_region_info info = region(device, VFIO_PCI_CONFIG_REGION_INDEX);
	u16 command;

	CHECK_EQ(pread(device, &command, 2, info.offset + PCI_COMMAND), 2);
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	CHECK_EQ(pwrite(device, &command, 2, info.offset + PCI_COMMAND), 2);
}

int vfio_enable_msi(int device)
{
	int event = MUST(eventfd(0, EFD_CLOEXEC));
	struct {
		struct vfio_irq_set set;
		int fd;
	} irqs = {
		.set.argsz = sizeof(irqs),
		.set.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.set.index = VFIO_PCI_MSI_IRQ_INDEX,
		.set.count = 1,
		.fd = event,
	};

	enable_bus_master(device);
	MUST(ioctl(device, VFIO_DEVICE_SET_IRQS, &irqs));
	return event;
}

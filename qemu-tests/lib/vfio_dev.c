// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be asked of a device that VFIO has opened. See vfio.h.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iommufd.h"
#include "ktap.h"
#include "vfio.h"

#define REGION_SHIFT	40	/* of a region's offset in the file, since ever */
#define INFO_LEN	4096

/* --- memory --- */

int __vfio_dma_map(const struct vfio *vfio, void *mem, u64 len, u64 iova)
{
	struct vfio_iommu_type1_dma_map type1 = {
		.argsz = sizeof(type1),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)mem, .iova = iova, .size = len,
	};
	struct iommu_map map = {
		.size = sizeof(map), .ioas_id = vfio->ioas,
		.flags = IOMMU_MAP_FIXED | IOMMU_MAP_READ | IOMMU_MAP_WRITE,
		.user_va = (uintptr_t)mem, .iova = iova, .length = len,
	};

	if (vfio->iommufd >= 0)
		return __vfio_ioctl(vfio->iommufd, IOMMU_MAP, &map);
	return __vfio_ioctl(vfio->container, VFIO_IOMMU_MAP_DMA, &type1);
}

void vfio_dma_map(const struct vfio *vfio, void *mem, u64 len, u64 iova)
{
	MUST(__vfio_dma_map(vfio, mem, len, iova));
}

int __vfio_dma_unmap(const struct vfio *vfio, u64 len, u64 iova)
{
	struct vfio_iommu_type1_dma_unmap type1 = {
		.argsz = sizeof(type1), .iova = iova, .size = len,
	};
	struct iommu_unmap unmap = {
		.size = sizeof(unmap), .ioas_id = vfio->ioas, .iova = iova, .length = len,
	};

	if (vfio->iommufd >= 0)
		return __vfio_ioctl(vfio->iommufd, IOMMU_UNMAP, &unmap);
	return __vfio_ioctl(vfio->container, VFIO_IOMMU_UNMAP_DMA, &type1);
}

void vfio_dma_unmap(const struct vfio *vfio, u64 len, u64 iova)
{
	MUST(__vfio_dma_unmap(vfio, len, iova));
}

/* --- regions --- */

int __vfio_region_info(const struct vfio *vfio, int index, struct vfio_region_info **info)
{
	static u64 buf[INFO_LEN / sizeof(u64)];

	memset(buf, 0, sizeof(buf));
	*info = (struct vfio_region_info *)buf;
	(*info)->argsz = sizeof(buf);
	(*info)->index = index;
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, *info);
}

struct vfio_region_info vfio_region_info(const struct vfio *vfio, int index)
{
	struct vfio_region_info *info;

	MUST(__vfio_region_info(vfio, index, &info));
	return *info;
}

/* The capability @id of an answer whose chain starts @first bytes into it. */
const struct vfio_info_cap_header *vfio_cap(const void *info, u32 first, u16 id)
{
	const struct vfio_info_cap_header *header;
	u32 at;

	for (at = first; at && at < INFO_LEN; at = header->next) {
		header = info + at;
		if (header->id == id)
			return header;
	}
	return NULL;
}

u64 vfio_file_offset(int index, u64 offset)
{
	return ((u64)index << REGION_SHIFT) + offset;
}

ssize_t __vfio_read(const struct vfio *vfio, int index, u64 offset, void *buf, size_t len)
{
	ssize_t done = pread(vfio->device, buf, len, vfio_file_offset(index, offset));

	return done < 0 ? -errno : done;
}

ssize_t __vfio_write(const struct vfio *vfio, int index, u64 offset, const void *buf,
		     size_t len)
{
	ssize_t done = pwrite(vfio->device, buf, len, vfio_file_offset(index, offset));

	return done < 0 ? -errno : done;
}

u64 vfio_read(const struct vfio *vfio, int index, u64 offset, int size)
{
	u64 value = 0;

	CHECK_EQ(__vfio_read(vfio, index, offset, &value, size), size);
	return value;
}

void vfio_write(const struct vfio *vfio, int index, u64 offset, int size, u64 value)
{
	CHECK_EQ(__vfio_write(vfio, index, offset, &value, size), size);
}

/* Change bits of the command register, as the driver shows it. */
void vfio_command(const struct vfio *vfio, u16 clear, u16 set)
{
	u16 command = vfio_read(vfio, VFIO_CONFIG, PCI_COMMAND, 2);

	vfio_write(vfio, VFIO_CONFIG, PCI_COMMAND, 2, (command & ~clear) | set);
}

/* The offset of a capability in what the driver shows, 0 if it is not there. */
int vfio_find_cap(const struct vfio *vfio, u8 id)
{
	int hops, at = vfio_read(vfio, VFIO_CONFIG, PCI_CAPABILITY_LIST, 1);

	for (hops = 0; at && hops < 48; hops++) {
		if (vfio_read(vfio, VFIO_CONFIG, at + PCI_CAP_LIST_ID, 1) == id)
			return at;
		at = vfio_read(vfio, VFIO_CONFIG, at + PCI_CAP_LIST_NEXT, 1);
	}
	return 0;
}

void *__vfio_mmap(const struct vfio *vfio, int index, u64 offset, size_t len, int prot)
{
	void *map = mmap(NULL, len, prot, MAP_SHARED, vfio->device,
			 vfio_file_offset(index, offset));

	return map == MAP_FAILED ? NULL : map;
}

void *vfio_map_bar(const struct vfio *vfio, int bar)
{
	struct vfio_region_info info = vfio_region_info(vfio, bar);
	void *map = __vfio_mmap(vfio, bar, 0, info.size, PROT_READ | PROT_WRITE);

	if (!map)
		FAIL("mmap of BAR %d of %s: %s", bar, vfio->dev.bdf, strerror(errno));
	return map;
}

/* --- interrupts --- */

int __vfio_irq_info(const struct vfio *vfio, int index, struct vfio_irq_info *info)
{
	*info = (struct vfio_irq_info){ .argsz = sizeof(*info), .index = index };
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_GET_IRQ_INFO, info);
}

struct vfio_irq_info vfio_irq_info(const struct vfio *vfio, int index)
{
	struct vfio_irq_info info;

	MUST(__vfio_irq_info(vfio, index, &info));
	return info;
}

int __vfio_set_irqs(const struct vfio *vfio, u32 index, u32 flags, u32 start, u32 count,
		    const void *data, size_t len)
{
	struct {
		struct vfio_irq_set set;
		u8 data[16384];
	} arg = {
		.set = {
			.argsz = sizeof(arg.set) + len, .flags = flags, .index = index,
			.start = start, .count = count,
		},
	};

	CHECK(len <= sizeof(arg.data));
	if (len)
		memcpy(&arg.set.data, data, len);
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, &arg);
}

void vfio_set_irqs(const struct vfio *vfio, u32 index, u32 flags, u32 start, u32 count,
		   const void *data, size_t len)
{
	MUST(__vfio_set_irqs(vfio, index, flags, start, count, data, len));
}

int __vfio_irq_on(const struct vfio *vfio, int index, u32 vector, int event)
{
	const s32 fd = event;

	return __vfio_set_irqs(vfio, index,
			       VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			       vector, 1, &fd, sizeof(fd));
}

void vfio_irq_on(const struct vfio *vfio, int index, u32 vector, int event)
{
	MUST(__vfio_irq_on(vfio, index, vector, event));
}

int __vfio_irq_off(const struct vfio *vfio, int index)
{
	return __vfio_set_irqs(vfio, index,
			       VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
			       0, 0, NULL, 0);
}

void vfio_irq_off(const struct vfio *vfio, int index)
{
	MUST(__vfio_irq_off(vfio, index));
}

int __vfio_irq_action(const struct vfio *vfio, int index, u32 action, u32 vector)
{
	return __vfio_set_irqs(vfio, index, VFIO_IRQ_SET_DATA_NONE | action, vector, 1,
			       NULL, 0);
}

void vfio_irq_action(const struct vfio *vfio, int index, u32 action, u32 vector)
{
	MUST(__vfio_irq_action(vfio, index, action, vector));
}

int vfio_enable_msi(const struct vfio *vfio)
{
	int event = MUST(eventfd(0, EFD_CLOEXEC));

	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	vfio_irq_on(vfio, VFIO_PCI_MSI_IRQ_INDEX, 0, event);
	return event;
}

/* --- the rest --- */

bool vfio_has_reset(const struct vfio *vfio)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	MUST(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_INFO, &info));
	return info.flags & VFIO_DEVICE_FLAGS_RESET;
}

int __vfio_reset(const struct vfio *vfio)
{
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_RESET, NULL);
}

int __vfio_hot_reset(const struct vfio *vfio, const int *groups, u32 count)
{
	struct {
		struct vfio_pci_hot_reset reset;
		s32 groups[64];
	} arg = {
		.reset = { .argsz = sizeof(arg), .count = count },
	};

	CHECK(count <= ARRAY_SIZE(arg.groups));
	if (count)
		memcpy(arg.reset.group_fds, groups, count * sizeof(s32));
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_PCI_HOT_RESET, &arg);
}

int __vfio_ioeventfd(const struct vfio *vfio, int index, u64 offset, u32 size, u64 data,
		     int event)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = size, .data = data,
		.offset = vfio_file_offset(index, offset), .fd = event,
	};

	return __vfio_ioctl(vfio->device, VFIO_DEVICE_IOEVENTFD, &arg);
}

int __vfio_feature(const struct vfio *vfio, u32 flags, const void *data, size_t len)
{
	struct {
		struct vfio_device_feature feature;
		u8 data[256];
	} arg = {
		.feature = { .argsz = sizeof(arg.feature) + len, .flags = flags },
	};

	CHECK(len <= sizeof(arg.data));
	if (len)
		memcpy(arg.feature.data, data, len);
	return __vfio_ioctl(vfio->device, VFIO_DEVICE_FEATURE, &arg);
}

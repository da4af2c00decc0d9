/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFIO as a user-space driver meets it (linux/vfio.h): a device opened by way of
 * its group and a type1 container, or of its own node and iommufd; and all that
 * can be asked of it.
 */
#ifndef LIB_VFIO_H
#define LIB_VFIO_H

#include <linux/vfio.h>

#include "pci.h"

/* The variants of a case that is to hold for the in-tree driver and for ours. */
#define VFIO_DRIVERS	"vfio-pci vfio-lite"

#define VFIO_BARS	(VFIO_PCI_BAR5_REGION_INDEX + 1)
#define VFIO_CONFIG	VFIO_PCI_CONFIG_REGION_INDEX

struct vfio {
	struct pci_dev dev;
	int container;		/* -1: opened by its node */
	int group;
	int iommufd;		/* -1: opened by way of a group */
	u32 ioas;		/* of @iommufd */
	int device;
};

/* Drivers. vfio_driver() is the one that ktap_variant() names, or ends with. */
const char *vfio_driver(void);
void vfio_load(const char *driver, const char *params);
void vfio_bind(const struct pci_dev *dev, const char *driver);

/* Before vfio_load() or vfio_bind(), on machines whose IOMMU does not remap interrupts. */
void vfio_allow_unsafe(void);

/*
 * Whether drivers take devices that no IOMMU confines, which vfio_open() then opens as
 * well; false: this kernel has no such mode.
 */
bool vfio_allow_noiommu(bool allow);

/* What the in-tree driver of 6.1 gets wrong is skipped; @what says how. */
bool vfio_is_in_tree_6_1(void);
void vfio_skip_in_tree_6_1(const char *what);

/* Take every device from VFIO drivers, and unload these. */
void vfio_cleanup(void);

/*
 * Opening. __vfio_open() leaves @vfio closed if it fails; __vfio_open_as()
 * asks the group for something else than the device's address; vfio_open_also() is for
 * a further device of @other's group; vfio_open_all() is for many, whatever groups
 * they are in. __vfio_open_cdev() is __vfio_open_node(), which opens files only,
 * __vfio_bind_iommufd(), which opens the device, and an address space;
 * __vfio_bind_iommufd_as() has a token for it, 16 bytes of a UUID.
 */
int __vfio_open(struct vfio *vfio, const struct pci_dev *dev);
int __vfio_open_as(struct vfio *vfio, const struct pci_dev *dev, const char *name);
void vfio_open(struct vfio *vfio, const struct pci_dev *dev);
void vfio_open_also(struct vfio *vfio, const struct pci_dev *dev,
		    const struct vfio *other);
void vfio_open_all(struct vfio *vfios, const struct pci_dev *devs, int count);
bool vfio_has_cdev(const struct pci_dev *dev);
void vfio_need_cdev(const struct pci_dev *dev);		/* or skip the case */
int __vfio_open_node(struct vfio *vfio, const struct pci_dev *dev);
int __vfio_bind_iommufd(const struct vfio *vfio);
int __vfio_bind_iommufd_as(const struct vfio *vfio, const u8 *token);
int __vfio_open_cdev(struct vfio *vfio, const struct pci_dev *dev);
void vfio_open_cdev(struct vfio *vfio, const struct pci_dev *dev);
void vfio_close(struct vfio *vfio);
int __vfio_open_group(const struct pci_dev *dev);
int __vfio_group_device(int group, const char *name);

/* Memory that the device may reach, in either way of opening. */
int __vfio_dma_map(const struct vfio *vfio, void *mem, u64 len, u64 iova);
void vfio_dma_map(const struct vfio *vfio, void *mem, u64 len, u64 iova);
int __vfio_dma_unmap(const struct vfio *vfio, u64 len, u64 iova);
void vfio_dma_unmap(const struct vfio *vfio, u64 len, u64 iova);

/* Any ioctl: its value, or -errno. */
int __vfio_ioctl(int fd, unsigned long request, void *arg);

/* Regions. The whole answer, with capabilities, is in static memory. */
int __vfio_region_info(const struct vfio *vfio, int index, struct vfio_region_info **info);
struct vfio_region_info vfio_region_info(const struct vfio *vfio, int index);
const struct vfio_info_cap_header *vfio_cap(const void *info, u32 first, u16 id);

/* Where in the device's file a region's byte is. */
u64 vfio_file_offset(int index, u64 offset);

/* Bytes that were moved, or -errno. */
ssize_t __vfio_read(const struct vfio *vfio, int index, u64 offset, void *buf, size_t len);
ssize_t __vfio_write(const struct vfio *vfio, int index, u64 offset, const void *buf,
		     size_t len);

/* One access of 1 to 8 bytes. */
u64 vfio_read(const struct vfio *vfio, int index, u64 offset, int size);
void vfio_write(const struct vfio *vfio, int index, u64 offset, int size, u64 value);
void vfio_command(const struct vfio *vfio, u16 clear, u16 set);
int vfio_find_cap(const struct vfio *vfio, u8 id);

/* Mappings; @offset counts from the region's start. NULL with errno if it fails. */
void *__vfio_mmap(const struct vfio *vfio, int index, u64 offset, size_t len, int prot);
void *vfio_map_bar(const struct vfio *vfio, int bar);

/* Interrupts. @flags is VFIO_IRQ_SET_DATA_* and _ACTION_*, @data of @len bytes. */
int __vfio_irq_info(const struct vfio *vfio, int index, struct vfio_irq_info *info);
struct vfio_irq_info vfio_irq_info(const struct vfio *vfio, int index);
int __vfio_set_irqs(const struct vfio *vfio, u32 index, u32 flags, u32 start, u32 count,
		    const void *data, size_t len);
void vfio_set_irqs(const struct vfio *vfio, u32 index, u32 flags, u32 start, u32 count,
		   const void *data, size_t len);

/* What a driver does with them: @event may be -1. Off goes with all vectors. */
int __vfio_irq_on(const struct vfio *vfio, int index, u32 vector, int event);
void vfio_irq_on(const struct vfio *vfio, int index, u32 vector, int event);
int __vfio_irq_off(const struct vfio *vfio, int index);
void vfio_irq_off(const struct vfio *vfio, int index);
int __vfio_irq_action(const struct vfio *vfio, int index, u32 action, u32 vector);
void vfio_irq_action(const struct vfio *vfio, int index, u32 action, u32 vector);

/* Bus mastering and one MSI; the eventfd that it counts up. */
int vfio_enable_msi(const struct vfio *vfio);

/* The rest */
bool vfio_has_reset(const struct vfio *vfio);
int __vfio_reset(const struct vfio *vfio);
int __vfio_hot_reset(const struct vfio *vfio, const int *groups, u32 count);
int __vfio_ioeventfd(const struct vfio *vfio, int index, u64 offset, u32 size, u64 data,
		     int event);
int __vfio_feature(const struct vfio *vfio, u32 flags, const void *data, size_t len);

#endif /* LIB_VFIO_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU groups: a user can have one only while the kernel uses none of its
 * devices.  Otherwise the VFIO core refuses the open, before we are asked, and does
 * not say why.  So who is in the way is named at bind, and when a driver comes.
 */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "vfl.h"

/* All that are bound, linked by devices_item. */
static LIST_HEAD(vfl_devices);
static DEFINE_MUTEX(vfl_devices_lock);

struct vfl_device *vfl_find(struct pci_dev *pdev)
{
	struct vfl_device *vfl;

	guard(mutex)(&vfl_devices_lock);
	list_for_each_entry(vfl, &vfl_devices, devices_item)
		if (vfl->pdev == pdev)
			return vfl;
	return NULL;
}

/* The IOMMU core's own rule; no other bus has such drivers in a group of PCI's. */
static bool vfl_is_blocking(struct device *dev, struct device_driver *drv)
{
	return !dev_is_pci(dev) || !to_pci_driver(drv)->driver_managed_dma;
}

static void vfl_name_blocker(struct vfl_device *vfl, struct device *dev,
			     struct device_driver *drv)
{
	pci_warn(vfl->pdev, "cannot be opened while %s, of the same IOMMU group, is bound to %s: unbind that, or bind it to %s, too\n",
		 dev_name(dev), drv->name, pci_dev_driver(vfl->pdev)->name);
}

/*
 * struct vfl_member - of a group, while its driver is looked for
 * @vfl: who asks
 * @dev: the member
 */
struct vfl_member {
	struct vfl_device *vfl;
	struct device *dev;
};

static int vfl_look_at_driver(struct device_driver *drv, void *data)
{
	struct vfl_member *member = data;

	if (READ_ONCE(member->dev->driver) == drv && vfl_is_blocking(member->dev, drv))
		vfl_name_blocker(member->vfl, member->dev, drv);
	return 0;
}

/*
 * The member is not locked, which may be unbound meanwhile, but a driver that is
 * come to by its bus does not go away.
 */
static int vfl_look_at_member(struct device *dev, void *data)
{
	struct vfl_device *vfl = data;
	struct vfl_member member = { .vfl = vfl, .dev = dev };
	const struct device_driver *drv = READ_ONCE(dev->driver);

	if (!drv || drv == vfl->pdev->dev.driver)
		return 0;
	return bus_for_each_drv(dev->bus, NULL, &member, vfl_look_at_driver);
}

/* On the list first: whose driver comes meanwhile is named twice, but not missed. */
void vfl_group_join(struct vfl_device *vfl)
{
	struct iommu_group *group = iommu_group_get(&vfl->pdev->dev);

	scoped_guard(mutex, &vfl_devices_lock)
		list_add(&vfl->devices_item, &vfl_devices);

	if (!group)
		return;
	iommu_group_for_each_dev(group, vfl, vfl_look_at_member);
	iommu_group_put(group);
}

void vfl_group_leave(struct vfl_device *vfl)
{
	guard(mutex)(&vfl_devices_lock);
	list_del(&vfl->devices_item);
}

static bool vfl_share_group(struct pci_dev *a, struct pci_dev *b)
{
	struct iommu_group *group_a = iommu_group_get(&a->dev);
	struct iommu_group *group_b = iommu_group_get(&b->dev);

	iommu_group_put(group_a);
	iommu_group_put(group_b);
	return group_a && group_a == group_b;
}

/* Called with the other device locked, so that it keeps its driver. */
void vfl_group_event(unsigned long action, struct pci_dev *other)
{
	struct vfl_device *vfl;

	if (action != BUS_NOTIFY_BOUND_DRIVER ||
	    !vfl_is_blocking(&other->dev, other->dev.driver))
		return;

	guard(mutex)(&vfl_devices_lock);
	list_for_each_entry(vfl, &vfl_devices, devices_item)
		if (vfl_share_group(vfl->pdev, other))
			vfl_name_blocker(vfl, &other->dev, other->dev.driver);
}

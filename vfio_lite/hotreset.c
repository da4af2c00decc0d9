// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot reset: of a slot or a bus, that is of all devices there at once.
 *
 * All of them must be ours, and the user's: each is in the same set of the VFIO
 * core, whose lock keeps them from being opened, closed or unbound meanwhile.
 *
 * The set's key is an address inside the slot or bus, and not the object itself,
 * which is vfio-pci's key: that driver takes each member of a set with its key
 * for one of its own kind.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "trace.h"
#include "vfl.h"

/* Whether it is the slot, rather than the bus, that can be reset. */
static bool vfl_by_slot(struct pci_dev *pdev)
{
	return !pci_probe_reset_slot(pdev->slot);
}

int vfl_assign_set(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	void *key = &pdev->bus->dev;

	if (pci_is_root_bus(pdev->bus) || pdev->is_virtfn)
		key = vfl;
	else if (vfl_by_slot(pdev))
		key = &pdev->slot->kobj;
	return vfio_assign_device_set(&vfl->vdev, key);
}

typedef int (*vfl_walk_fn)(struct pci_dev *pdev, void *data);

/*
 * struct vfl_walk - over the devices that are reset together
 * @slot: only those in or below this slot; NULL: all of the bus
 * @fn: called for each; not 0 ends the walk
 * @data: for @fn
 * @ret: what @fn returned last
 */
struct vfl_walk {
	struct pci_slot *slot;
	vfl_walk_fn fn;
	void *data;
	int ret;
};

static bool vfl_below_slot(struct pci_dev *pdev, struct pci_slot *slot)
{
	for (; pdev; pdev = pdev->bus->self)
		if (pdev->bus == slot->bus)
			return pdev->slot == slot;
	return false;
}

static int vfl_walk_one(struct pci_dev *pdev, void *data)
{
	struct vfl_walk *walk = data;

	if (!walk->slot || vfl_below_slot(pdev, walk->slot))
		walk->ret = walk->fn(pdev, walk->data);
	return walk->ret;
}

static int vfl_walk_reset(struct pci_dev *pdev, vfl_walk_fn fn, void *data)
{
	struct vfl_walk walk = {
		.slot = vfl_by_slot(pdev) ? pdev->slot : NULL,
		.fn = fn,
		.data = data,
	};

	pci_walk_bus(pdev->bus, vfl_walk_one, &walk);
	return walk.ret;
}

static int vfl_count_one(struct pci_dev *pdev, void *data)
{
	++*(unsigned int *)data;
	return 0;
}

static unsigned int vfl_count_reset(struct pci_dev *pdev)
{
	unsigned int count = 0;

	vfl_walk_reset(pdev, vfl_count_one, &count);
	return count;
}

static bool vfl_can_hot_reset(struct pci_dev *pdev)
{
	return vfl_by_slot(pdev) || !pci_probe_reset_bus(pdev->bus);
}

static struct vfio_device *vfl_find_in_set(struct vfio_device_set *dev_set,
					   struct pci_dev *pdev)
{
	struct vfio_device *vdev;

	lockdep_assert_held(&dev_set->lock);

	list_for_each_entry(vdev, &dev_set->device_list, dev_set_list)
		if (vdev->dev == &pdev->dev)
			return vdev;
	return NULL;
}

/* What VFIO_DEVICE_GET_PCI_HOT_RESET_INFO tells. */

struct vfl_fill {
	struct vfl_device *vfl;
	struct vfio_pci_dependent_device *devices;
	unsigned int room;
	unsigned int count;
	u32 flags;
};

/* For a user of the device's own file: its number in the user's iommufd. */
static u32 vfl_dev_id(struct vfl_fill *fill, struct pci_dev *pdev)
{
	struct vfio_device *user = &fill->vfl->vdev, *vdev;
	int id = VFIO_PCI_DEVID_NOT_OWNED;

	vdev = vfl_find_in_set(user->dev_set, pdev);
	if (vdev)
		id = vfio_iommufd_get_dev_id(vdev, vfio_iommufd_device_ictx(user));
	if (id > 0)
		return id;
	if (id == -ENOENT)
		return VFIO_PCI_DEVID_OWNED;
	fill->flags &= ~VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED;
	return VFIO_PCI_DEVID_NOT_OWNED;
}

static int vfl_fill_one(struct pci_dev *pdev, void *data)
{
	struct vfio_pci_dependent_device *info;
	struct vfl_fill *fill = data;
	struct iommu_group *group;

	/* One came in since they were counted. */
	if (fill->count >= fill->room)
		return -EAGAIN;

	info = &fill->devices[fill->count++];
	info->segment = pci_domain_nr(pdev->bus);
	info->bus = pdev->bus->number;
	info->devfn = pdev->devfn;
	/* The same place in memory as the newer name, devid. */
	if (fill->flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID) {
		info->group_id = vfl_dev_id(fill, pdev);
		return 0;
	}

	group = iommu_group_get(&pdev->dev);
	if (!group)
		return -EPERM;
	info->group_id = iommu_group_id(group);
	iommu_group_put(group);
	return 0;
}

static int vfl_fill_info(struct vfl_fill *fill,
			 struct vfio_pci_dependent_device __user *to)
{
	struct vfl_device *vfl = fill->vfl;
	int ret;

	fill->devices = kcalloc(fill->room, sizeof(*fill->devices), GFP_KERNEL);
	if (!fill->devices)
		return -ENOMEM;

	scoped_guard(mutex, &vfl->vdev.dev_set->lock)
		ret = vfl_walk_reset(vfl->pdev, vfl_fill_one, fill);

	if (!ret && copy_to_user(to, fill->devices,
				 fill->count * sizeof(*fill->devices)))
		ret = -EFAULT;
	kfree(fill->devices);
	return ret;
}

int vfl_hot_reset_info(struct vfl_device *vfl,
		       struct vfio_pci_hot_reset_info __user *arg)
{
	size_t minsz = offsetofend(struct vfio_pci_hot_reset_info, count);
	struct vfio_pci_hot_reset_info hdr;
	struct vfl_fill fill = { .vfl = vfl };
	int ret = -ENOSPC;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;
	if (hdr.argsz < minsz)
		return -EINVAL;
	if (!vfl_can_hot_reset(vfl->pdev))
		return -ENODEV;

	fill.room = vfl_count_reset(vfl->pdev);
	fill.count = fill.room;
	if (fill.room <= (hdr.argsz - minsz) / sizeof(*arg->devices)) {
		fill.count = 0;
		if (vfio_device_cdev_opened(&vfl->vdev))
			fill.flags = VFIO_PCI_HOT_RESET_FLAG_DEV_ID |
				     VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED;
		ret = vfl_fill_info(&fill, arg->devices);
		if (ret)
			return ret;
	}

	hdr.flags = fill.flags;
	hdr.count = fill.count;
	return copy_to_user(arg, &hdr, minsz) ? -EFAULT : ret;
}

/* The reset itself. */

/*
 * struct vfl_proof - what a user shows of owning devices
 * @iommufd: that of the device's own file, or NULL
 * @groups: else files of groups
 * @nr_groups: how many
 */
struct vfl_proof {
	struct iommufd_ctx *iommufd;
	struct file **groups;
	unsigned int nr_groups;
};

static bool vfl_proves(const struct vfl_proof *proof, struct vfio_device *vdev)
{
	unsigned int i;
	int id;

	if (proof->iommufd) {
		id = vfio_iommufd_get_dev_id(vdev, proof->iommufd);
		return id > 0 || id == -ENOENT;
	}
	for (i = 0; i < proof->nr_groups; i++)
		if (vfio_file_has_dev(proof->groups[i], vdev))
			return true;
	return false;
}

static int vfl_check_in_set(struct pci_dev *pdev, void *dev_set)
{
	return vfl_find_in_set(dev_set, pdev) ? 0 : -ENODEV;
}

/* A device for pci_reset_bus(), or NULL if there are any that are not ours. */
static struct pci_dev *vfl_resettable(struct vfio_device_set *dev_set)
{
	struct vfio_device *first;
	struct pci_dev *pdev;

	lockdep_assert_held(&dev_set->lock);

	first = list_first_entry(&dev_set->device_list, struct vfio_device,
				 dev_set_list);
	pdev = to_vfl(first)->pdev;
	if (!vfl_can_hot_reset(pdev) ||
	    vfl_walk_reset(pdev, vfl_check_in_set, dev_set))
		return NULL;
	return pdev;
}

/* Undo vfl_resume_set() and vfl_lock_set() for the first so many of the set. */
static void vfl_release_set(struct vfio_device_set *dev_set, unsigned int resumed,
			    unsigned int locked)
{
	struct vfio_device *vdev;
	unsigned int i = 0;

	list_for_each_entry(vdev, &dev_set->device_list, dev_set_list) {
		if (i < locked)
			up_write(&to_vfl(vdev)->memory_lock);
		if (i++ < resumed)
			pm_runtime_put(vdev->dev);
	}
}

static int vfl_resume_set(struct vfio_device_set *dev_set, unsigned int *resumed)
{
	struct vfio_device *vdev;
	int ret;

	list_for_each_entry(vdev, &dev_set->device_list, dev_set_list) {
		ret = pm_runtime_resume_and_get(vdev->dev);
		if (ret)
			return ret;
		++*resumed;
	}
	return 0;
}

/* Several locks of a kind: tried only, so that nobody waits in a circle. */
static int vfl_lock_set(struct vfio_device_set *dev_set, const struct vfl_proof *proof,
			unsigned int *locked)
{
	struct vfio_device *vdev;

	list_for_each_entry(vdev, &dev_set->device_list, dev_set_list) {
		if (!vfl_proves(proof, vdev))
			return -EINVAL;
		if (!down_write_trylock(&to_vfl(vdev)->memory_lock))
			return -EBUSY;
		++*locked;
		vfl_zap(to_vfl(vdev));
	}
	return 0;
}

static int vfl_reset_set(struct vfio_device_set *dev_set,
			 const struct vfl_proof *proof)
{
	unsigned int resumed = 0, locked = 0;
	struct vfio_device *vdev;
	struct pci_dev *pdev;
	int ret;

	guard(mutex)(&dev_set->lock);
	pdev = vfl_resettable(dev_set);
	if (!pdev)
		return -EINVAL;

	ret = vfl_resume_set(dev_set, &resumed) ?: vfl_lock_set(dev_set, proof, &locked);
	if (!ret) {
		list_for_each_entry(vdev, &dev_set->device_list, dev_set_list)
			vfl_set_power_state(to_vfl(vdev), PCI_D0);
		ret = pci_reset_bus(pdev);
		trace_vfl_reset(pdev, 3, ret);
	}
	vfl_release_set(dev_set, resumed, locked);
	return ret;
}

static void vfl_put_groups(struct vfl_proof *proof)
{
	while (proof->nr_groups)
		fput(proof->groups[--proof->nr_groups]);
}

static int vfl_get_groups(struct vfl_proof *proof, const s32 *fds,
			  unsigned int count)
{
	struct file *file;

	for (; proof->nr_groups < count; proof->nr_groups++) {
		file = fget(fds[proof->nr_groups]);
		if (!file)
			return -EBADF;
		if (!vfio_file_is_group(file)) {
			fput(file);
			return -EINVAL;
		}
		proof->groups[proof->nr_groups] = file;
	}
	return 0;
}

static int vfl_reset_by_groups(struct vfl_device *vfl, const s32 __user *arg,
			       unsigned int count)
{
	struct vfl_proof proof = {};
	int ret = -ENOMEM;
	s32 *fds;

	/* Each group has a device at least, so that more make no sense. */
	if (count > vfl_count_reset(vfl->pdev))
		return -EINVAL;

	fds = memdup_user(arg, array_size(count, sizeof(*fds)));
	if (IS_ERR(fds))
		return PTR_ERR(fds);

	proof.groups = kcalloc(count, sizeof(*proof.groups), GFP_KERNEL);
	if (proof.groups)
		ret = vfl_get_groups(&proof, fds, count);
	if (!ret)
		ret = vfl_reset_set(vfl->vdev.dev_set, &proof);

	vfl_put_groups(&proof);
	kfree(proof.groups);
	kfree(fds);
	return ret;
}

int vfl_hot_reset(struct vfl_device *vfl, struct vfio_pci_hot_reset __user *arg)
{
	size_t minsz = offsetofend(struct vfio_pci_hot_reset, count);
	struct vfl_proof proof = {
		.iommufd = vfio_iommufd_device_ictx(&vfl->vdev),
	};
	struct vfio_pci_hot_reset hdr;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;
	if (hdr.argsz < minsz || hdr.flags)
		return -EINVAL;
	/* By the device's own file, it is known who asks. */
	if (!hdr.count != vfio_device_cdev_opened(&vfl->vdev))
		return -EINVAL;
	if (!vfl_can_hot_reset(vfl->pdev))
		return -ENODEV;

	return hdr.count ? vfl_reset_by_groups(vfl, arg->group_fds, hdr.count) :
			   vfl_reset_set(vfl->vdev.dev_set, &proof);
}

static bool vfl_set_needs_reset(struct vfio_device_set *dev_set)
{
	struct vfio_device *vdev;

	/* That which is being closed counts as open. */
	if (vfio_device_set_open_count(dev_set) > 1)
		return false;

	list_for_each_entry(vdev, &dev_set->device_list, dev_set_list)
		if (to_vfl(vdev)->needs_reset)
			return true;
	return false;
}

void vfl_reset_set_if_unused(struct vfio_device_set *dev_set)
{
	struct vfio_device *vdev;
	unsigned int resumed = 0;
	struct pci_dev *pdev;
	int ret;

	if (!vfl_set_needs_reset(dev_set))
		return;
	pdev = vfl_resettable(dev_set);
	if (!pdev)
		return;

	ret = vfl_resume_set(dev_set, &resumed) ?: pci_reset_bus(pdev);
	trace_vfl_reset(pdev, 4, ret);
	if (!ret)
		list_for_each_entry(vdev, &dev_set->device_list, dev_set_list)
			to_vfl(vdev)->needs_reset = false;
	vfl_release_set(dev_set, resumed, 0);
}

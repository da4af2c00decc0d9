/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VFIO core's interface of 7.2, for a driver that is bound to it by the
 * macros VFIO_OPS_*, which stand in an initialiser of struct vfio_device_ops.
 *
 *	DEFINE_VFIO_RELEASE(release);
 *	DEFINE_VFIO_IOCTL(ioctl, region_info);
 *	... = {	VFIO_OPS_RELEASE(release),
 *		VFIO_OPS_IOCTL(ioctl, region_info),
 *		VFIO_OPS_MATCH_TOKEN(match)	which brings its comma, if any
 *		VFIO_OPS_IOMMUFD };		likewise
 */
#ifndef COMPAT_LINUX_VFIO_H
#define COMPAT_LINUX_VFIO_H

#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>
#include_next <linux/vfio.h>

/* In 6.1, the driver frees what the core has allocated. */
#ifdef HAVE_VFIO_FREE_DEVICE
#define DEFINE_VFIO_RELEASE(fn)						\
static void fn##_compat(struct vfio_device *vdev)			\
{									\
	fn(vdev);							\
	vfio_free_device(vdev);						\
}									\
static_assert(1)
#define VFIO_OPS_RELEASE(fn)	.release = fn##_compat
#else
#define DEFINE_VFIO_RELEASE(fn)	struct fn##_needs_no_adapter
#define VFIO_OPS_RELEASE(fn)	.release = (fn)
#endif

/* In 6.1, there is no iommufd, and a device has no file of its own. */
#ifdef HAVE_VFIO_BIND_IOMMUFD
#ifdef HAVE_VFIO_PASID_ATTACH
#define VFIO_OPS_IOMMUFD						\
	.bind_iommufd = vfio_iommufd_physical_bind,			\
	.unbind_iommufd = vfio_iommufd_physical_unbind,			\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,		\
	.detach_ioas = vfio_iommufd_physical_detach_ioas,		\
	.pasid_attach_ioas = vfio_iommufd_physical_pasid_attach_ioas,	\
	.pasid_detach_ioas = vfio_iommufd_physical_pasid_detach_ioas,
#else
#define VFIO_OPS_IOMMUFD						\
	.bind_iommufd = vfio_iommufd_physical_bind,			\
	.unbind_iommufd = vfio_iommufd_physical_unbind,			\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,		\
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#endif
#else
#define VFIO_OPS_IOMMUFD

struct iommufd_ctx;

#define VFIO_PCI_HOT_RESET_FLAG_DEV_ID		BIT(0)
#define VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED	BIT(1)
#define VFIO_PCI_DEVID_OWNED			0
#define VFIO_PCI_DEVID_NOT_OWNED		-1

static inline bool vfio_device_cdev_opened(struct vfio_device *vdev)
{
	return false;
}

static inline struct iommufd_ctx *
vfio_iommufd_device_ictx(struct vfio_device *vdev)
{
	return NULL;
}

static inline int vfio_iommufd_get_dev_id(struct vfio_device *vdev,
					  struct iommufd_ctx *ictx)
{
	return VFIO_PCI_DEVID_NOT_OWNED;
}
#endif

#ifdef HAVE_VFIO_MATCH_TOKEN
#define VFIO_OPS_MATCH_TOKEN(fn)	.match_token_uuid = (fn),
#else
#define VFIO_OPS_MATCH_TOKEN(...)
#endif

#ifndef VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP
#define VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP	5
#define VFIO_PCI_ATOMIC_COMP32	BIT(0)
#define VFIO_PCI_ATOMIC_COMP64	BIT(1)
#define VFIO_PCI_ATOMIC_COMP128	BIT(2)
struct vfio_device_info_cap_pci_atomic_comp {
	struct vfio_info_cap_header header;
	__u32 flags;
	__u32 reserved;
};
#endif

/* In 7.2, the core copies a region's description from and to the user. */
#ifdef HAVE_VFIO_REGION_INFO_CAPS
#define DEFINE_VFIO_IOCTL(fn, region_info)				\
	struct fn##_and_##region_info##_need_no_adapter
#define VFIO_OPS_IOCTL(fn, region_info)					\
	.ioctl = (fn), .get_region_info_caps = (region_info)
#else
static inline int
vfio_compat_region_info_caps(struct vfio_region_info *info,
			     struct vfio_region_info __user *arg,
			     struct vfio_info_cap *caps)
{
	info->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	if (info->argsz < sizeof(*info) + caps->size) {
		info->argsz = sizeof(*info) + caps->size;
		info->cap_offset = 0;
		return 0;
	}

	vfio_info_cap_shift(caps, sizeof(*info));
	info->cap_offset = sizeof(*info);
	return copy_to_user(arg + 1, caps->buf, caps->size) ? -EFAULT : 0;
}

/* Not inlined, or every ioctl would set up its stack. */
static noinline __maybe_unused long
vfio_compat_region_info(struct vfio_device *vdev,
			struct vfio_region_info __user *arg,
			int (*get)(struct vfio_device *vdev,
				   struct vfio_region_info *info,
				   struct vfio_info_cap *caps))
{
	size_t minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = {};
	struct vfio_region_info info = {};
	long ret;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	ret = get(vdev, &info, &caps);
	if (!ret && caps.size)
		ret = vfio_compat_region_info_caps(&info, arg, &caps);
	kfree(caps.buf);
	if (ret)
		return ret;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

#define DEFINE_VFIO_IOCTL(fn, region_info)				\
static long fn##_or_##region_info(struct vfio_device *vdev,		\
				  unsigned int cmd, unsigned long arg)	\
{									\
	if (cmd == VFIO_DEVICE_GET_REGION_INFO)				\
		return vfio_compat_region_info(vdev, (void __user *)arg, \
					       region_info);		\
	return fn(vdev, cmd, arg);					\
}									\
static_assert(1)
#define VFIO_OPS_IOCTL(fn, region_info)	.ioctl = fn##_or_##region_info
#endif

#endif

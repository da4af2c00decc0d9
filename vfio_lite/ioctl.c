// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space asks of an open device: one function a verb, which takes the
 * question apart and hands it on.  The answers are those of
 * include/uapi/linux/vfio.h.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfl.h"

/* Atomic operations that the device may send all the way to memory. */
static u32 vfl_atomic_flags(struct vfl_device *vfl)
{
	static const struct {
		u32 cap;
		u32 flag;
	} widths[] = {
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP32, VFIO_PCI_ATOMIC_COMP32 },
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP64, VFIO_PCI_ATOMIC_COMP64 },
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP128, VFIO_PCI_ATOMIC_COMP128 },
	};
	struct pci_dev *pdev = pci_physfn(vfl->pdev);
	u32 devcap2, flags = 0;
	unsigned int i;

	/* No reset meanwhile, but of a VF's PF. */
	guard(vfl_state)(vfl);
	pcie_capability_read_dword(pdev, PCI_EXP_DEVCAP2, &devcap2);
	if (PCI_POSSIBLE_ERROR(devcap2))
		return 0;
	for (i = 0; i < ARRAY_SIZE(widths); i++)
		if (devcap2 & widths[i].cap &&
		    !pci_enable_atomic_ops_to_root(pdev, widths[i].cap))
			flags |= widths[i].flag;
	return flags;
}

static int vfl_add_atomic_cap(struct vfl_device *vfl, struct vfio_info_cap *caps)
{
	struct vfio_device_info_cap_pci_atomic_comp cap = {
		.header.id = VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP,
		.header.version = 1,
		.flags = vfl_atomic_flags(vfl),
	};

	return cap.flags ? vfio_info_add_capability(caps, &cap.header, sizeof(cap)) : 0;
}

/* Who left too little room learns how much it takes. */
static int vfl_copy_caps(struct vfio_device_info *info,
			 struct vfio_device_info __user *arg,
			 struct vfio_info_cap *caps)
{
	info->flags |= VFIO_DEVICE_FLAGS_CAPS;
	if (info->argsz < sizeof(*info) + caps->size) {
		info->argsz = sizeof(*info) + caps->size;
		return 0;
	}

	vfio_info_cap_shift(caps, sizeof(*info));
	info->cap_offset = sizeof(*info);
	return copy_to_user(arg + 1, caps->buf, caps->size) ? -EFAULT : 0;
}

static int vfl_get_info(struct vfl_device *vfl,
			struct vfio_device_info __user *arg)
{
	size_t minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info = {};
	struct vfio_info_cap caps = {};
	int ret;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	minsz = min_t(size_t, info.argsz, sizeof(info));
	info.flags = VFIO_DEVICE_FLAGS_PCI;
	if (vfl->reset_works)
		info.flags |= VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = vfl->wc_regions ? VFL_NUM_REGIONS : VFIO_PCI_NUM_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;

	ret = vfl_add_atomic_cap(vfl, &caps);
	if (!ret && caps.size)
		ret = vfl_copy_caps(&info, arg, &caps);
	kfree(caps.buf);
	if (ret)
		return ret;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int vfl_bar_info(struct vfl_device *vfl, unsigned int bar,
			struct vfio_region_info *info,
			struct vfio_info_cap *caps)
{
	struct vfio_info_cap_header msix_mappable = {
		.id = VFIO_REGION_INFO_CAP_MSIX_MAPPABLE,
		.version = 1,
	};

	info->size = pci_resource_len(vfl->pdev, bar);
	if (!info->size)
		return 0;

	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (!vfl->bar[bar].mappable)
		return 0;

	info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	if (bar != vfl->msix_bar)
		return 0;
	return vfio_info_add_capability(caps, &msix_mappable,
					sizeof(msix_mappable));
}

/* As the BAR, and that it is one; a BAR without an alias has an empty one. */
static int vfl_alias_info(struct vfl_device *vfl, struct vfio_region_info *info,
			  struct vfio_info_cap *caps)
{
	unsigned int bar = vfl_region_bar(info->index);
	struct vfio_region_info_cap_type type = {
		.header.id = VFIO_REGION_INFO_CAP_TYPE,
		.header.version = 1,
		.type = VFL_REGION_TYPE_WC,
		.subtype = bar,
	};
	int ret;

	if (!vfl->wc_regions || info->index >= VFL_NUM_REGIONS)
		return -EINVAL;
	if (!vfl_region_window(vfl, info->index))
		return 0;

	ret = vfio_info_add_capability(caps, &type.header, sizeof(type));
	return ret ?: vfl_bar_info(vfl, bar, info, caps);
}

int vfl_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
		    struct vfio_info_cap *caps)
{
	struct vfl_device *vfl = to_vfl(vdev);

	if (READ_ONCE(vfl->gone))
		return -ENODEV;

	info->offset = vfl_region_offset(info->index);
	info->flags = 0;
	info->size = 0;

	switch (info->index) {
	case VFIO_PCI_BAR0_REGION_INDEX ... VFIO_PCI_BAR5_REGION_INDEX:
		return vfl_bar_info(vfl, info->index, info, caps);
	case VFIO_PCI_ROM_REGION_INDEX:
		info->size = vfl_rom_len(vfl);
		if (info->size)
			info->flags = VFIO_REGION_INFO_FLAG_READ;
		return 0;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		info->size = vfl->pdev->cfg_size;
		info->flags = VFIO_REGION_INFO_FLAG_READ |
			      VFIO_REGION_INFO_FLAG_WRITE;
		return 0;
	case VFIO_PCI_VGA_REGION_INDEX:
		return -EINVAL;
	default:
		return vfl_alias_info(vfl, info, caps);
	}
}

/* 0 for a kind that there is none of. */
static unsigned int vfl_irq_count(struct vfl_device *vfl, unsigned int index)
{
	switch (index) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		return vfl_cfg_copy(vfl->cfg, PCI_INTERRUPT_PIN, 1) ? 1 : 0;
	case VFIO_PCI_MSI_IRQ_INDEX:
		return vfl->msi_count;
	case VFIO_PCI_MSIX_IRQ_INDEX:
		return vfl->msix_count;
	case VFIO_PCI_ERR_IRQ_INDEX:
		return pci_is_pcie(vfl->pdev);
	case VFIO_PCI_REQ_IRQ_INDEX:
		return 1;
	default:
		return 0;
	}
}

static int vfl_get_irq_info(struct vfl_device *vfl,
			    struct vfio_irq_info __user *arg)
{
	size_t minsz = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_PCI_NUM_IRQS ||
	    (info.index == VFIO_PCI_ERR_IRQ_INDEX && !pci_is_pcie(vfl->pdev)))
		return -EINVAL;

	info.flags = VFIO_IRQ_INFO_EVENTFD;
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	else if (info.index != VFIO_PCI_MSIX_IRQ_INDEX || !vfl->dyn_msix)
		info.flags |= VFIO_IRQ_INFO_NORESIZE;
	info.count = vfl_irq_count(vfl, info.index);

	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static int vfl_ioctl_set_irqs(struct vfl_device *vfl,
			      struct vfio_irq_set __user *arg)
{
	size_t minsz = offsetofend(struct vfio_irq_set, count), size = 0;
	struct vfio_irq_set hdr;
	void *data;
	int ret;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;

	ret = vfio_set_irqs_validate_and_prepare(&hdr,
						 vfl_irq_count(vfl, hdr.index),
						 VFIO_PCI_NUM_IRQS, &size);
	if (ret)
		return ret;

	if (!size)
		return vfl_set_irqs(vfl, &hdr, NULL);

	data = memdup_user(&arg->data, size);
	if (IS_ERR(data))
		return PTR_ERR(data);
	ret = vfl_set_irqs(vfl, &hdr, data);
	kfree(data);
	return ret;
}

long vfl_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	struct vfl_device *vfl = to_vfl(vdev);
	void __user *uarg = (void __user *)arg;

	if (READ_ONCE(vfl->gone))
		return -ENODEV;

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return vfl_get_info(vfl, uarg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return vfl_get_irq_info(vfl, uarg);
	case VFIO_DEVICE_SET_IRQS:
		return vfl_ioctl_set_irqs(vfl, uarg);
	case VFIO_DEVICE_RESET:
		return vfl->reset_works ? vfl_reset(vfl) : -EINVAL;
	case VFIO_DEVICE_GET_PCI_HOT_RESET_INFO:
		return vfl_hot_reset_info(vfl, uarg);
	case VFIO_DEVICE_PCI_HOT_RESET:
		return vfl_hot_reset(vfl, uarg);
	case VFIO_DEVICE_IOEVENTFD:
		return vfl_ioeventfd(vfl, uarg);
	default:
		return -ENOTTY;
	}
}

int vfl_feature(struct vfio_device *vdev, u32 flags, void __user *arg,
		size_t argsz)
{
	struct vfl_device *vfl = to_vfl(vdev);

	if (READ_ONCE(vfl->gone))
		return -ENODEV;

	switch (flags & VFIO_DEVICE_FEATURE_MASK) {
	case VFIO_DEVICE_FEATURE_PCI_VF_TOKEN:
		return vfl_set_vf_token(vfl, flags, arg, argsz);
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY:
		return vfl_low_power(vfl, flags, argsz, true);
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP:
		return vfl_low_power_with_wakeup(vfl, flags, arg, argsz);
	case VFIO_DEVICE_FEATURE_LOW_POWER_EXIT:
		return vfl_low_power(vfl, flags, argsz, false);
	default:
		return -ENOTTY;
	}
}

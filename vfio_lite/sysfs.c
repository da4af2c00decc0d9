// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes below the device, in the directory vfio_lite/; see
 * Documentation/ABI/sysfs-driver-vfio_lite.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <linux/vfio.h>

#include "vfl.h"

static ssize_t holder_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);

	guard(mutex)(&vfl->vdev.dev_set->lock);
	return vfl->holder_pid ?
		sysfs_emit(buf, "%d %s\n", vfl->holder_pid, vfl->holder_comm) : 0;
}
static DEVICE_ATTR_RO(holder);

static ssize_t intr_mode_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	static const char * const names[] = {
		[VFIO_PCI_INTX_IRQ_INDEX] = "intx",
		[VFIO_PCI_MSI_IRQ_INDEX] = "msi",
		[VFIO_PCI_MSIX_IRQ_INDEX] = "msix",
	};
	struct vfl_device *vfl = dev_get_drvdata(dev);
	unsigned int type = READ_ONCE(vfl->irq_type);

	return sysfs_emit(buf, "%s\n", type < ARRAY_SIZE(names) ? names[type] :
								  "none");
}
static DEVICE_ATTR_RO(intr_mode);

/* The attribute is "barN_wc". */
static unsigned int vfl_bar_of(const struct device_attribute *attr)
{
	return attr->attr.name[3] - '0';
}

static ssize_t bar_wc_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", !!(READ_ONCE(vfl->wc) & BIT(vfl_bar_of(attr))));
}

static int vfl_set_wc(struct vfl_device *vfl, unsigned int bar, bool on)
{
	lockdep_assert_held(&vfl->vdev.dev_set->lock);

	if (vfl->cfg)
		return -EBUSY;
	if (on && !vfl_may_combine(vfl, bar)) {
		pci_warn(vfl->pdev, "bar%u_wc: %s\n", bar,
			 bar == vfl->msix_bar ? "has the MSI-X table" :
						"not prefetchable");
		return -EOPNOTSUPP;
	}
	WRITE_ONCE(vfl->wc, on ? vfl->wc | BIT(bar) : vfl->wc & ~BIT(bar));
	return 0;
}

static ssize_t bar_wc_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (ret)
		return ret;

	guard(mutex)(&vfl->vdev.dev_set->lock);
	return vfl_set_wc(vfl, vfl_bar_of(attr), on) ?: count;
}

static struct device_attribute dev_attr_bar_wc[PCI_STD_NUM_BARS] = {
	__ATTR(bar0_wc, 0644, bar_wc_show, bar_wc_store),
	__ATTR(bar1_wc, 0644, bar_wc_show, bar_wc_store),
	__ATTR(bar2_wc, 0644, bar_wc_show, bar_wc_store),
	__ATTR(bar3_wc, 0644, bar_wc_show, bar_wc_store),
	__ATTR(bar4_wc, 0644, bar_wc_show, bar_wc_store),
	__ATTR(bar5_wc, 0644, bar_wc_show, bar_wc_store),
};

static struct attribute *vfl_attrs[] = {
	&dev_attr_holder.attr,
	&dev_attr_intr_mode.attr,
	&dev_attr_bar_wc[0].attr,
	&dev_attr_bar_wc[1].attr,
	&dev_attr_bar_wc[2].attr,
	&dev_attr_bar_wc[3].attr,
	&dev_attr_bar_wc[4].attr,
	&dev_attr_bar_wc[5].attr,
	NULL
};

/* Memory BARs only; the first two attributes are for all. */
static umode_t vfl_attr_visible(struct kobject *kobj, struct attribute *attr,
				int n)
{
	struct pci_dev *pdev = to_pci_dev(kobj_to_dev(kobj));
	int bar = n - 2;

	if (bar >= 0 && (!(pci_resource_flags(pdev, bar) & IORESOURCE_MEM) ||
			 !pci_resource_len(pdev, bar)))
		return 0;
	return attr->mode;
}

static const struct attribute_group vfl_group = {
	.name = "vfio_lite",
	.attrs = vfl_attrs,
	.is_visible = vfl_attr_visible,
};

const struct attribute_group *vfl_groups[] = {
	&vfl_group,
	NULL
};

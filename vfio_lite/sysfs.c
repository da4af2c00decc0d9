// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes below the device, in the directory vfio_lite/; see
 * Documentation/ABI/sysfs-driver-vfio_lite.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <linux/vfio.h>

#include "vfl.h"

static ssize_t holder_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);
	ssize_t len = 0;

	mutex_lock(&vfl->vdev.dev_set->lock);
	if (vfl->holder_pid)
		len = sysfs_emit(buf, "%d %s\n", vfl->holder_pid, vfl->holder_comm);
	mutex_unlock(&vfl->vdev.dev_set->lock);
	return len;
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

static struct attribute *vfl_attrs[] = {
	&dev_attr_holder.attr,
	&dev_attr_intr_mode.attr,
	NULL
};

static const struct attribute_group vfl_group = {
	.name = "vfio_lite",
	.attrs = vfl_attrs,
};

const struct attribute_group *vfl_groups[] = {
	&vfl_group,
	NULL
};

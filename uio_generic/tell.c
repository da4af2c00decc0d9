// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user is told: the attributes that can only be read, the last error,
 * and, at bind, that the kernel is locked down.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/security.h>
#include <linux/sysfs.h>

#include "attrs.h"
#include "ug.h"

int ug_note_error(struct ug_device *ug, const char *what, int err)
{
	lockdep_assert_held(&ug->lock);

	if (err) {
		ug->failed = what;
		ug->error = err;
	}
	return err;
}

static bool ug_locked_down(void)
{
	return security_locked_down(LOCKDOWN_PCI_ACCESS);
}

/* Our own files are no exception that the kernel knows of: they still work. */
void ug_lockdown_check(struct pci_dev *pdev)
{
	if (ug_locked_down())
		dev_warn_once(&pdev->dev,
			      "the kernel is locked down: resourceN of sysfs cannot be mapped, config space and ports cannot be written, so DPDK, SPDK and VPP will not work; mappings of /dev/uioN do\n");
}

static ssize_t open_count_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	unsigned int openers;

	mutex_lock(&ug->lock);
	openers = ug->openers;
	mutex_unlock(&ug->lock);

	return sysfs_emit(buf, "%u\n", openers);
}
DEVICE_ATTR_RO(open_count);

/* The core counts all events, and so the handlers need not. */
static ssize_t irq_count_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	unsigned int count;

	mutex_lock(&ug->lock);
	count = atomic_read(&ug->info.uio_dev->event) - ug->told;
	mutex_unlock(&ug->lock);

	return sysfs_emit(buf, "%u\n", count);
}
DEVICE_ATTR_RO(irq_count);

/* From the device, since user space may switch it, too; not in the midst of a reset. */
static ssize_t bus_master_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	u16 command;

	if (pci_user_read_config_word(to_pci_dev(dev), PCI_COMMAND, &command) ||
	    PCI_POSSIBLE_ERROR(command))
		return -EIO;
	return sysfs_emit(buf, "%d\n", !!(command & PCI_COMMAND_MASTER));
}
DEVICE_ATTR_RO(bus_master);

static ssize_t iommu_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	static const char * const words[] = {
		[UG_IOMMU_ABSENT]	= "absent",
		[UG_IOMMU_IDENTITY]	= "identity",
		[UG_IOMMU_TRANSLATES]	= "translates",
	};

	return sysfs_emit(buf, "%s\n", words[ug_iommu_of(to_pci_dev(dev))]);
}
DEVICE_ATTR_RO(iommu);

static ssize_t lockdown_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%d\n", ug_locked_down());
}
DEVICE_ATTR_RO(lockdown);

static ssize_t last_error_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	const char *failed;
	int err;

	mutex_lock(&ug->lock);
	failed = ug->failed;
	err = ug->error;
	mutex_unlock(&ug->lock);

	if (!failed)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s: error %d\n", failed, err);
}
DEVICE_ATTR_RO(last_error);

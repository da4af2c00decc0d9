// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user sets: the interrupt mode and, under the name igb_uio, max_vfs;
 * and the list of all attributes in /sys/bus/pci/devices/BDF/uio_generic/.
 * Documentation/ABI/sysfs-driver-uio_generic describes each.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "attrs.h"
#include "ug.h"
#include "uio_generic.h"

/* The same words for the parameters and the attribute. */
int ug_parse_mode(const char *word, const struct uio_generic_driver *drv)
{
	enum ug_mode mode;

	for (mode = UG_MODE_NONE; mode < UG_NR_MODES; mode++)
		if (sysfs_streq(word, ug_mode_name(mode)))
			return mode;

	if (sysfs_streq(word, "auto"))
		return drv->intx_first ? UG_MODE_AUTO_INTX : UG_MODE_AUTO;

	/* igb_uio's word for it. */
	return sysfs_streq(word, "legacy") ? UG_MODE_INTX : -EINVAL;
}

/* The mode in force; while nothing is, the one that an open would try first. */
static enum ug_mode ug_current_mode(const struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->started)
		return ug->mode;
	return ug_mode_choose(&ug->facts, ug->asked, 0);
}

static ssize_t intr_mode_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	enum ug_mode mode;

	mutex_lock(&ug->lock);
	mode = ug_current_mode(ug);
	mutex_unlock(&ug->lock);

	return sysfs_emit(buf, "%s\n", ug_mode_name(mode));
}

static int ug_ask_mode(struct ug_device *ug, enum ug_mode mode)
{
	enum ug_obstacle obstacle;

	lockdep_assert_held(&ug->lock);

	if (ug->openers)
		return -EBUSY;

	obstacle = ug_mode_obstacle(&ug->facts, mode);
	if (obstacle != UG_USABLE) {
		pci_warn(ug->pdev, "intr_mode: no %s: %s\n", ug_mode_name(mode),
			 ug_obstacle_text(obstacle));
		return -EOPNOTSUPP;
	}

	ug->asked = mode;
	memset(ug->intr_error, 0, sizeof(ug->intr_error));
	return 0;
}

static ssize_t intr_mode_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	int mode = ug_parse_mode(buf, ug->drv);
	int ret;

	if (mode < 0)
		return mode;

	mutex_lock(&ug->lock);
	ret = ug_ask_mode(ug, mode);
	mutex_unlock(&ug->lock);

	return ret ?: count;
}
static DEVICE_ATTR_RW(intr_mode);

static ssize_t ug_emit_choice(const struct ug_device *ug, enum ug_mode mode,
			      char *buf, int at)
{
	enum ug_obstacle obstacle = ug_mode_obstacle(&ug->facts, mode);
	const char *name = ug_mode_name(mode);

	if (ug->intr_error[mode])
		return sysfs_emit_at(buf, at, "%s: failed at the last open, error %d\n",
				     name, ug->intr_error[mode]);
	if (mode == ug_current_mode(ug))
		return sysfs_emit_at(buf, at, "%s: chosen%s\n", name,
				     mode == UG_MODE_INTX &&
				     !ug->facts.intx_maskable ?
				     ", on a line of its own: the device cannot mask it" :
				     "");
	if (obstacle != UG_USABLE)
		return sysfs_emit_at(buf, at, "%s: %s\n", name,
				     ug_obstacle_text(obstacle));
	if (mode > ug->asked)
		return sysfs_emit_at(buf, at, "%s: not asked for\n", name);
	return sysfs_emit_at(buf, at, "%s: not needed\n", name);
}

static ssize_t intr_choice_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	int mode, at = 0;

	mutex_lock(&ug->lock);
	at += sysfs_emit_at(buf, at, "asked: %s\n", ug_mode_name(ug->asked));
	for (mode = UG_MODE_MSIX; mode >= UG_MODE_NONE; mode--)
		at += ug_emit_choice(ug, mode, buf, at);
	mutex_unlock(&ug->lock);

	return at;
}
static DEVICE_ATTR_RO(intr_choice);

static struct attribute *ug_attrs[] = {
	&dev_attr_intr_mode.attr,
	&dev_attr_intr_choice.attr,
	&dev_attr_open_count.attr,
	&dev_attr_irq_count.attr,
	&dev_attr_bus_master.attr,
	&dev_attr_iommu.attr,
	&dev_attr_lockdown.attr,
	&dev_attr_last_error.attr,
	&dev_attr_state.attr,
	&dev_attr_resets.attr,
	&dev_attr_reset_on_release.attr,
	&dev_attr_vectors.attr,
	&dev_attr_nr_vectors.attr,
	&dev_attr_bar_wc[0].attr,
	&dev_attr_bar_wc[1].attr,
	&dev_attr_bar_wc[2].attr,
	&dev_attr_bar_wc[3].attr,
	&dev_attr_bar_wc[4].attr,
	&dev_attr_bar_wc[5].attr,
	NULL
};

static umode_t ug_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return ug_wc_visible(to_pci_dev(kobj_to_dev(kobj)), attr);
}

static const struct attribute_group ug_group = {
	.name = "uio_generic",
	.attrs = ug_attrs,
	.is_visible = ug_visible,
};

static ssize_t max_vfs_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", pci_num_vf(to_pci_dev(dev)));
}

static ssize_t max_vfs_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	unsigned int nr;
	int ret = kstrtouint(buf, 0, &nr);

	if (ret)
		return ret;

	/*
	 * Held while sriov_numvfs is written, and while we are unbound, which
	 * waits for this function: so it must not be waited for here.
	 */
	if (!device_trylock(dev)) {
		msleep(20);
		return restart_syscall();
	}
	ret = ug_sriov_configure(to_pci_dev(dev), nr);
	device_unlock(dev);

	return ret < 0 ? ret : count;
}
static DEVICE_ATTR_RW(max_vfs);

static struct attribute *ug_igb_uio_attrs[] = {
	&dev_attr_max_vfs.attr,
	NULL
};

static umode_t ug_igb_uio_visible(struct kobject *kobj, struct attribute *attr,
				  int n)
{
	struct ug_device *ug = dev_get_drvdata(kobj_to_dev(kobj));

	return ug->drv->max_vfs ? attr->mode : 0;
}

static const struct attribute_group ug_igb_uio_group = {
	.attrs = ug_igb_uio_attrs,
	.is_visible = ug_igb_uio_visible,
};

const struct attribute_group *ug_groups[] = {
	&ug_group,
	&ug_igb_uio_group,
	NULL
};

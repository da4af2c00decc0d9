// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user sets and reads: the module parameter intr_mode and the
 * attributes in /sys/bus/pci/devices/BDF/uio_generic/.
 * Documentation/ABI/sysfs-driver-uio_generic describes each.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "ug.h"

/* Read by ug_probe(), written only while the module loads (mode 0444). */
static enum ug_mode ug_param_mode = UG_MODE_AUTO;

/* One mode a word: the same words for the parameter and the attribute. */
static int ug_parse_mode(const char *word)
{
	enum ug_mode mode;

	for (mode = UG_MODE_NONE; mode <= UG_MODE_AUTO; mode++)
		if (sysfs_streq(word, ug_mode_name(mode)))
			return mode;

	/* igb_uio's word for it. */
	return sysfs_streq(word, "legacy") ? UG_MODE_INTX : -EINVAL;
}

static int ug_param_mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = ug_parse_mode(val);

	if (mode < 0) {
		pr_err("%s: intr_mode=%s: must be auto, msix, msi, intx, legacy or none\n",
		       KBUILD_MODNAME, val);
		return mode;
	}
	ug_param_mode = mode;
	return 0;
}

static int ug_param_mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", ug_mode_name(ug_param_mode));
}

static const struct kernel_param_ops ug_param_mode_ops = {
	.set = ug_param_mode_set,
	.get = ug_param_mode_get,
};

module_param_cb(intr_mode, &ug_param_mode_ops, NULL, 0444);
MODULE_PARM_DESC(intr_mode,
		 "best interrupt mode to use: auto (default), msix, msi, intx (or legacy), none");

enum ug_mode ug_default_mode(void)
{
	return ug_param_mode;
}

/* The mode in force; while nothing is, the one that an open would try first. */
static enum ug_mode ug_current_mode(const struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->live && ug->openers)
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
	enum ug_obstacle obstacle = ug_mode_obstacle(&ug->facts, mode);

	lockdep_assert_held(&ug->lock);

	if (ug->openers)
		return -EBUSY;

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
	int mode = ug_parse_mode(buf);
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

	if (mode == ug_current_mode(ug))
		return sysfs_emit_at(buf, at, "%s: chosen%s\n", name,
				     mode == UG_MODE_INTX &&
				     !ug->facts.intx_maskable ?
				     ", on a line of its own: the device cannot mask it" :
				     "");
	if (obstacle != UG_USABLE)
		return sysfs_emit_at(buf, at, "%s: %s\n", name,
				     ug_obstacle_text(obstacle));
	if (ug->intr_error[mode])
		return sysfs_emit_at(buf, at, "%s: failed at the last open, error %d\n",
				     name, ug->intr_error[mode]);
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
	for (mode = UG_MODE_MSIX; mode >= UG_MODE_NONE; mode--)
		at += ug_emit_choice(ug, mode, buf, at);
	mutex_unlock(&ug->lock);

	return at;
}
static DEVICE_ATTR_RO(intr_choice);

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
static DEVICE_ATTR_RO(open_count);

static struct attribute *ug_attrs[] = {
	&dev_attr_intr_mode.attr,
	&dev_attr_intr_choice.attr,
	&dev_attr_open_count.attr,
	NULL
};

static const struct attribute_group ug_group = {
	.name = "uio_generic",
	.attrs = ug_attrs,
};

const struct attribute_group *ug_groups[] = {
	&ug_group,
	NULL
};

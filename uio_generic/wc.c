// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-combining mappings of prefetchable BARs: the attributes barN_wc.
 *
 * On x86 the memory type of a page is looked up, when a fault maps it, among the
 * ranges that were reserved for one; without a reservation it is uncached.  So
 * there is one for as long as the attribute is set, and none otherwise: a
 * reservation of ours as uncached would take write-combining away from sysfs'
 * resourceN_wc.  Elsewhere the protection of the mapping says all.
 */
#include <linux/device.h>
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/sysfs.h>

#include "attrs.h"
#include "ug.h"

static bool ug_has_msix_table(struct pci_dev *pdev, unsigned int bar)
{
	u32 table;

	if (!pdev->msix_cap)
		return false;
	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table);
	return (table & PCI_MSIX_TABLE_BIR) == bar;
}

/*
 * Half a page cannot be of another type than the rest, which may be another's.  And
 * the kernel's own mapping of the MSI-X table would become write-combining, too.
 */
static bool ug_can_combine(struct pci_dev *pdev, unsigned int bar)
{
	return pci_resource_flags(pdev, bar) & IORESOURCE_PREFETCH &&
	       ug_bar_is_assigned(pdev, bar) &&
	       PAGE_ALIGNED(pci_resource_start(pdev, bar)) &&
	       PAGE_ALIGNED(pci_resource_len(pdev, bar)) &&
	       !ug_has_msix_table(pdev, bar);
}

void ug_wc_init(struct ug_device *ug)
{
	unsigned int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (ug_can_combine(ug->pdev, bar))
			ug->can_wc |= BIT(bar);
}

static void ug_free_wc(struct ug_device *ug, unsigned int bar)
{
	arch_io_free_memtype_wc(pci_resource_start(ug->pdev, bar),
				pci_resource_len(ug->pdev, bar));
	ug->wc &= ~BIT(bar);
}

static int ug_reserve_wc(struct ug_device *ug, unsigned int bar)
{
	int ret;

	if (!(ug->can_wc & BIT(bar))) {
		pci_warn(ug->pdev, "bar%u_wc: not prefetchable, without an address, below page size, or has the MSI-X table\n",
			 bar);
		return -EOPNOTSUPP;
	}

	ret = arch_io_reserve_memtype_wc(pci_resource_start(ug->pdev, bar),
					 pci_resource_len(ug->pdev, bar));
	if (!ret)
		ug->wc |= BIT(bar);
	return ug_note_error(ug, "wc", ret);
}

static int ug_set_wc(struct ug_device *ug, unsigned int bar, bool on)
{
	lockdep_assert_held(&ug->lock);

	/* One page must not be mapped as two types. */
	if (ug->openers)
		return -EBUSY;
	if (on == ug_is_wc(ug, bar))
		return 0;
	if (on)
		return ug_reserve_wc(ug, bar);
	ug_free_wc(ug, bar);
	return 0;
}

void ug_wc_exit(struct ug_device *ug)
{
	unsigned int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (ug_is_wc(ug, bar))
			ug_free_wc(ug, bar);
}

static unsigned int ug_bar_of(const struct device_attribute *attr)
{
	return attr - dev_attr_bar_wc;
}

static ssize_t wc_show(struct device *dev, struct device_attribute *attr,
		       char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", ug_is_wc(ug, ug_bar_of(attr)));
}

static ssize_t wc_store(struct device *dev, struct device_attribute *attr,
			const char *buf, size_t count)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	bool on;
	int ret = kstrtobool(buf, &on);

	if (ret)
		return ret;

	mutex_lock(&ug->lock);
	ret = ug_set_wc(ug, ug_bar_of(attr), on);
	mutex_unlock(&ug->lock);

	return ret ?: count;
}

struct device_attribute dev_attr_bar_wc[PCI_STD_NUM_BARS] = {
	__ATTR(bar0_wc, 0644, wc_show, wc_store),
	__ATTR(bar1_wc, 0644, wc_show, wc_store),
	__ATTR(bar2_wc, 0644, wc_show, wc_store),
	__ATTR(bar3_wc, 0644, wc_show, wc_store),
	__ATTR(bar4_wc, 0644, wc_show, wc_store),
	__ATTR(bar5_wc, 0644, wc_show, wc_store),
};

umode_t ug_wc_visible(const struct pci_dev *pdev, const struct attribute *attr)
{
	unsigned int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (attr == &dev_attr_bar_wc[bar].attr &&
		    !(pci_resource_flags(pdev, bar) & IORESOURCE_MEM &&
		      pci_resource_len(pdev, bar)))
			return 0;
	return attr->mode;
}

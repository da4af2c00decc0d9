// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does an IOMMU stand between the device and the memory?
 *
 * A user-space driver behind UIO programs physical addresses.  Where the
 * device's IOMMU domain translates, as it does by default on Debian, these hit
 * nothing: the DMA faults, and only the kernel log of the host tells.
 */
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "ug.h"

static bool refuse_translated;
module_param(refuse_translated, bool, 0644);
MODULE_PARM_DESC(refuse_translated,
		 "do not bind devices for which an IOMMU translates (default: bind and warn)");

enum ug_iommu ug_iommu_of(struct pci_dev *pdev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);

	if (!domain)
		return UG_IOMMU_ABSENT;
	if (domain->type & __IOMMU_DOMAIN_PAGING)
		return UG_IOMMU_TRANSLATES;
	return UG_IOMMU_IDENTITY;
}

int ug_iommu_check(struct pci_dev *pdev)
{
	if (ug_iommu_of(pdev) != UG_IOMMU_TRANSLATES)
		return 0;

	pci_warn(pdev,
		 "the IOMMU translates for this device, DMA with physical addresses will fault; unbind, 'echo identity > /sys/bus/pci/devices/%s/iommu_group/type' (or boot with iommu=pt), and bind again\n",
		 pci_name(pdev));
	return READ_ONCE(refuse_translated) ? -EPERM : 0;
}

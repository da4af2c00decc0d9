// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions of a device that the driver has: made and taken away by
 * sriov_numvfs or, under the name igb_uio, max_vfs; gone when it is unbound.
 *
 * A VF has a driver of its own.  What matters here is VFIO: it removes no device
 * that its user, a guest's QEMU for example, has not let go of.
 */
#include <linux/iommu.h>
#include <linux/pci.h>

#include "ug.h"

/* The VF is not locked, but a driver that is come to by its bus does not go away. */
static int ug_is_its_driver(struct device_driver *drv, void *vf)
{
	return READ_ONCE(((struct pci_dev *)vf)->dev.driver) == drv &&
		pci_driver_manages_dma(to_pci_driver(drv));
}

/*
 * VFIO claims the DMA of the group for as long as a user has a part of it.  So does
 * the kernel for its own drivers, but these do not manage DMA by themselves.  Of a group
 * with the PF, which we have, no user can have a part.
 */
static bool ug_is_in_use(struct pci_dev *vf)
{
	struct iommu_group *group = iommu_group_get(&vf->dev);
	struct iommu_group *pf_group = iommu_group_get(&pci_physfn(vf)->dev);
	bool claimed = group && iommu_group_dma_owner_claimed(group);

	iommu_group_put(group);
	iommu_group_put(pf_group);
	return claimed && group != pf_group &&
		bus_for_each_drv(&pci_bus_type, NULL, vf, ug_is_its_driver);
}

/* Returns a reference, or NULL. */
static struct pci_dev *ug_vf_in_use(struct pci_dev *pf)
{
	struct pci_dev *vf = NULL;

	for_each_pci_dev(vf)
		if (vf->is_virtfn && pci_physfn(vf) == pf && ug_is_in_use(vf))
			break;
	return vf;
}

int ug_sriov_configure(struct pci_dev *pdev, int nr)
{
	struct pci_dev *vf = ug_vf_in_use(pdev);

	if (vf) {
		pci_warn(pdev, "%s is in use through VFIO: its user must let go of it before the number of virtual functions can change\n",
			 pci_name(vf));
		pci_dev_put(vf);
		return -EBUSY;
	}

	return pci_sriov_configure_simple(pdev, nr);
}

/* One that Xen has given to a guest must stay. */
void ug_sriov_exit(struct pci_dev *pdev)
{
	struct pci_dev *vf;

	if (!pci_num_vf(pdev))
		return;

	if (pci_vfs_assigned(pdev)) {
		pci_warn(pdev, "virtual functions are assigned to a guest and stay\n");
		return;
	}

	vf = ug_vf_in_use(pdev);
	if (vf)
		pci_warn(pdev, "%s is in use through VFIO: waiting until its user, who is asked to, lets go of it\n",
			 pci_name(vf));
	pci_dev_put(vf);
	pci_disable_sriov(pdev);
}

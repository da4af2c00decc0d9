/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMPAT_LINUX_PCI_H
#define COMPAT_LINUX_PCI_H

#include_next <linux/pci.h>

/*
 * From 6.1 on struct pci_driver has dev_groups of its own, and overwrites those
 * in the embedded device_driver with it.  In 5.10, the embedded ones count.
 */
#ifndef HAVE_PCI_DRIVER_DEV_GROUPS
#define dev_groups driver.dev_groups
#endif

/* In 6.1, the override is the PCI core's own; without vfio_lite, there is no use for it. */
#if !defined(HAVE_DEVICE_DRIVER_OVERRIDE) && defined(HAVE_VFIO_CORE)
static inline int device_set_driver_override(struct device *dev, const char *name)
{
	return driver_set_override(dev, &to_pci_dev(dev)->driver_override, name,
				   strlen(name));
}
#endif

/* In 5.10 a driver cannot say so, and nobody asks for the DMA of a group. */
#ifdef HAVE_IOMMU_DMA_OWNER
#define pci_driver_manages_dma(drv)	((drv)->driver_managed_dma)
#else
#define pci_driver_manages_dma(drv)	((void)(drv), false)
#endif

/* In 5.10 a reset by FLR is two functions, one of which only asks. */
#ifndef HAVE_PCI_RESET_FLR
#define PCI_RESET_PROBE		true
#define PCI_RESET_DO_RESET	false

static inline int pcie_reset_flr(struct pci_dev *dev, bool probe)
{
	if (!pcie_has_flr(dev))
		return -ENOTTY;
	return probe ? 0 : pcie_flr(dev);
}
#endif

/* Without SR-IOV it is no function, but NULL. */
#ifndef CONFIG_PCI_IOV
#undef pci_sriov_configure_simple
static inline int pci_sriov_configure_simple(struct pci_dev *dev, int nr)
{
	return -EOPNOTSUPP;
}
#endif

/* Not for modules in 5.10; this is all that it does there, in that order. */
#ifndef HAVE_PCI_DEV_TRYLOCK
static inline int pci_dev_trylock(struct pci_dev *dev)
{
	if (!pci_cfg_access_trylock(dev))
		return 0;
	if (device_trylock(&dev->dev))
		return 1;
	pci_cfg_access_unlock(dev);
	return 0;
}

static inline void pci_dev_unlock(struct pci_dev *dev)
{
	device_unlock(&dev->dev);
	pci_cfg_access_unlock(dev);
}
#endif

/* Before 6.2 MSI-X has the vectors that it was enabled with, and no others. */
#ifndef HAVE_PCI_MSIX_ALLOC_DYN
struct irq_affinity_desc;

struct msi_map {
	int index;
	int virq;
};

static inline bool pci_msix_can_alloc_dyn(struct pci_dev *dev)
{
	return false;
}

static inline struct msi_map
pci_msix_alloc_irq_at(struct pci_dev *dev, unsigned int index,
		      const struct irq_affinity_desc *affdesc)
{
	return (struct msi_map) { .index = -EOPNOTSUPP };
}

static inline void pci_msix_free_irq(struct pci_dev *dev, struct msi_map map)
{
}
#endif

#endif

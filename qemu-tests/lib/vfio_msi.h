/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of VFIO as it takes to be sent one MSI by a device.
 */
#ifndef LIB_VFIO_MSI_H
#define LIB_VFIO_MSI_H

#include "pci.h"

/* A device that vfio-pci drives, opened by way of its IOMMU group. */
int vfio_open(const struct pci_dev *dev);

/* All of BAR @bar, through the device's file. */
void *vfio_map_bar(int device, int bar);

/* Switch bus mastering and MSI on; the eventfd that the MSI counts up. */
int vfio_enable_msi(int device);

#endif /* LIB_VFIO_MSI_H */

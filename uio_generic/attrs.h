/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes that are not defined in sysfs.c, which lists them all: each is
 * where what it shows or sets is.
 */
#ifndef UIO_GENERIC_ATTRS_H
#define UIO_GENERIC_ATTRS_H

#include <linux/device.h>
#include <linux/pci.h>

/* tell.c */
extern struct device_attribute dev_attr_open_count;
extern struct device_attribute dev_attr_irq_count;
extern struct device_attribute dev_attr_bus_master;
extern struct device_attribute dev_attr_iommu;
extern struct device_attribute dev_attr_lockdown;
extern struct device_attribute dev_attr_last_error;

/* state.c */
extern struct device_attribute dev_attr_state;
extern struct device_attribute dev_attr_resets;
extern struct device_attribute dev_attr_reset_on_release;

/* vectors.c */
extern struct device_attribute dev_attr_vectors;
extern struct device_attribute dev_attr_nr_vectors;

/* wc.c: one for each BAR; only those of memory BARs are to be seen. */
extern struct device_attribute dev_attr_bar_wc[PCI_STD_NUM_BARS];
umode_t ug_wc_visible(const struct pci_dev *pdev, const struct attribute *attr);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI functions as sysfs shows them: finding, binding, resources, config space.
 */
#ifndef LIB_PCI_H
#define LIB_PCI_H

#include <linux/pci_regs.h>

#include "sys.h"

struct pci_dev {
	char bdf[16];		/* as in 0000:00:04.0; a handle, not a hold */
};

struct pci_resource {
	u64 start;
	u64 end;
	u64 flags;		/* the IORESOURCE_* bits of the kernel */
};

#define PCI_BARS		6
#define RESOURCE_IO		0x00000100
#define RESOURCE_MEM		0x00000200

/* Finding; @nth counts from 0 in the order of addresses. */
int __pci_find(u16 vendor, u16 device, int nth, struct pci_dev *dev);
struct pci_dev pci_find(u16 vendor, u16 device, int nth);
struct pci_dev pci_dut(void);
bool pci_present(const struct pci_dev *dev);

/* Attributes below the device's directory; @name may have slashes. */
void pci_path(const struct pci_dev *dev, const char *name, char *path, size_t size);
int __pci_attr_read(const struct pci_dev *dev, const char *name, char *buf, size_t size);
void pci_attr_read(const struct pci_dev *dev, const char *name, char *buf, size_t size);
u64 pci_attr_number(const struct pci_dev *dev, const char *name);
int __pci_attr_write(const struct pci_dev *dev, const char *name, const char *text);
void pci_attr_write(const struct pci_dev *dev, const char *name, const char *text);

/* Drivers */
void pci_driver_name(const struct pci_dev *dev, char *name, size_t size);
bool pci_driven_by(const struct pci_dev *dev, const char *driver);
int __pci_driver_write(const char *driver, const char *file, const char *text);
int __pci_new_id(const struct pci_dev *dev, const char *driver, bool add);
int __pci_bind(const struct pci_dev *dev, const char *driver);
void pci_bind(const struct pci_dev *dev, const char *driver);
int __pci_unbind(const struct pci_dev *dev);
void pci_unbind(const struct pci_dev *dev);

/* Is it suspended, since nobody uses it? */
bool pci_asleep(const struct pci_dev *dev);

/* Hot-plug as sysfs offers it */
void pci_remove(const struct pci_dev *dev);
void pci_rescan(void);

/* Resources */
struct pci_resource pci_resource(const struct pci_dev *dev, int bar);
u64 pci_resource_len(const struct pci_resource *res);
void *__pci_map_bar(const struct pci_dev *dev, int bar);
void *pci_map_bar(const struct pci_dev *dev, int bar);
void pci_unmap_bar(void *regs, u64 len);

/* Config space */
u32 pci_config_read(const struct pci_dev *dev, int offset, int size);
void pci_config_write(const struct pci_dev *dev, int offset, int size, u32 value);
int pci_find_cap(const struct pci_dev *dev, u8 id);
bool pci_bus_master(const struct pci_dev *dev);
bool pci_intx_disabled(const struct pci_dev *dev);
bool pci_intx_pending(const struct pci_dev *dev);
bool pci_msi_enabled(const struct pci_dev *dev);
bool pci_msix_enabled(const struct pci_dev *dev);

#endif /* LIB_PCI_H */

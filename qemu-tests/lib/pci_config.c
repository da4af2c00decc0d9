// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space by way of sysfs, and the bits of it that tests ask about.
 * See pci.h.
 */
#include <fcntl.h>
#include <unistd.h>

#include "ktap.h"
#include "pci.h"

static int config_open(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	pci_path(dev, "config", path, sizeof(path));
	return MUST(open(path, O_RDWR | O_CLOEXEC));
}

u32 pci_config_read(const struct pci_dev *dev, int offset, int size)
{
	int fd = config_open(dev);
	u32 value = 0;

	CHECK_EQ(pread(fd, &value, size, offset), size);
	close(fd);
	return value;
}

void pci_config_write(const struct pci_dev *dev, int offset, int size, u32 value)
{
	int fd = config_open(dev);

	CHECK_EQ(pwrite(fd, &value, size, offset), size);
	close(fd);
}

/* The offset of a capability in config space, 0 if the device lacks it. */
int pci_find_cap(const struct pci_dev *dev, u8 id)
{
	int hops, at = 0;

	if (pci_config_read(dev, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST)
		at = pci_config_read(dev, PCI_CAPABILITY_LIST, 1) & ~3;
	for (hops = 0; at && hops < 48; hops++) {
		if (pci_config_read(dev, at + PCI_CAP_LIST_ID, 1) == id)
			return at;
		at = pci_config_read(dev, at + PCI_CAP_LIST_NEXT, 1) & ~3;
	}
	return 0;
}

static bool command_bit(const struct pci_dev *dev, u16 bit)
{
	return pci_config_read(dev, PCI_COMMAND, 2) & bit;
}

bool pci_bus_master(const struct pci_dev *dev)
{
	return command_bit(dev, PCI_COMMAND_MASTER);
}

bool pci_intx_disabled(const struct pci_dev *dev)
{
	return command_bit(dev, PCI_COMMAND_INTX_DISABLE);
}

bool pci_intx_pending(const struct pci_dev *dev)
{
	return pci_config_read(dev, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT;
}

bool pci_msi_enabled(const struct pci_dev *dev)
{
	int cap = pci_find_cap(dev, PCI_CAP_ID_MSI);

	return cap && (pci_config_read(dev, cap + PCI_MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE);
}

bool pci_msix_enabled(const struct pci_dev *dev)
{
	int cap = pci_find_cap(dev, PCI_CAP_ID_MSIX);

	return cap && (pci_config_read(dev, cap + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE);
}

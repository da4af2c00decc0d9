// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the system has of a device. See idle.h.
 */
#include <stdio.h>
#include <string.h>

#include "idle.h"
#include "ktap.h"

/* A file of /proc, whole, however many reads it takes. */
static void read_all(const char *path, char *text)
{
	FILE *file = fopen(path, "r");
	size_t len;

	CHECK(file);
	len = fread(text, 1, IDLE_LEN, file);
	CHECK(len < IDLE_LEN);
	text[len] = '\0';
	fclose(file);
}

void idle_hold(const struct pci_dev *dev)
{
	if (!pci_driven_by(dev, ""))
		pci_unbind(dev);
	pci_attr_write(dev, "enable", "1");
}

void idle_release(const struct pci_dev *dev)
{
	pci_attr_write(dev, "enable", "0");
}

void idle_note(struct idle *idle, const struct pci_dev *dev)
{
	idle->dev = *dev;
	pci_driver_name(dev, idle->driver, sizeof(idle->driver));
	idle->command = pci_config_read(dev, PCI_COMMAND, 2);
	idle->enabled = pci_attr_number(dev, "enable");
	read_all("/proc/iomem", idle->iomem);
	read_all("/proc/ioports", idle->ioports);
}

/* The drivers name each after the device, in parentheses. */
static bool has_interrupt(const struct pci_dev *dev)
{
	static char text[IDLE_LEN];
	char name[32];

	snprintf(name, sizeof(name), "(%s)", dev->bdf);
	read_all("/proc/interrupts", text);
	return strstr(text, name);
}

void idle_check(const struct idle *idle)
{
	static struct idle now;

	idle_note(&now, &idle->dev);
	CHECK_STR(now.driver, idle->driver);
	CHECK_EQ(now.command, idle->command);
	CHECK_EQ(now.enabled, idle->enabled);
	CHECK_STR(now.iomem, idle->iomem);
	CHECK_STR(now.ioports, idle->ioports);
	CHECK(!has_interrupt(&idle->dev));
	CHECK(!pci_msi_enabled(&idle->dev) && !pci_msix_enabled(&idle->dev));
}

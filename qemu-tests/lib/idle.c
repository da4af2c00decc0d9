// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the system has of a device. See idle.h.
 */
#include <stdio.h>
#include <string.h>

#include "idle.h"
#include "ktap.h"

#define IDLE_LEN	16384

struct idle {
	struct pci_dev dev;
	char driver[64];
	u16 command;		/* of config space */
	u64 enabled;		/* how often it has been enabled */
	int mapped;		/* how often the kernel has its BARs or ROM mapped */
	char iomem[IDLE_LEN];
	char ioports[IDLE_LEN];
};

static struct idle noted;

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
	if (pci_attr_number(dev, "enable"))
		pci_attr_write(dev, "enable", "0");
}

/* What no file of sysfs tells, and kmemleak does not see: areas of it refer to each other. */
static int count_lines(const char *path, const char *part)
{
	FILE *file = fopen(path, "r");
	char line[512];
	int count = 0;

	CHECK(file);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, part))
			count++;
	fclose(file);
	return count;
}

static int count_mappings(const struct pci_dev *dev)
{
	struct pci_resource res;
	int bar, count = 0;
	char phys[32];

	for (bar = 0; bar <= PCI_BARS; bar++) {
		res = pci_resource(dev, bar);
		if (!(res.flags & RESOURCE_MEM))
			continue;
		snprintf(phys, sizeof(phys), "phys=%#018llx ", res.start & ~0xfffULL);
		count += count_lines("/proc/vmallocinfo", phys);
	}
	return count;
}

static void look(struct idle *idle, const struct pci_dev *dev)
{
	idle->dev = *dev;
	pci_driver_name(dev, idle->driver, sizeof(idle->driver));
	idle->command = pci_config_read(dev, PCI_COMMAND, 2);
	idle->enabled = pci_attr_number(dev, "enable");
	idle->mapped = count_mappings(dev);
	read_all("/proc/iomem", idle->iomem);
	read_all("/proc/ioports", idle->ioports);
}

void idle_note(const struct pci_dev *dev)
{
	look(&noted, dev);
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

void idle_check(void)
{
	static struct idle now;

	look(&now, &noted.dev);
	CHECK_STR(now.driver, noted.driver);
	CHECK_EQ(now.command, noted.command);
	CHECK_EQ(now.enabled, noted.enabled);
	CHECK_EQ(now.mapped, noted.mapped);
	CHECK_STR(now.iomem, noted.iomem);
	CHECK_STR(now.ioports, noted.ioports);
	CHECK(!has_interrupt(&noted.dev));
	CHECK(!pci_msi_enabled(&noted.dev) && !pci_msix_enabled(&noted.dev));
}

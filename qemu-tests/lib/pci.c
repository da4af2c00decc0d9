// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI functions as sysfs shows them. See pci.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "pci.h"

#define DEVICES		"/sys/bus/pci/devices"
#define DRIVERS		"/sys/bus/pci/drivers"

void pci_path(const struct pci_dev *dev, const char *name, char *path, size_t size)
{
	snprintf(path, size, DEVICES "/%s/%s", dev->bdf, name);
}

int __pci_attr_read(const struct pci_dev *dev, const char *name, char *buf, size_t size)
{
	char path[PATH_LEN];

	pci_path(dev, name, path, sizeof(path));
	return __file_read(path, buf, size);
}

void pci_attr_read(const struct pci_dev *dev, const char *name, char *buf, size_t size)
{
	int ret = __pci_attr_read(dev, name, buf, size);

	if (ret)
		FAIL("read of %s/%s: %s", dev->bdf, name, strerror(-ret));
}

u64 pci_attr_number(const struct pci_dev *dev, const char *name)
{
	char text[64];

	pci_attr_read(dev, name, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

int __pci_attr_write(const struct pci_dev *dev, const char *name, const char *text)
{
	char path[PATH_LEN];

	pci_path(dev, name, path, sizeof(path));
	return __file_write(path, text);
}

void pci_attr_write(const struct pci_dev *dev, const char *name, const char *text)
{
	int ret = __pci_attr_write(dev, name, text);

	if (ret)
		FAIL("write of \"%s\" to %s/%s: %s", text, dev->bdf, name, strerror(-ret));
}

static bool has_ids(const char *bdf, u16 vendor, u16 device)
{
	struct pci_dev dev;
	char text[16];

	snprintf(dev.bdf, sizeof(dev.bdf), "%.15s", bdf);
	if (bdf[0] == '.' || __pci_attr_read(&dev, "vendor", text, sizeof(text)) ||
	    strtoul(text, NULL, 16) != vendor)
		return false;
	return !__pci_attr_read(&dev, "device", text, sizeof(text)) &&
	       strtoul(text, NULL, 16) == device;
}

int __pci_find(u16 vendor, u16 device, int nth, struct pci_dev *dev)
{
	struct dirent **names;
	int i, ret = -ENODEV;
	int count = scandir(DEVICES, &names, NULL, alphasort);

	for (i = 0; i < count; i++) {
		if (ret && has_ids(names[i]->d_name, vendor, device) && !nth--) {
			snprintf(dev->bdf, sizeof(dev->bdf), "%.15s", names[i]->d_name);
			ret = 0;
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return ret;
}

struct pci_dev pci_find(u16 vendor, u16 device, int nth)
{
	struct pci_dev dev;

	if (__pci_find(vendor, device, nth, &dev))
		FAIL("no device %04x:%04x number %d here", vendor, device, nth);
	return dev;
}

/* The device under test, which the plan names. */
struct pci_dev pci_dut(void)
{
	u16 vendor, device;

	if (plan_dut(&vendor, &device))
		skip("this machine has no device under test");
	return pci_find(vendor, device, 0);
}

bool pci_present(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	pci_path(dev, "vendor", path, sizeof(path));
	return file_exists(path);
}

/* The empty string if no driver is bound. */
void pci_driver_name(const struct pci_dev *dev, char *name, size_t size)
{
	char path[PATH_LEN], target[PATH_LEN];
	ssize_t len;

	pci_path(dev, "driver", path, sizeof(path));
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	snprintf(name, size, "%s", len > 0 ? basename(target) : "");
}

bool pci_driven_by(const struct pci_dev *dev, const char *driver)
{
	char name[64];

	pci_driver_name(dev, name, sizeof(name));
	return !strcmp(name, driver);
}

int __pci_driver_write(const char *driver, const char *file, const char *text)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DRIVERS "/%s/%s", driver, file);
	return __file_write(path, text);
}

/* Tell @driver that it may (@add) or may no more drive devices like this one. */
int __pci_new_id(const struct pci_dev *dev, const char *driver, bool add)
{
	char id[32];

	snprintf(id, sizeof(id), "%04llx %04llx",
		 (unsigned long long)pci_attr_number(dev, "vendor"),
		 (unsigned long long)pci_attr_number(dev, "device"));
	return __pci_driver_write(driver, add ? "new_id" : "remove_id", id);
}

/* Hand the device over to @driver, and to it alone. */
int __pci_bind(const struct pci_dev *dev, const char *driver)
{
	int ret = __pci_attr_write(dev, "driver_override", driver);

	if (ret)
		return ret;
	if (!pci_driven_by(dev, "") && !pci_driven_by(dev, driver))
		pci_unbind(dev);
	ret = __file_write("/sys/bus/pci/drivers_probe", dev->bdf);
	return ret ?: pci_driven_by(dev, driver) ? 0 : -ENODEV;
}

void pci_bind(const struct pci_dev *dev, const char *driver)
{
	int ret = __pci_bind(dev, driver);

	if (ret)
		FAIL("%s does not drive %s: %s", driver, dev->bdf, strerror(-ret));
}

int __pci_unbind(const struct pci_dev *dev)
{
	return __pci_attr_write(dev, "driver/unbind", dev->bdf);
}

void pci_unbind(const struct pci_dev *dev)
{
	int ret = __pci_unbind(dev);

	if (ret)
		FAIL("unbind of %s: %s", dev->bdf, strerror(-ret));
}

bool pci_asleep(const struct pci_dev *dev)
{
	char text[32];

	pci_attr_read(dev, "power/runtime_status", text, sizeof(text));
	return !strcmp(text, "suspended");
}

void pci_remove(const struct pci_dev *dev)
{
	pci_attr_write(dev, "remove", "1");
}

void pci_rescan(void)
{
	MUST(__file_write("/sys/bus/pci/rescan", "1"));
}

struct pci_resource pci_resource(const struct pci_dev *dev, int bar)
{
	unsigned long long start, end, flags;
	struct pci_resource res = { 0 };
	char text[4096], *line, *rest;
	int i;

	pci_attr_read(dev, "resource", text, sizeof(text));
	line = strtok_r(text, "\n", &rest);
	for (i = 0; line && i < bar; i++)
		line = strtok_r(NULL, "\n", &rest);
	if (line && sscanf(line, "%llx %llx %llx", &start, &end, &flags) == 3)
		res = (struct pci_resource){ start, end, flags };
	return res;
}

u64 pci_resource_len(const struct pci_resource *res)
{
	return res->end ? res->end - res->start + 1 : 0;
}

/*
 * A memory BAR by way of sysfs, whoever drives the device: its first byte. NULL
 * if it cannot be had just now, with errno saying why.
 */
void *__pci_map_bar(const struct pci_dev *dev, int bar)
{
	struct pci_resource res = pci_resource(dev, bar);
	char name[16], path[PATH_LEN], *map;
	int fd;

	snprintf(name, sizeof(name), "resource%d", bar);
	pci_path(dev, name, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	map = mmap(NULL, pci_resource_len(&res), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map + res.start % getpagesize();
}

void *pci_map_bar(const struct pci_dev *dev, int bar)
{
	void *regs = __pci_map_bar(dev, bar);

	if (!regs)
		FAIL("mmap of %s/resource%d: %s", dev->bdf, bar, strerror(errno));
	return regs;
}

void pci_unmap_bar(void *regs, u64 len)
{
	size_t offset = (uintptr_t)regs % getpagesize();

	MUST(munmap((char *)regs - offset, offset + len));
}

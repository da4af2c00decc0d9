// SPDX-License-Identifier: GPL-2.0-only
/*
 * uio_generic as its users meet it. See ug.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "ug.h"

#define RAISED	0x1	/* any bits of edu's interrupt status will do */

void ug_load(const char *mode)
{
	char params[64];

	snprintf(params, sizeof(params), "intr_mode=%s", mode);
	module_load(UG, params);
}

/* Whatever drives it lets go of the device, and nothing claims it again. */
static void release_dut(void)
{
	struct pci_dev dev;
	u16 vendor, device;

	if (plan_dut(&vendor, &device) || __pci_find(vendor, device, 0, &dev))
		return;
	if (!pci_driven_by(&dev, ""))
		pci_unbind(&dev);
	__pci_attr_write(&dev, "driver_override", "\n");
	__pci_new_id(&dev, UG, false);
}

void ug_cleanup(void)
{
	release_dut();
	if (module_loaded(UG))
		CHECK(wait_for(!__module_unload(UG), SOON_MS));
}

void ug_attr(const struct pci_dev *dev, const char *name, char *buf, size_t size)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "uio_generic/%s", name);
	pci_attr_read(dev, path, buf, size);
}

u64 ug_number(const struct pci_dev *dev, const char *name)
{
	char text[64];

	ug_attr(dev, name, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

int __ug_write(const struct pci_dev *dev, const char *name, const char *text)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "uio_generic/%s", name);
	return __pci_attr_write(dev, path, text);
}

void ug_write(const struct pci_dev *dev, const char *name, const char *text)
{
	int ret = __ug_write(dev, name, text);

	if (ret)
		FAIL("write of \"%s\" to %s: %s", text, name, strerror(-ret));
}

void ug_check_attr(const struct pci_dev *dev, const char *name, const char *text)
{
	char now[256];

	ug_attr(dev, name, now, sizeof(now));
	CHECK_STR(now, text);
}

void ug_check_last_error(const struct pci_dev *dev, const char *text)
{
	ug_check_attr(dev, "last_error", text);
}

void ug_check_mode(const struct pci_dev *dev, const char *mode)
{
	ug_check_attr(dev, "intr_mode", mode);
}

int __ug_set_mode(const struct pci_dev *dev, const char *mode)
{
	return __ug_write(dev, "intr_mode", mode);
}

void ug_set_mode(const struct pci_dev *dev, const char *mode)
{
	MUST(__ug_set_mode(dev, mode));
}

/* One line of intr_choice, in full. */
void ug_check_choice(const struct pci_dev *dev, const char *line)
{
	char text[1024], whole[1024], *word, *rest;

	ug_attr(dev, "intr_choice", text, sizeof(text));
	memcpy(whole, text, sizeof(whole));
	for (word = strtok_r(text, "\n", &rest); word; word = strtok_r(NULL, "\n", &rest))
		if (!strcmp(word, line))
			return;
	FAIL("intr_choice has no line \"%s\", but: %s", line, whole);
}

int ug_open_count(const struct pci_dev *dev)
{
	return ug_number(dev, "open_count");
}

bool ug_ready(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	pci_path(dev, "uio_generic/open_count", path, sizeof(path));
	return file_exists(path);
}

static struct pci_dev bind_dev(struct pci_dev dev, const char *mode)
{
	ug_load(mode);
	pci_bind(&dev, UG);
	return dev;
}

struct pci_dev ug_bind(const char *mode)
{
	return bind_dev(pci_dut(), mode);
}

struct pci_dev ug_bind_edu(const char *mode)
{
	return bind_dev(edu_dut(), mode);
}

void ug_open(struct ug *ug, const struct pci_dev *dev)
{
	ug->dev = *dev;
	ug->fd = uio_open(dev);
	ug->map = uio_map_info(dev, 0);
	ug->regs = uio_mmap(ug->fd, dev, 0);
}

void ug_close(struct ug *ug)
{
	uio_munmap(ug->regs, &ug->map);
	MUST(close(ug->fd));
}

/* Whoever had it before may have left an interrupt pending. */
static void calm_down(const struct pci_dev *dev)
{
	struct pci_resource res = pci_resource(dev, 0);
	void *regs = pci_map_bar(dev, 0);

	edu_ack(regs);
	pci_unmap_bar(regs, pci_resource_len(&res));
}

struct ug ug_open_edu(const char *mode)
{
	struct pci_dev dev = ug_bind_edu(mode);
	struct ug ug;

	ug_check_mode(&dev, mode);
	calm_down(&dev);
	ug_open(&ug, &dev);
	return ug;
}

void ug_check_interrupt(struct ug *ug)
{
	u32 before = uio_event_attr(&ug->dev);

	edu_raise(ug->regs, RAISED);
	CHECK_EQ(uio_read(ug->fd), before + 1);
	edu_ack(ug->regs);
	uio_unmask(ug->fd);
}

/* INTX_DISABLE counts only where there is a pin to be kept quiet. */
bool ug_device_is_quiet(const struct pci_dev *dev)
{
	bool pin = pci_config_read(dev, PCI_INTERRUPT_PIN, 1);

	return !pci_bus_master(dev) && !pci_msi_enabled(dev) && !pci_msix_enabled(dev) &&
	       (!pin || pci_intx_disabled(dev));
}

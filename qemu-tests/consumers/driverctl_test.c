// SPDX-License-Identifier: GPL-2.0-only
/*
 * driverctl binds and remembers; lspci and lsuio show what is bound, and udev hears.
 *
 * Deadline: 400
 * Kernel: 5.10 6.1 6.12 7.2
 */
#include <stdio.h>
#include <string.h>

#include "lib/consumer.h"
#include "lib/debian.h"
#include "lib/ktap.h"

#define SECONDS	120

static struct program program;

static void run(const char *root, const char *name, const char *a, const char *b,
		const char *c)
{
	const char *const argv[] = { name, a, b, c, NULL };

	program_run(&program, root, argv, PROGRAM_MS);
}

static void check_said(const char *text)
{
	if (!strstr(program.text, text))
		FAIL("no \"%s\" in what %s says", text, program.name);
}

static struct pci_dev device(void)
{
	struct pci_dev pair[PORTS];

	nic_pair(nic_named(NULL), pair);
	return pair[0];
}

static void saved_override(const struct pci_dev *dev, char *path, size_t size)
{
	snprintf(path, size, "%s/etc/driverctl.d/pci-%s", consumer_root(), dev->bdf);
}

static void driverctl_sets_and_unsets(void)
{
	const char *kernel = nic_kernel_driver(nic_named(NULL));
	const char *driver = consumer_driver(), *root = consumer_root();
	struct pci_dev dev = device();
	char line[128], saved[2 * PATH_LEN], text[64];

	pci_bind(&dev, kernel);
	run(root, "/usr/sbin/driverctl", "set-override", dev.bdf, driver);
	CHECK(pci_driven_by(&dev, driver));
	saved_override(&dev, saved, sizeof(saved));
	MUST(__file_read(saved, text, sizeof(text)));
	CHECK_STR(text, driver);

	snprintf(line, sizeof(line), "%s %s", dev.bdf, driver);
	run(root, "/usr/sbin/driverctl", "list-overrides", NULL, NULL);
	check_said(line);
	run(root, "/usr/sbin/driverctl", "unset-override", dev.bdf, NULL);
	CHECK(pci_driven_by(&dev, kernel));
	CHECK(!file_exists(saved));
}

/* As at boot, when udev finds the device in driverctl's directory. */
static void driverctl_loads_what_it_saved(void)
{
	const char *driver = consumer_driver(), *root = consumer_root();
	struct pci_dev dev = device();

	run(root, "/usr/sbin/driverctl", "set-override", dev.bdf, driver);
	pci_attr_write(&dev, "driver_override", "\n");
	pci_unbind(&dev);
	run(root, "/usr/sbin/driverctl", "load-override", dev.bdf, NULL);
	CHECK(pci_driven_by(&dev, driver));
}

static void lspci_shows_driver(void)
{
	const char *driver = consumer_driver();
	struct pci_dev dev = device();
	char text[64];

	pci_bind(&dev, driver);
	run(consumer_root(), "/usr/bin/lspci", "-k", "-s", dev.bdf);
	snprintf(text, sizeof(text), "Kernel driver in use: %s", driver);
	check_said(text);
}

/*
 * It comes from a suite of its own.  How it ends does not count: that release
 * aborts in free() when it has listed everything, whatever the driver.
 */
static void lsuio_lists(void)
{
	const char *driver = consumer_driver();
	const char *const argv[] = { "/usr/bin/lsuio", "-v", NULL };
	struct pci_dev dev = device();
	char text[64];

	if (consumer_is_vfio())
		skip("it lists UIO devices");
	pci_bind(&dev, driver);
	program_start(&program, debian_root("trixie"), argv);
	program_end(&program, PROGRAM_MS);
	snprintf(text, sizeof(text), "Name   : %s", driver);
	check_said(text);
	check_said("DevNode: /dev/uio0");
}

/* What makes /dev/uioN, its permissions and links: the child of the PCI device. */
static void udev_sees_it_come_and_go(void)
{
	const char *driver = consumer_driver();
	const char *const argv[] = {
		"/usr/bin/env", "SYSTEMD_IGNORE_CHROOT=1",
		"/usr/bin/udevadm", "monitor", "--kernel", "--subsystem-match=uio", NULL,
	};
	struct pci_dev dev = device();
	char text[128];

	if (consumer_is_vfio())
		skip("it is about UIO devices");
	pci_bind(&dev, driver);
	pci_unbind(&dev);
	program_start(&program, consumer_root(), argv);
	program_expect(&program, "KERNEL - the kernel uevent", PROGRAM_MS);
	pci_bind(&dev, driver);
	snprintf(text, sizeof(text), "/%s/uio/uio0 (uio)", dev.bdf);
	program_expect(&program, text, PROGRAM_MS);
	check_said("] add ");
	program_forget(&program);
	pci_unbind(&dev);
	program_expect(&program, text, PROGRAM_MS);
	check_said("] remove ");
}

int main(void)
{
	static const struct ktap_case cases[] = {
		SLOW_CASE(driverctl_sets_and_unsets, SECONDS),
		SLOW_CASE(driverctl_loads_what_it_saved, SECONDS),
		SLOW_CASE(lspci_shows_driver, SECONDS),
		SLOW_CASE(lsuio_lists, SECONDS),
		SLOW_CASE(udev_sees_it_come_and_go, SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), NULL);
}

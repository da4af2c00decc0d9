// SPDX-License-Identifier: GPL-2.0-only
/*
 * dpdk-devbind.py: lists, binds and unbinds.
 *
 * Deadline: 400
 * Kernel: 5.10 6.1 6.12 7.2
 */
#include <stdio.h>
#include <string.h>

#include "lib/consumer.h"
#include "lib/ktap.h"

#define SECONDS	180

static struct program devbind;

static void run(const char *option, const char *argument, const char *bdf)
{
	const char *const argv[] = {
		"/usr/bin/dpdk-devbind.py", option, argument, bdf, NULL
	};

	program_run(&devbind, consumer_root(), argv, PROGRAM_MS);
}

/* The line that --status has for a device. */
static void status_line(const char *bdf, char *line, size_t size)
{
	const char *at;

	run("--status", NULL, NULL);
	at = strstr(devbind.text, bdf);
	if (!at)
		FAIL("no line for %s", bdf);
	snprintf(line, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

static void check_status(const char *bdf, const char *text)
{
	char line[256];

	status_line(bdf, line, sizeof(line));
	if (!strstr(line, text))
		FAIL("no \"%s\" in \"%s\"", text, line);
}

static struct pci_dev device(void)
{
	struct pci_dev pair[PORTS];

	nic_pair(nic_named(NULL), pair);
	return pair[0];
}

/* The driver is offered as a choice, next to the kernel's own. */
static void lists(void)
{
	const char *kernel = nic_kernel_driver(nic_named(NULL));
	const char *driver = consumer_driver();
	struct pci_dev dev = device();
	char text[64];

	pci_bind(&dev, kernel);
	snprintf(text, sizeof(text), "drv=%s", kernel);
	check_status(dev.bdf, text);
	check_status(dev.bdf, "unused=");
	check_status(dev.bdf, driver);
}

/* From the kernel's driver to ours, and back. */
static void binds_and_unbinds(void)
{
	const char *kernel = nic_kernel_driver(nic_named(NULL));
	const char *driver = consumer_driver();
	struct pci_dev dev = device();
	char text[64];

	run("-b", driver, dev.bdf);
	CHECK(pci_driven_by(&dev, driver));
	snprintf(text, sizeof(text), "drv=%s", driver);
	check_status(dev.bdf, text);
	run("-b", kernel, dev.bdf);
	CHECK(pci_driven_by(&dev, kernel));
	run("-b", driver, dev.bdf);
	CHECK(pci_driven_by(&dev, driver));
	run("-u", dev.bdf, NULL);
	CHECK(pci_driven_by(&dev, ""));
}

int main(void)
{
	static const struct ktap_case cases[] = {
		SLOW_CASE(lists, SECONDS),
		SLOW_CASE(binds_and_unbinds, SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while virtual functions of a device of uio_generic are made and
 * unmade: an error to the user, none of them left, and it works when tried again.
 *
 * Machine: igb
 * Kernel: debug
 * Deadline: 240
 */
#include <errno.h>
#include <string.h>

#include "lib/fail_driver.h"
#include "lib/fail_vfs.h"
#include "lib/idle.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define IGB		"igb_uio"
#define ATTRIBUTES	"sriov_numvfs max_vfs"

static struct pci_dev dev;

/* The attribute of the PCI core's is that of any driver. */
static const char *driver_of(const char *attribute)
{
	return strcmp(attribute, "max_vfs") ? UG : IGB;
}

static void start(const char *attribute)
{
	const char *driver = driver_of(attribute);

	fail_init();
	dev = pci_dut();
	idle_hold(&dev);
	module_load(driver, "");
	pci_bind(&dev, driver);
	idle_note(&dev);
	fail_vfs_prepare(&dev, attribute, idle_check);
}

static void making_is_refused(void)
{
	start(ktap_variant());
	CHECK(fail_function("pci_iov_add_virtfn", -ENOMEM, &fail_vfs_making));
}

static void making_without_memory(void)
{
	start(ktap_variant());
	fail_spare(FAIL_SPARE_VF);
	CHECK(fail_memory(&fail_vfs_making));
}

static void unmaking_without_memory(void)
{
	start(ktap_variant());
	fail_memory(&fail_vfs_unmaking);
}

static void cleanup(void)
{
	struct pci_dev dut = pci_dut();

	/* It takes the device with it, and needs the other one. */
	if (module_loaded(IGB))
		module_unload(IGB);
	ug_cleanup();
	fail_cleanup();
	idle_release(&dut);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(making_is_refused, ATTRIBUTES, 60),
	SLOW_CASES(making_without_memory, ATTRIBUTES, 60),
	SLOW_CASES(unmaking_without_memory, ATTRIBUTES, 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

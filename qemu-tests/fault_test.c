// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while uio_generic or a drop-in is loaded, or a device is bound to it or
 * unbound: an error to the user, nothing left behind, and it works when tried again.
 *
 * Machine: edu
 * Kernel: debug
 * Deadline: 150
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fail_driver.h"
#include "lib/idle.h"
#include "lib/ktap.h"
#include "lib/ug.h"

static struct pci_dev dev;

static void check_bound(void)
{
	CHECK(ug_ready(&dev));
	CHECK(ug_device_is_quiet(&dev));
	MUST(close(uio_open(&dev)));
	fail_unbind();
}

static const struct fail_step binding = {
	.what = "bind", .act = fail_try_bind, .undo = check_bound, .check = idle_check,
};

static void start(void)
{
	fail_init();
	dev = pci_dut();
	idle_hold(&dev);
	ug_bind("auto");
	fail_bind_prepare(&dev, UG);
	idle_note(&dev);
}

/* 6.1 removes attributes of a driver that it could not make, and warns of it. */
static void skip_if_sysfs_warns(void)
{
	if (kernel_is_before(6, 12))
		skip("this kernel warns when it removes files that it could not make");
}

static void bind_without_memory(void)
{
	skip_if_sysfs_warns();
	start();
	CHECK(fail_memory(&binding));
}

static void bind_is_refused(void)
{
	start();
	CHECK(fail_function("pci_enable_device_flags", -EIO, &binding));
	CHECK(fail_function("__uio_register_device", -EBUSY, &binding));
}

static void bind_without_attributes(void)
{
	skip_if_sysfs_warns();
	start();
	CHECK(fail_function("internal_create_group", -ENOMEM, &binding));
}

static void new_id_without_memory(void)
{
	skip_if_sysfs_warns();
	start();
	fail_new_id(idle_check);
}

/* It can do with the rest of the device. */
static void bind_does_without(void)
{
	start();
	CHECK(!fail_function("pci_enable_device", -EIO, &binding));
	CHECK(!fail_function("dma_set_mask", -EIO, &binding));
}

static void unbind_without_memory(void)
{
	start();
	fail_memory_in_unbind(idle_check);
}

/* --- the modules --- */

static void unload(void)
{
	module_unload(ktap_variant());
}

static void check_unloaded(void)
{
	char path[PATH_LEN];

	CHECK(!module_loaded(ktap_variant()));
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s", ktap_variant());
	CHECK(!file_exists(path));
}

static const struct fail_step loading = {
	.what = "load", .act = fail_try_load, .undo = unload, .check = check_unloaded,
};

static void load_is_refused(void)
{
	fail_init();
	module_load(ktap_variant(), "");
	unload();
	fail_load_prepare(ktap_variant(), "");
	CHECK(fail_function("__pci_register_driver", -ENOMEM, &loading));
	fail_only(FAIL_ONLY_REGISTER);
	CHECK(fail_memory(&loading));
}

static void cleanup(void)
{
	struct pci_dev dut = pci_dut();

	ug_cleanup();
	fail_cleanup();
	idle_release(&dut);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(bind_without_memory, 60),
	SLOW_CASE(bind_is_refused, 60),
	SLOW_CASE(bind_without_attributes, 60),
	SLOW_CASE(new_id_without_memory, 60),
	CASE(bind_does_without),
	SLOW_CASE(unbind_without_memory, 60),
	SLOW_CASES(load_is_refused, UG " igb_uio uio_pci_generic", 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

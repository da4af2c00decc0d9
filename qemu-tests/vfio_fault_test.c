// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while vfio_lite is loaded, or a device is bound to it or unbound: an
 * error to the user, nothing left behind, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>

#include "lib/fail_driver.h"
#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define NAME	"vfio-lite"
#define MODULE	"vfio_lite"

static struct pci_dev dev;

/* --- bind and unbind --- */

static const struct fail_step binding = {
	.what = "bind", .act = fail_try_bind, .undo = fail_unbind, .check = idle_check,
};

static void start(void)
{
	dev = vfio_fault_hold("igb");
	vfio_bind(&dev, NAME);
	fail_bind_prepare(&dev, NAME);
	idle_note(&dev);
}

static void bind_without_memory(void)
{
	start();
	fail_spare(FAIL_SPARE_GROUP);
	CHECK(fail_memory(&binding));
}

static void bind_is_refused(void)
{
	start();
	CHECK(fail_function("_vfio_alloc_device", -ENOMEM, &binding));
	CHECK(fail_function("vfio_assign_device_set", -ENOMEM, &binding));
	CHECK(fail_function("vfl_vga_init", -EINVAL, &binding));
	CHECK(fail_function("vfio_register_group_dev", -EINVAL, &binding));
}

/* The core says no to either, and does not say why. */
static void iommu_that_is_not_coherent_is_told(void)
{
	int log = kmsg_open();

	start();
	fail_begin("device_iommu_capable", 0, 0);
	CHECK_EQ(fail_try_bind(), -EINVAL);
	fail_end();
	CHECK(kmsg_has(log, "does not keep DMA coherent with caches, not bound"));
	pci_bind(&dev, NAME);
}

static void new_id_without_memory(void)
{
	start();
	fail_spare(FAIL_SPARE_GROUP);
	fail_new_id(idle_check);
}

static void unbind_without_memory(void)
{
	start();
	fail_memory_in_unbind(idle_check);
}

/* --- the module --- */

static void unload(void)
{
	module_unload(MODULE);
}

/* Loaded, it has what it was told to take. */
static void check_loaded(void)
{
	CHECK(pci_driven_by(&dev, NAME));
	unload();
}

static void check_unloaded(void)
{
	CHECK(!module_loaded(MODULE));
	CHECK(!file_exists("/sys/bus/pci/drivers/" NAME));
	idle_check();
}

static const struct fail_step loading = {
	.what = "load", .act = fail_try_load, .undo = check_loaded, .check = check_unloaded,
};

static void start_load(void)
{
	static const char params[] = "ids=8086:ffff,,1b36:0005";

	dev = vfio_fault_hold("testdev");
	vfio_load(NAME, params);
	unload();
	idle_note(&dev);
	fail_load_prepare(MODULE, params);
}

static void load_is_refused(void)
{
	start_load();
	CHECK(fail_function("bus_register_notifier", -ENOMEM, &loading));
	CHECK(fail_function("__pci_register_driver", -ENOMEM, &loading));
	fail_only(FAIL_ONLY_REGISTER);
	CHECK(fail_memory(&loading));
}

/* An ID that cannot be added is told in the log, and the others can. */
static const struct fail_step loading_ids = {
	.what = "load with IDs", .act = fail_try_load, .undo = unload,
	.check = check_unloaded,
};

static void ids_are_refused(void)
{
	int log = kmsg_open();

	start_load();
	CHECK(!fail_function("pci_add_dynid", -ENOMEM, &loading_ids));
	CHECK(kmsg_has(log, "ids: \"8086:ffff\" not added"));
	fail_spare(FAIL_SPARE_GROUP);
	fail_only(FAIL_ONLY_ADD_ID);
	/* What becomes an error is the copy of the parameters, of which none is spared. */
	fail_memory(&loading_ids);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(bind_without_memory, 60),
	SLOW_CASE(bind_is_refused, 60),
	CASE(iommu_that_is_not_coherent_is_told),
	SLOW_CASE(new_id_without_memory, 60),
	SLOW_CASE(unbind_without_memory, 60),
	SLOW_CASE(load_is_refused, 60),
	SLOW_CASE(ids_are_refused, 90),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}

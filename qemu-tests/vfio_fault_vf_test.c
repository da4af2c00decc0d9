// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while virtual functions of a device of vfio_lite are made, bound and
 * unmade: an error to the user, none of them left, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>

#include "lib/fail_driver.h"
#include "lib/fail_vfs.h"
#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define NAME	"vfio-lite"

/* Keeps a VF from other drivers, for which it copies the name of this one. */
#define FAIL_ONLY_NOTIFIER	"vfl_sriov_event", "vfl_sriov_init"

static void start(void)
{
	struct pci_dev dev = vfio_fault_hold("igb");

	vfio_load(NAME, "enable_sriov=1");
	vfio_bind(&dev, NAME);
	idle_note(&dev);
	fail_vfs_prepare(&dev, "sriov_numvfs", idle_check);
}

static void making_is_refused(void)
{
	start();
	fail_begin("rpm_resume", -EIO, 0);
	CHECK_EQ(fail_vfs_making.act(), -EIO);
	fail_end();
	fail_vfs_check();
	CHECK(fail_function("pci_enable_sriov", -ENOMEM, &fail_vfs_making));
	/* Takes VFs away again, for which the kernel sleeps a second each time. */
	if (stress_is_wanted())
		CHECK(fail_function("pci_iov_add_virtfn", -ENOMEM, &fail_vfs_making));
}

static struct pci_dev pf;

static void check_asleep(void)
{
	CHECK(wait_for(pci_asleep(&pf), SOON_MS));
	idle_check();
}

/* It is kept awake for VFs that there are. */
static void pf_without_vfs_sleeps(void)
{
	pf = vfio_fault_hold("igb");
	vfio_load(NAME, "enable_sriov=1 disable_idle_d3=0");
	vfio_bind(&pf, NAME);
	CHECK(wait_for(pci_asleep(&pf), SOON_MS));
	idle_note(&pf);
	fail_vfs_prepare(&pf, "sriov_numvfs", check_asleep);
	CHECK(fail_function("pci_enable_sriov", -ENOMEM, &fail_vfs_making));
}

static void making_without_memory(void)
{
	start();
	fail_spare(FAIL_SPARE_VF);
	CHECK(fail_memory(&fail_vfs_making));
}

/* Then it is said in the log, and the VF is there; only the copy of the text is an error. */
static void vf_is_not_kept_from_others(void)
{
	int log = kmsg_open();

	start();
	fail_only(FAIL_ONLY_NOTIFIER);
	CHECK_EQ(fail_memory(&fail_vfs_making), 1);
	CHECK(kmsg_has(log, "could not be kept from other drivers"));
}

static void unmaking_without_memory(void)
{
	start();
	fail_memory(&fail_vfs_unmaking);
}

/* --- a VF whose physical function is there, too --- */

static const struct fail_step binding = {
	.what = "bind of a VF", .act = fail_try_bind, .undo = fail_unbind,
	.check = idle_check,
};

static void vf_without_memory(void)
{
	struct pci_dev vf;

	start();
	fail_vfs_make();
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, NAME), SOON_MS));
	idle_hold(&vf);
	vfio_bind(&vf, NAME);
	fail_bind_prepare(&vf, NAME);
	idle_note(&vf);
	fail_spare(FAIL_SPARE_GROUP);
	CHECK(fail_memory(&binding));
	CHECK(fail_function("vfio_register_group_dev", -EINVAL, &binding));
	fail_memory_in_unbind(idle_check);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(making_is_refused, 60),
	SLOW_CASE(pf_without_vfs_sleeps, 60),
	SLOW_CASE(making_without_memory, 60),
	SLOW_CASE(vf_is_not_kept_from_others, 60),
	SLOW_CASE(unmaking_without_memory, 60),
	SLOW_CASE(vf_without_memory, 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions of a device that a UIO driver has: made by sriov_numvfs or,
 * under the name igb_uio, by max_vfs; gone when the device is unbound.
 *
 * Machine: igb
 * Deadline: 120
 */
#include <errno.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define IGB		"igb_uio"
#define VF_VENDOR	0x8086
#define VF_DEVICE	0x10ca

static int count_vfs(void)
{
	struct pci_dev vf;
	int n = 0;

	while (!__pci_find(VF_VENDOR, VF_DEVICE, n, &vf))
		n++;
	return n;
}

static void unbind_takes_them_away(const struct pci_dev *pf)
{
	CHECK_EQ(count_vfs(), 2);
	pci_unbind(pf);
	CHECK_EQ(count_vfs(), 0);
}

static void sriov_numvfs_makes_them(void)
{
	struct pci_dev pf = ug_bind("none");

	pci_attr_write(&pf, "sriov_numvfs", "2");
	unbind_takes_them_away(&pf);
}

static void max_vfs_makes_them(void)
{
	struct pci_dev pf = pci_dut();

	module_load(IGB, "");
	pci_bind(&pf, IGB);
	pci_attr_write(&pf, "max_vfs", "1");
	CHECK_EQ(pci_attr_number(&pf, "max_vfs"), 1);
	CHECK_EQ(__pci_attr_write(&pf, "max_vfs", "2"), -EINVAL);
	pci_attr_write(&pf, "max_vfs", "0");
	CHECK_EQ(count_vfs(), 0);
	CHECK(__pci_attr_write(&pf, "max_vfs", "100") < 0);
	pci_attr_write(&pf, "max_vfs", "2");
	unbind_takes_them_away(&pf);
}

/* They would lose their state, too. */
static void they_forbid_a_reset_at_close(void)
{
	struct pci_dev pf = ug_bind("none");

	ug_write(&pf, "reset_on_release", "1");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	MUST(close(uio_open(&pf)));
	CHECK_EQ(ug_number(&pf, "resets"), 0);
	ug_check_last_error(&pf, "reset: error -16");
	pci_attr_write(&pf, "sriov_numvfs", "0");
	MUST(close(uio_open(&pf)));
	CHECK_EQ(ug_number(&pf, "resets"), 1);
}

/* A VF takes its time to be made; a close, and the reset with it, comes in between. */
static void make_and_unmake(void *arg)
{
	u64 resets;
	int i;

	for (i = 0; i < stress_rounds(10, 100); i++) {
		pci_attr_write(arg, "sriov_numvfs", "2");
		pci_attr_write(arg, "sriov_numvfs", "0");
		resets = ug_number(arg, "resets");
		CHECK(wait_for(ug_number(arg, "resets") > resets, SOON_MS));
	}
}

static void made_while_it_is_closed(void)
{
	struct pci_dev pf = ug_bind("msix");
	int closes;

	ug_write(&pf, "reset_on_release", "1");
	helper_start(make_and_unmake, &pf);
	for (closes = 0; helpers_left(); closes++)
		MUST(close(uio_open(&pf)));
	diag("%d closes, %llu of them with a reset", closes, ug_number(&pf, "resets"));
	CHECK_GE(closes, ug_number(&pf, "resets") + 1);
	CHECK_EQ(count_vfs(), 0);
	ug_check_attr(&pf, "state", "ok");
	pci_attr_write(&pf, "sriov_numvfs", "2");
	MUST(close(uio_open(&pf)));
	unbind_takes_them_away(&pf);
}

static void max_vfs_is_igb_uio_s_alone(void)
{
	struct pci_dev pf = ug_bind("none");

	CHECK_EQ(__pci_attr_write(&pf, "max_vfs", "1"), -ENOENT);
}

static void cleanup(void)
{
	if (module_loaded(IGB))
		module_unload(IGB);
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	CASE(sriov_numvfs_makes_them),
	CASE(max_vfs_makes_them),
	CASE(they_forbid_a_reset_at_close),
	SLOW_CASE(made_while_it_is_closed, 60),
	CASE(max_vfs_is_igb_uio_s_alone),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

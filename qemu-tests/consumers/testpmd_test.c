// SPDX-License-Identifier: GPL-2.0-only
/*
 * DPDK's testpmd on two NICs of one wire: traffic, write-combining, a second process, link
 * interrupts, and a NIC that is unbound or unplugged under it.
 *
 * Deadline: 1800
 * Kernel: 5.10 6.1 6.12 7.2
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/consumer.h"
#include "lib/ktap.h"
#include "lib/memtype.h"
#include "lib/qmp.h"
#include "lib/vfio_dut.h"

#define SECONDS	240

/* Where virtio has its registers. */
#define WC_BAR		4
#define WC_ATTRIBUTE	"vfio_lite/bar4_wc"

static struct testpmd testpmd;
static struct program secondary;
static struct qmp qmp;

/* What the EAL says when it can no longer read the file of an interrupt. */
#define LOST_INTERRUPT	"Error reading from file descriptor"

static void forwards(void)
{
	testpmd_start(&testpmd, nic_named(ktap_variant()), NULL);
	testpmd_forward(&testpmd);
	testpmd_quit(&testpmd);
}

/* DPDK knows nothing of it: an attribute makes its mapping of the BAR what it is. */
static void combines_writes_on_request(void)
{
	const struct nic *nic = nic_named(ktap_variant());
	char path[PATH_LEN];
	int i, ret;

	nic_pair(nic, testpmd.port);
	for (i = 0; i < PORTS; i++)
		pci_bind(&testpmd.port[i], consumer_driver());
	pci_path(&testpmd.port[0], WC_ATTRIBUTE, path, sizeof(path));
	if (!file_exists(path))
		skip("no such attribute");
	ret = __file_write(path, "1");
	if (ret == -EOPNOTSUPP)
		skip("BAR %d is not prefetchable", WC_BAR);
	MUST(ret);
	testpmd_start(&testpmd, nic, NULL);
	testpmd_forward(&testpmd);
	CHECK_STR(memtype(pci_resource(&testpmd.port[0], WC_BAR).start), MEMTYPE_WC);
	CHECK_STR(memtype(pci_resource(&testpmd.port[1], WC_BAR).start), "uncached-minus");
	testpmd_quit(&testpmd);
}

static void second_process_comes_and_goes(void)
{
	const char *const argv[] = {
		"/usr/bin/dpdk-proc-info", "-a", testpmd.port[0].bdf, "-a",
		testpmd.port[1].bdf, "--", "-p", "0x3", "--stats", NULL,
	};
	int i;

	testpmd_start(&testpmd, nic_named(ktap_variant()), NULL);
	testpmd_forward(&testpmd);
	program_run(&secondary, consumer_root(), argv, PROGRAM_MS);
	for (i = 0; i < PORTS; i++)
		if (!pci_bus_master(&testpmd.port[i]))
			FAIL("its exit has switched bus mastering of port %d off", i);
	testpmd_check_alive(&testpmd);
	testpmd_quit(&testpmd);
}

/* testpmd knows of the link what the last interrupt made it look up. */
static bool link_is(const char *state)
{
	char text[32];

	snprintf(text, sizeof(text), "Link status: %s", state);
	testpmd_ask(&testpmd, "show port info 0", "Link status:");
	return __program_expect(&testpmd.program, text, 0);
}

static void set_link(const char *up)
{
	char id[32], arguments[64];

	nic_id(testpmd.nic, 0, id, sizeof(id));
	snprintf(arguments, sizeof(arguments), "{\"name\":\"%s\",\"up\":%s}", id, up);
	qmp_command(&qmp, "set_link", arguments);
}

/* Three of them: one may be a leftover, and each needs the last to be acknowledged. */
static void link_interrupts(void)
{
	const struct nic *nic = nic_named(ktap_variant());

	if (nic->no_link_event)
		skip("%s", nic->no_link_event);
	if (nic->no_vfio_msix && consumer_is_vfio() && strcmp(consumer_vfio_intr(), "legacy"))
		skip("%s", nic->no_vfio_msix);
	qmp_open(&qmp);
	testpmd_start(&testpmd, nic, NULL);
	CHECK(wait_for(link_is("up"), PROGRAM_MS));
	set_link("false");
	CHECK(wait_for(link_is("down"), PROGRAM_MS));
	set_link("true");
	CHECK(wait_for(link_is("up"), PROGRAM_MS));
	set_link("false");
	CHECK(wait_for(link_is("down"), PROGRAM_MS));
	CHECK(!__program_expect(&testpmd.program, LOST_INTERRUPT, 0));
	testpmd_quit(&testpmd);
}

/*
 * testpmd stops forwarding, lets go of the port and forwards on with the rest.
 * It does so in a thread of its own, which must be through before "stop", or
 * what was stopped is started.
 */
static void goes_on_with_one_port(void)
{
	program_expect(&testpmd.program, "Now total ports is 1", PROGRAM_MS);
	program_expect(&testpmd.program, "TX offloads=", PROGRAM_MS);
	testpmd_wait_forwarding(&testpmd);
	testpmd_ask(&testpmd, "stop", "Done.");
	testpmd_stats(&testpmd, 1);
	testpmd_quit(&testpmd);
}

static void unplugged_while_forwarding(void)
{
	char id[32];

	qmp_open(&qmp);
	testpmd_start(&testpmd, nic_named(ktap_variant()), "--hot-plug");
	testpmd_forward(&testpmd);
	nic_id(testpmd.nic, 0, id, sizeof(id));
	program_forget(&testpmd.program);
	qmp_device_del(&qmp, id);
	CHECK(!pci_present(&testpmd.port[0]));
	goes_on_with_one_port();
}

/* VFIO asks who has the device to let go of it, and the unbind waits for that. */
static void unbound_while_forwarding(void)
{
	struct vfio_unbind unbind;

	if (!consumer_is_vfio())
		skip("UIO does not ask");
	testpmd_start(&testpmd, nic_named(ktap_variant()), "--hot-plug");
	testpmd_forward(&testpmd);
	program_forget(&testpmd.program);
	vfio_unbind_prepare(&unbind, &testpmd.port[0]);
	vfio_unbind_start(&unbind);
	goes_on_with_one_port();
	vfio_unbind_finish(&unbind);
}

/*
 * The mappings go with the driver: what testpmd does to the device then raises
 * SIGBUS, which DPDK takes for an unplug.  Else it would go on working a device
 * that may be somebody else's by now.  The port is stopped before, since nobody
 * could quiet the device after.
 */
static void unbound_under_it_raises_sigbus(void)
{
	const struct nic *nic = nic_named(ktap_variant());

	if (consumer_is_vfio())
		skip("VFIO waits until testpmd lets go");
	if (nic->no_mapping)
		skip("%s", nic->no_mapping);
	if (kernel_is_before(5, 12))
		skip("before 5.12 a kernel does not revoke mappings of resourceN");
	testpmd_start(&testpmd, nic, "--hot-plug");
	testpmd_forward(&testpmd);
	testpmd_ask(&testpmd, "stop", "Done.");
	testpmd_ask(&testpmd, "port stop 0", "Checking link statuses");
	pci_unbind(&testpmd.port[0]);
	program_say(&testpmd.program, "show port stats 0");
	program_say(&testpmd.program, "port close 0");
	program_expect(&testpmd.program, "Port 0 is closed", PROGRAM_MS);
	if (!__program_expect(&testpmd.program, "Success to handle SIGBUS", 0))
		FAIL("the mappings of an unbound device still work");
	testpmd_quit(&testpmd);
}

/* A case that broke off may have left the link down. */
static void cleanup(void)
{
	const struct nic *nic = nic_named(ktap_variant());
	struct pci_dev second;

	if (__pci_find(nic->vendor, nic->device, 1, &second))
		return;
	testpmd.nic = nic;
	qmp_open(&qmp);
	set_link("true");
}

int main(void)
{
	const char *nics = consumer_nics();
	const struct ktap_case cases[] = {
		SLOW_CASES(forwards, nics, SECONDS),
		SLOW_CASES(combines_writes_on_request, nics, SECONDS),
		SLOW_CASES(second_process_comes_and_goes, nics, SECONDS),
		SLOW_CASES(link_interrupts, nics, SECONDS),
		SLOW_CASES(unbound_under_it_raises_sigbus, nics, SECONDS),
		SLOW_CASES(unbound_while_forwarding, nics, SECONDS),
		SLOW_CASES(unplugged_while_forwarding, nics, SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

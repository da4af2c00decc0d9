// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system sleeps and wakes: what was off stays off, what was on is on again,
 * and readers are told. The kernel's own rehearsal (pm_test) goes all the way but
 * for switching off.
 *
 * Machine: edu
 * Deadline: 120
 */
#include <string.h>

#include "lib/ktap.h"
#include "lib/suspend.h"
#include "lib/trace.h"
#include "lib/ug.h"

#define KPROBES	"/sys/kernel/tracing/kprobe_events"

static void closed_stays_quiet(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());

	CHECK(ug_device_is_quiet(&dev));
	sleep_and_wake();
	CHECK(ug_device_is_quiet(&dev));
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(ug_number(&dev, "resets"), 1);
}

static void open_goes_on(void)
{
	struct ug ug = ug_open_edu(ktap_variant());

	ug_check_interrupt(&ug);
	sleep_and_wake();
	uio_read(ug.fd);
	CHECK(pci_bus_master(&ug.dev));
	edu_ack(ug.regs);
	ug_check_interrupt(&ug);
}

static void masked_stays_masked(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	u32 before;

	uio_mask(ug.fd);
	sleep_and_wake();
	before = uio_sync(ug.fd, &ug.dev);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	CHECK_EQ(uio_read(ug.fd), before + 1);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	ug_check_interrupt(&ug);
}

/* A device is a bus master until it is told that the system sleeps. */
static void sleep_ends_bus_mastering(void)
{
	struct ug ug;

	if (!file_exists(KPROBES))
		skip("this kernel has no probes");
	MUST(__file_write(KPROBES, "p:suspend_test/off pci_clear_master"));
	ug = ug_open_edu(ktap_variant());
	trace_start("suspend_test");
	sleep_and_wake();
	trace_stop();
	CHECK(strstr(trace_text(), "off: "));
	CHECK(pci_bus_master(&ug.dev));
}

static void cleanup(void)
{
	if (file_exists(KPROBES))
		__file_write(KPROBES, "\n");
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	CASES(closed_stays_quiet, "msi intx"),
	CASES(open_goes_on, "msi intx"),
	CASES(masked_stays_masked, "msi intx"),
	CASES(sleep_ends_bus_mastering, "msi"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

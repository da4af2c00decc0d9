// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must not be handed to user space is refused, and the log says why.
 *
 * Machine: bridge
 */
#include <errno.h>

#include "lib/ktap.h"
#include "lib/ug.h"

static void bridge_stays_unbound(void)
{
	struct pci_dev dev = pci_dut();

	ug_load("auto");
	CHECK_EQ(__pci_bind(&dev, UG), -ENODEV);
	CHECK(pci_driven_by(&dev, ""));
	CHECK_EQ(__uio_number(&dev), -ENODEV);
}

static void log_says_why(void)
{
	struct pci_dev dev = pci_dut();
	int log = kmsg_open();

	ug_load("auto");
	__pci_bind(&dev, UG);
	CHECK(kmsg_has(log, "bridge"));
}

static const struct ktap_case cases[] = {
	CASE(bridge_stays_unbound),
	CASE(log_says_why),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

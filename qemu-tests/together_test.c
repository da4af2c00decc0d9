// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that are bound and unbound at the same time: neither knows of the other.
 *
 * Machine: edu-pair
 */
#include "lib/ktap.h"
#include "lib/ug.h"

#define ROUNDS	100
#define ROUNDS_MS	(kernel_is_slow() ? 160000 : 40000)

static void rebind_often(void *arg)
{
	const struct pci_dev *dev = arg;
	int i;

	for (i = 0; i < rounds(ROUNDS); i++) {
		MUST(__pci_driver_write(UG, "unbind", dev->bdf));
		MUST(__pci_driver_write(UG, "bind", dev->bdf));
	}
}

/* The number of one that goes is not given to one that comes too early. */
static void neighbours_come_and_go(void)
{
	struct pci_dev devs[2];
	int i;

	ug_load("auto");
	for (i = 0; i < 2; i++) {
		devs[i] = pci_find(EDU_VENDOR, EDU_DEVICE, i);
		pci_bind(&devs[i], UG);
	}
	for (i = 0; i < 2; i++)
		helper_start(rebind_often, &devs[i]);
	CHECK(wait_for(!helpers_left(), ROUNDS_MS));
	for (i = 0; i < 2; i++)
		CHECK_GE(uio_number(&devs[i]), 0);
}

static void cleanup(void)
{
	struct pci_dev other = pci_find(EDU_VENDOR, EDU_DEVICE, 1);

	if (pci_driven_by(&other, UG))
		pci_unbind(&other);
	pci_attr_write(&other, "driver_override", "\n");
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASE(neighbours_come_and_go, 45),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

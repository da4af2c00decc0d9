// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-plug: the machine takes the device out of its slot while it is in use,
 * and puts in a new one, which the driver takes as it comes.
 *
 * Machine: edu-port
 * Not: arm64
 * Deadline: 600
 */
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/removal.h"

#define SECONDS	240
#define SLOT	"rp0"
#define ID	"dut"

static struct qmp qmp;

static void unplug(const struct pci_dev *dev)
{
	qmp_device_del(&qmp, ID);
	CHECK(!pci_present(dev));
}

/* By its new_id the driver takes the new device, too. */
static struct pci_dev plug(void)
{
	struct pci_dev dev;

	qmp_device_add(&qmp, "edu", ID, SLOT);
	CHECK(wait_for(!__pci_find(EDU_VENDOR, EDU_DEVICE, 0, &dev), 2 * SOON_MS));
	CHECK(wait_for(ug_ready(&dev), SOON_MS));
	return dev;
}

static void unplugged_while_in_use(void)
{
	struct pci_dev dev = edu_dut();
	int i;

	qmp_open(&qmp);
	ug_load(ktap_variant());
	MUST(__pci_new_id(&dev, UG, true));
	for (i = 0; i < stress_rounds(200, 500); i++) {
		removal_round(&dev, unplug);
		dev = plug();
	}
}

static void cleanup(void)
{
	struct pci_dev dev;

	if (__pci_find(EDU_VENDOR, EDU_DEVICE, 0, &dev) && !__qmp_open(&qmp))
		__qmp_command(&qmp, "device_add",
			      "{\"driver\":\"edu\",\"id\":\"" ID "\",\"bus\":\"" SLOT "\"}");
	CHECK(wait_for(!__pci_find(EDU_VENDOR, EDU_DEVICE, 0, &dev), 2 * SOON_MS));
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(unplugged_while_in_use, "msi intx", SECONDS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

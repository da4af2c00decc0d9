// SPDX-License-Identifier: GPL-2.0-only
/*
 * 64 functions that come and go in parallel, each at the hands of a process of its
 * own; and then all of them in use at once.
 *
 * Machine: functions
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 300
 */

#include "lib/ktap.h"
#include "lib/ug.h"
#include "lib/vfio.h"

#define FUNCTIONS	64
#define SECONDS		120

static struct pci_dev devs[FUNCTIONS];
static const char *driver;

static void rebind(void *arg)
{
	const struct pci_dev *dev = arg;
	int i;

	for (i = 0; i < stress_rounds(10, 200); i++) {
		MUST(__pci_driver_write(driver, "unbind", dev->bdf));
		MUST(__pci_driver_write(driver, "bind", dev->bdf));
		CHECK(pci_driven_by(dev, driver));
	}
}

static void rebind_all(const char *name)
{
	int i;

	driver = name;
	for (i = 0; i < FUNCTIONS; i++) {
		devs[i] = pci_find(EDU_VENDOR, EDU_DEVICE, i);
		pci_bind(&devs[i], driver);
	}
	for (i = 0; i < FUNCTIONS; i++)
		helper_start(rebind, &devs[i]);
	CHECK(wait_for(!helpers_left(), SECONDS * 1000 * patience()));
}

static void by_uio(void)
{
	struct ug ugs[FUNCTIONS];
	int i;

	ug_load(ktap_variant());
	rebind_all(UG);
	for (i = 0; i < FUNCTIONS; i++)
		ug_open(&ugs[i], &devs[i]);
	for (i = 0; i < FUNCTIONS; i++) {
		edu_check_alive(ugs[i].regs);
		ug_check_interrupt(&ugs[i]);
	}
}

static void by_vfio(void)
{
	struct vfio vfios[FUNCTIONS];
	int i, event;
	void *regs;

	vfio_load(vfio_driver(), "");
	rebind_all(vfio_driver());
	vfio_open_all(vfios, devs, FUNCTIONS);
	for (i = 0; i < FUNCTIONS; i++) {
		event = vfio_enable_msi(&vfios[i]);
		regs = vfio_map_bar(&vfios[i], 0);
		edu_check_alive(regs);
		edu_raise(regs, 1);
		event_wait(event);
	}
}

static void cleanup(void)
{
	vfio_cleanup();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(by_uio, "msi intx", SECONDS),
	SLOW_CASES(by_vfio, VFIO_DRIVERS, SECONDS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

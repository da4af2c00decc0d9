// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device may be unbound or removed at any time, also while it is open, mapped
 * and slept on: everybody wakes up with an error, and it can be had again.
 *
 * Machine: edu edu-port
 * Deadline: 400
 */
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/removal.h"

#define SECONDS		150

static void unbind_is_quiet(const struct pci_dev *dev)
{
	pci_unbind(dev);
	CHECK(ug_device_is_quiet(dev));
}

static void unbind_while_in_use(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	int i;

	for (i = 0; i < stress_rounds(200, 500); i++) {
		removal_round(&dev, unbind_is_quiet);
		pci_bind(&dev, UG);
	}
}

/* The driver remembers the kind of device, so a new one is bound at once. */
static void remove_while_in_use(void)
{
	struct pci_dev dev = edu_dut();
	int i;

	ug_load(ktap_variant());
	MUST(__pci_new_id(&dev, UG, true));
	for (i = 0; i < stress_rounds(200, 500); i++) {
		removal_round(&dev, pci_remove);
		CHECK(!pci_present(&dev));
		pci_rescan();
		CHECK(pci_driven_by(&dev, UG));
	}
}

static void files_of_the_dead_stay_dead(void)
{
	struct ug old = ug_open_edu("msi");
	struct ug new;

	pci_unbind(&old.dev);
	pci_bind(&old.dev, UG);
	ug_open(&new, &old.dev);
	removal_check_dead(old.fd);
	ug_check_interrupt(&new);
	removal_check_dead(old.fd);
	ug_close(&old);
	CHECK_EQ(ug_open_count(&new.dev), 1);
	ug_check_interrupt(&new);
}

static void many_openers_at_once(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	int i, fds[50];

	for (i = 0; i < 50; i++)
		fds[i] = uio_open(&dev);
	CHECK_EQ(ug_open_count(&dev), 50);
	pci_unbind(&dev);
	CHECK(ug_device_is_quiet(&dev));
	for (i = 0; i < 50; i++) {
		removal_check_dead(fds[i]);
		MUST(close(fds[i]));
	}
}

/* A pending interrupt, masked or not, must not reach a driver that has gone. */
static void unbind_with_interrupt_pending(void)
{
	struct ug ug;
	int i;

	ug = ug_open_edu(ktap_variant());
	for (i = 0; i < 20; i++) {
		if (i % 2)
			uio_mask(ug.fd);
		edu_raise(ug.regs, 1);
		pci_unbind(&ug.dev);
		removal_check_dead(ug.fd);
		ug_close(&ug);
		pci_bind(&ug.dev, UG);
		edu_ack(pci_map_bar(&ug.dev, 0));
		ug_open(&ug, &ug.dev);
	}
	ug_check_interrupt(&ug);
}

static void cleanup(void)
{
	u16 vendor, device;
	struct pci_dev dev;

	if (!plan_dut(&vendor, &device) && __pci_find(vendor, device, 0, &dev))
		pci_rescan();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(unbind_while_in_use, "msi intx", SECONDS),
	SLOW_CASES(remove_while_in_use, "msi intx", SECONDS),
	CASE(files_of_the_dead_stay_dead),
	CASES(many_openers_at_once, "msi intx"),
	SLOW_CASES(unbind_with_interrupt_pending, "msi intx", 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

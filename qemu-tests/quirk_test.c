// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices with faults: INTx that cannot be masked, MSI that needs INTx enabled.
 *
 * Machine: edu
 */
#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/ug.h"

/* Masked at the interrupt controller, not by a bit that does not work. */
static void unmaskable_intx_has_a_line_of_its_own(void)
{
	struct pci_dev dev = edu_dut();
	struct ug ug;

	fixture_load(&dev, "");
	ug = ug_open_edu("intx");
	ug_check_choice(&dev, "intx: chosen, on a line of its own: the device cannot mask it");
	edu_raise(ug.regs, 1);
	uio_read(ug.fd);
	CHECK(!pci_intx_disabled(&dev));
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	ug_check_interrupt(&ug);
}

static void forbidden_msi_is_not_used(void)
{
	struct pci_dev dev = edu_dut();

	fixture_load(&dev, "no_msi=1");
	ug_bind_edu("auto");
	ug_check_mode(&dev, "intx");
	ug_check_choice(&dev, "msi: MSI is switched off for this device or system");
}

/* An error of the first open otherwise, where igb_uio goes on without. */
static void bus_without_msi_is_seen_before(void)
{
	struct pci_dev dev = edu_dut();

	fixture_load(&dev, "no_bus_msi=1");
	ug_bind_edu("msi");
	ug_check_mode(&dev, "intx");
	ug_check_choice(&dev, "msi: MSI is switched off for this device or system");
}

static void msi_gets_the_intx_it_needs(void)
{
	struct pci_dev dev = edu_dut();
	struct ug ug;

	fixture_load(&dev, "msi_needs_intx=1");
	ug = ug_open_edu("msi");
	CHECK(!pci_intx_disabled(&dev));
	ug_check_interrupt(&ug);
	ug_close(&ug);
	CHECK(ug_device_is_quiet(&dev));
}

static const struct ktap_case cases[] = {
	CASE(unmaskable_intx_has_a_line_of_its_own),
	CASE(forbidden_msi_is_not_used),
	CASE(bus_without_msi_is_seen_before),
	CASE(msi_gets_the_intx_it_needs),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), fixture_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * uio_generic under the names igb_uio and uio_pci_generic: what differs from
 * uio_generic itself, and what must not.
 *
 * Machine: edu
 */
#include <errno.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define IGB	"igb_uio"
#define UPG	"uio_pci_generic"

static struct ug open_under(const char *driver, const char *params)
{
	struct pci_dev dev = edu_dut();
	struct ug ug;

	module_load(driver, params);
	pci_bind(&dev, driver);
	ug_open(&ug, &dev);
	edu_ack(ug.regs);
	return ug;
}

static void igb_uio_is_like_the_original(void)
{
	struct ug ug = open_under(IGB, "");
	char name[64];

	pci_attr_read(&ug.dev, "max_vfs", name, sizeof(name));
	CHECK_STR(name, "0");
	CHECK_EQ(__pci_attr_write(&ug.dev, "max_vfs", "x"), -EINVAL);
	CHECK(__pci_attr_write(&ug.dev, "max_vfs", "1") < 0);
	CHECK_STR(ug.map.name, "BAR0");
	ug_check_mode(&ug.dev, "msi");
	CHECK(pci_bus_master(&ug.dev));
	ug_check_interrupt(&ug);
}

static void igb_uio_takes_its_parameters(void)
{
	struct ug ug = open_under(IGB, "intr_mode=legacy wc_activate=1");

	ug_check_mode(&ug.dev, "intx");
	ug_check_interrupt(&ug);
	pci_unbind(&ug.dev);
	ug_close(&ug);
	module_unload(IGB);
	CHECK_EQ(__module_load(IGB, "intr_mode=often"), -EINVAL);
	CHECK(!module_loaded(IGB));
}

static void uio_pci_generic_puts_intx_first(void)
{
	struct ug ug = open_under(UPG, "");

	ug_check_mode(&ug.dev, "intx");
	ug_check_interrupt(&ug);
}

static void uio_pci_generic_takes_msi_where_intx_is_broken(void)
{
	struct pci_dev dev = edu_dut();
	struct ug ug;

	fixture_load(&dev, "");
	ug = open_under(UPG, "");
	ug_check_mode(&dev, "msi");
	pci_config_write(&dev, PCI_COMMAND, 2,
			 pci_config_read(&dev, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
	ug_check_interrupt(&ug);
}

/* Programs that use this name unmask by config space, which does nothing here. */
static void uio_pci_generic_warns_of_a_line_that_needs_a_write(void)
{
	struct pci_dev dev = edu_dut();
	int log = kmsg_open();
	struct ug ug;

	fixture_load(&dev, "no_msi=1");
	ug = open_under(UPG, "");
	ug_check_mode(&dev, "intx");
	CHECK(kmsg_has(log, "unmask it by a write to the device file"));
	ug_check_interrupt(&ug);
}

/* Another process that comes and goes must not switch it off (the peer's bug). */
static void uio_pci_generic_leaves_bus_mastering_to_the_user(void)
{
	struct ug ug = open_under(UPG, ""), other;

	CHECK(!pci_bus_master(&ug.dev));
	pci_config_write(&ug.dev, PCI_COMMAND, 2,
			 pci_config_read(&ug.dev, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
	ug_open(&other, &ug.dev);
	ug_close(&other);
	CHECK(pci_bus_master(&ug.dev));
	ug_close(&ug);
	CHECK(!pci_bus_master(&ug.dev));
}

/* As DPDK re-arms: one byte of config space, no write to /dev/uioN. */
static void uio_pci_generic_follows_config_writes(void)
{
	struct ug ug = open_under(UPG, "");
	u32 before = uio_event_attr(&ug.dev), byte;
	int i;

	for (i = 1; i <= 10; i++) {
		edu_raise(ug.regs, 1);
		CHECK_EQ(uio_read(ug.fd), before + i);
		CHECK(pci_intx_disabled(&ug.dev));
		edu_ack(ug.regs);
		byte = pci_config_read(&ug.dev, PCI_COMMAND + 1, 1);
		pci_config_write(&ug.dev, PCI_COMMAND + 1, 1,
				 byte & ~(PCI_COMMAND_INTX_DISABLE >> 8));
	}
	CHECK(uio_quiet(ug.fd));
}

static void files_pin_the_module_that_was_loaded(void)
{
	struct ug ug = open_under(IGB, "");

	CHECK_EQ(__module_unload(IGB), -EAGAIN);
	ug_close(&ug);
	module_unload(IGB);
	CHECK(pci_driven_by(&ug.dev, ""));
}

static void cleanup(void)
{
	struct pci_dev dev = edu_dut();

	if (!pci_driven_by(&dev, ""))
		pci_unbind(&dev);
	if (module_loaded(IGB))
		module_unload(IGB);
	if (module_loaded(UPG))
		module_unload(UPG);
	fixture_cleanup();
}

static const struct ktap_case cases[] = {
	CASE(igb_uio_is_like_the_original),
	CASE(igb_uio_takes_its_parameters),
	CASE(uio_pci_generic_puts_intx_first),
	CASE(uio_pci_generic_takes_msi_where_intx_is_broken),
	CASE(uio_pci_generic_warns_of_a_line_that_needs_a_write),
	CASE(uio_pci_generic_leaves_bus_mastering_to_the_user),
	CASE(uio_pci_generic_follows_config_writes),
	CASE(files_pin_the_module_that_was_loaded),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

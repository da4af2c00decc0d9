// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver tells of a device, in attributes: each is wrong as soon as it
 * does not follow what happens.
 *
 * Machine: edu
 */
#include <errno.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define MANY	100

static void interrupts_are_counted(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	u64 before = ug_number(&ug.dev, "irq_count");
	int i;

	for (i = 0; i < MANY; i++)
		ug_check_interrupt(&ug);
	CHECK_EQ(ug_number(&ug.dev, "irq_count"), before + MANY);
}

/* User space may switch it, too: it is the device that is asked. */
static void bus_mastering_is_told(void)
{
	struct pci_dev dev = ug_bind_edu("none");
	struct ug ug;
	u32 command;

	CHECK_EQ(ug_number(&dev, "bus_master"), 0);
	ug_open(&ug, &dev);
	CHECK_EQ(ug_number(&dev, "bus_master"), 1);
	command = pci_config_read(&dev, PCI_COMMAND, 2);
	pci_config_write(&dev, PCI_COMMAND, 2, command & ~PCI_COMMAND_MASTER);
	CHECK_EQ(ug_number(&dev, "bus_master"), 0);
}

static void last_error_is_told(void)
{
	struct ug ug = ug_open_edu("none");

	ug_check_last_error(&ug.dev, "none");
	CHECK_EQ(__uio_irqcontrol(ug.fd, 1), -EIO);
	ug_check_last_error(&ug.dev, "irqcontrol: error -5");
	ug_close(&ug);
	ug_open(&ug, &ug.dev);
	ug_check_last_error(&ug.dev, "irqcontrol: error -5");
	pci_unbind(&ug.dev);
	pci_bind(&ug.dev, UG);
	ug_check_last_error(&ug.dev, "none");
}

/* What the user got wrong is no error of the device. */
static void mistakes_are_not_told(void)
{
	struct ug ug = ug_open_edu("msi");

	CHECK_EQ(__uio_irqcontrol(ug.fd, 2), -EINVAL);
	CHECK_EQ(__ug_set_mode(&ug.dev, "intx"), -EBUSY);
	ug_check_last_error(&ug.dev, "none");
}

static void an_open_kernel_is_told(void)
{
	struct pci_dev dev = ug_bind_edu("none");

	CHECK_EQ(ug_number(&dev, "lockdown"), 0);
}

static const struct ktap_case cases[] = {
	CASES(interrupts_are_counted, "msi intx"),
	CASE(bus_mastering_is_told),
	CASE(last_error_is_told),
	CASE(mistakes_are_not_told),
	CASE(an_open_kernel_is_told),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that does not come back from a reset is given up, whatever its user does,
 * until another reset brings it back.
 *
 * Machine: edu-port
 * Kernel: debug
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/fail.h"
#include "lib/ktap.h"
#include "lib/ug.h"

static void reset_without_return(const struct pci_dev *dev)
{
	fail_init();
	fail_begin("pci_device_is_present", 0, 0);
	pci_attr_write(dev, "reset", "1");
	fail_end();
	ug_check_attr(dev, "state", "failed");
}

static void closed_one_cannot_be_opened(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	u32 bar = pci_config_read(&dev, PCI_BASE_ADDRESS_0, 4);

	reset_without_return(&dev);
	CHECK_EQ(__uio_open(&dev, O_RDWR), -EIO);
	/* A real one would come back like this. */
	pci_config_write(&dev, PCI_COMMAND, 2, 0);
	pci_config_write(&dev, PCI_BASE_ADDRESS_0, 4, 0);
	pci_attr_write(&dev, "reset", "1");
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(pci_config_read(&dev, PCI_BASE_ADDRESS_0, 4), bar);
	CHECK(pci_config_read(&dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	CHECK_EQ(ug_number(&dev, "resets"), 1);
	CHECK(ug_device_is_quiet(&dev));
	MUST(close(uio_open(&dev)));
}

static void unmask_intx(const struct pci_dev *dev)
{
	u16 command = pci_config_read(dev, PCI_COMMAND, 2);

	pci_config_write(dev, PCI_COMMAND, 2, command & ~PCI_COMMAND_INTX_DISABLE);
}

/* In fact it is there. Its line, which others may have, too, must not stay asserted. */
static void unmasked_one_is_masked_again(void)
{
	struct ug ug = ug_open_edu("intx");

	reset_without_return(&ug.dev);
	uio_sync(ug.fd, &ug.dev);
	edu_raise(ug.regs, 1);
	unmask_intx(&ug.dev);
	uio_read(ug.fd);
	CHECK(pci_intx_disabled(&ug.dev));
	CHECK_EQ(__uio_irqcontrol(ug.fd, 1), -EIO);
	pci_attr_write(&ug.dev, "reset", "1");
	uio_sync(ug.fd, &ug.dev);
	ug_check_interrupt(&ug);
}

static void cleanup(void)
{
	ug_cleanup();
	fail_cleanup();
}

static const struct ktap_case cases[] = {
	CASES(closed_one_cannot_be_opened, "msi intx"),
	CASE(unmasked_one_is_masked_again),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error of a device beside one that has no driver: the PCI core gives up and, from
 * 7.2 on, says to all that the failure is permanent.
 *
 * Machine: virtio-aer-pair
 */
#include <errno.h>

#include "lib/aer.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/ug.h"

#define NONFATAL	"pcie_aer_inject_error dut COMP_ABORT"
#define FATAL		"pcie_aer_inject_error dut MALF_TLP"
#define GIVEN_UP	"device recovery failed"

/* It was not cut off, so that it goes on. */
static void other_one_disturbs_nothing(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	int log = kmsg_open(), fd;
	struct qmp qmp;

	qmp_open(&qmp);
	aer_let_through(&dev, 0);
	fd = uio_open(&dev);
	uio_sync(fd, &dev);
	qmp_tell(&qmp, NONFATAL);
	uio_read(fd);
	CHECK(wait_for(kmsg_has(log, GIVEN_UP), AER_RECOVERY_MS));
	ug_check_attr(&dev, "state", "ok");
	ug_check_last_error(&dev, "nonfatal: error -5");
	CHECK(pci_bus_master(&dev));
	CHECK_EQ(ug_number(&dev, "resets"), 0);
}

/*
 * The link is reset, and nobody is asked to give devices their config space back: the
 * reset by hand must.
 */
static void given_up_one_comes_back_by_a_reset(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	int fd, log = kmsg_open();
	struct qmp qmp;
	u32 bars[6];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bars); i++)
		bars[i] = pci_config_read(&dev, PCI_BASE_ADDRESS_0 + 4 * i, 4);
	qmp_open(&qmp);
	aer_let_through(&dev, 0);
	fd = uio_open(&dev);
	qmp_tell(&qmp, FATAL);
	CHECK(wait_for(kmsg_has(log, GIVEN_UP), AER_RECOVERY_MS));
	CHECK_EQ(__uio_irqcontrol(fd, 1), -EIO);
	pci_attr_write(&dev, "reset", "1");
	ug_check_attr(&dev, "state", "ok");
	for (i = 0; i < ARRAY_SIZE(bars); i++)
		CHECK_EQ(pci_config_read(&dev, PCI_BASE_ADDRESS_0 + 4 * i, 4), bars[i]);
	CHECK(pci_config_read(&dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	CHECK(pci_bus_master(&dev));
	uio_sync(fd, &dev);
	uio_unmask(fd);
}

static const struct ktap_case cases[] = {
	CASES(other_one_disturbs_nothing, "msix intx"),
	SLOW_CASES(given_up_one_comes_back_by_a_reset, "msix intx", 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

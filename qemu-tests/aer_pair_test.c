// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error of a device beside one that has no driver: from 7.2 on, the PCI core gives up
 * and says to all that the failure is permanent.
 *
 * Machine: virtio-aer-pair
 */
#include "lib/aer.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/ug.h"

#define NONFATAL	"pcie_aer_inject_error dut COMP_ABORT"
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

static const struct ktap_case cases[] = {
	CASES(other_one_disturbs_nothing, "msix intx"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

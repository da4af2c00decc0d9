// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors that the device reports to its root port are told to its user, by the ERR
 * eventfd. The monitor makes QEMU's device report one.
 *
 * Machine: vfio-aer
 * Needs: vfio_lite
 * Not: arm64
 * Modules: vfio_pci vfio_iommu_type1
 */
#include <linux/pci_regs.h>

#include "lib/aer.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/vfio.h"

#define ERR		VFIO_PCI_ERR_IRQ_INDEX
#define NONFATAL	"pcie_aer_inject_error dut COMP_ABORT"

static struct qmp qmp;

/* The user's part: the device shall report what it finds. */
static void report_errors(const struct vfio *vfio)
{
	u32 at = vfio_find_cap(vfio, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;
	u32 control = vfio_read(vfio, VFIO_CONFIG, at, 2);

	vfio_write(vfio, VFIO_CONFIG, at, 2, control | PCI_EXP_DEVCTL_CERE |
		   PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE);
}

static void open_reporting(struct vfio *vfio)
{
	struct pci_dev dev = pci_dut();

	qmp_open(&qmp);
	vfio_bind(&dev, vfio_driver());
	vfio_open(vfio, &dev);
	aer_let_through(&dev, 0);
	report_errors(vfio);
}

static void fail_and_recover(void)
{
	int log = kmsg_open();

	qmp_tell(&qmp, NONFATAL);
	CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
}

static void error_is_told(void)
{
	int event = event_new(), i;
	struct vfio vfio;

	open_reporting(&vfio);
	vfio_irq_on(&vfio, ERR, 0, event);
	for (i = 0; i < 3; i++) {
		fail_and_recover();
		event_wait(event);
		CHECK(!fd_ready(event, QUIET_MS));
	}
}

static void error_that_nobody_wants_is_no_harm(void)
{
	int event = event_new();
	struct vfio vfio;

	open_reporting(&vfio);
	fail_and_recover();
	vfio_irq_on(&vfio, ERR, 0, event);
	vfio_irq_off(&vfio, ERR);
	fail_and_recover();
	CHECK(!fd_ready(event, QUIET_MS));
	vfio_close(&vfio);
}

/*
 * The handler of errors is called under locks that a reset of the bus takes under those
 * of interrupts: whoever takes these in the handler closes a circle, which lockdep sees.
 */
static void error_is_told_without_the_locks_of_interrupts(void)
{
	int event = event_new();
	struct vfio vfio;

	vfio_skip_in_tree_6_1("takes one of them");
	open_reporting(&vfio);
	vfio_irq_on(&vfio, VFIO_PCI_MSIX_IRQ_INDEX, 0, event_new());
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	report_errors(&vfio);
	vfio_irq_on(&vfio, ERR, 0, event);
	fail_and_recover();
	event_wait(event);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(error_is_told, VFIO_DRIVERS, 60),
	SLOW_CASES(error_that_nobody_wants_is_no_harm, VFIO_DRIVERS, 60),
	SLOW_CASES(error_is_told_without_the_locks_of_interrupts, VFIO_DRIVERS, 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

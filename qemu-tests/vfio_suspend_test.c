// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system sleeps and wakes while a device is bound, or open: its registers, config
 * space and interrupts are there as before.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include "lib/ktap.h"
#include "lib/suspend.h"
#include "lib/vfio_dut.h"

static void interrupt(void *regs, int event)
{
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
}

static void bound_can_be_opened(void)
{
	struct pci_dev dev = vfio_dut("edu1");
	struct vfio vfio;

	vfio_bind(&dev, vfio_driver());
	sleep_and_wake();
	edu_check_alive(vfio_open_edu(&vfio, "edu1"));
}

static void open_goes_on(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");
	int event = vfio_enable_msi(&vfio);

	interrupt(regs, event);
	sleep_and_wake();
	edu_check_alive(regs);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 2), EDU_VENDOR);
	CHECK(pci_bus_master(&vfio.dev));
	interrupt(regs, event);
}

/* Where its user had it in D3, it is not any more, nor is INTx masked. */
static void asleep_wakes_with_the_system(void)
{
	struct vfio vfio;
	int pm;

	vfio_open_dut(&vfio, "nvme");
	pm = vfio_find_cap(&vfio, PCI_CAP_ID_PM);
	vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event_new());
	vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, 3);
	sleep_and_wake();
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2) & 3, 0);
	CHECK(!pci_intx_disabled(&vfio.dev));
}

static const struct ktap_case cases[] = {
	CASES(bound_can_be_opened, VFIO_DRIVERS),
	CASES(open_goes_on, VFIO_DRIVERS),
	CASES(asleep_wakes_with_the_system, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters: devices to take at load, INTx for devices that cannot mask it
 * by themselves, and no sleep for devices that nobody uses.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <unistd.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK

static void ids_are_taken_at_load(void)
{
	struct pci_dev dev = vfio_dut("testdev"), other = vfio_dut("edu");

	vfio_load(vfio_driver(), "ids=1b36:0005");
	CHECK(pci_driven_by(&dev, vfio_driver()));
	CHECK(pci_driven_by(&other, ""));
}

/* By the parameter, or since the device cannot do it. */
static bool by_parameter = true;

static void *open_exclusive(struct vfio *vfio)
{
	struct pci_dev dev = vfio_dut("edu");

	vfio_load(vfio_driver(), by_parameter ? "nointxmask=1" : "");
	if (!by_parameter)
		fixture_load(&dev, "");
	return vfio_open_edu(vfio, "edu");
}

/* The line is masked at the interrupt controller, and the device left alone. */
static void exclusive_intx(void)
{
	const int event = event_new(), resample = event_new();
	struct vfio vfio;
	void *regs = open_exclusive(&vfio);
	int i;

	vfio_irq_on(&vfio, INTX, 0, event);
	for (i = 0; i < 20; i++) {
		edu_raise(regs, 1);
		event_wait(event);
		CHECK(!pci_intx_disabled(&vfio.dev));
		CHECK(i > 2 || !fd_ready(event, QUIET_MS));
		if (i % 2)
			vfio_irq_action(&vfio, INTX, UNMASK, 0);
		else
			edu_ack(regs);
		if (i % 2)
			event_wait(event);
		edu_ack(regs);
		vfio_irq_action(&vfio, INTX, UNMASK, 0);
	}
	vfio_set_irqs(&vfio, INTX, VFIO_IRQ_SET_DATA_EVENTFD | UNMASK, 0, 1, &resample,
		      sizeof(resample));
	edu_raise(regs, 1);
	event_wait(event);
	event_signal(resample);
	event_wait(event);
	edu_ack(regs);
}

/* Each mask is undone by one unmask; the kernel complains of one too many. */
static void exclusive_masks_are_balanced(void)
{
	const int event = event_new();
	struct vfio vfio;
	void *regs = open_exclusive(&vfio);
	int i;

	for (i = 0; i < 10; i++) {
		vfio_irq_on(&vfio, INTX, 0, event);
		vfio_irq_action(&vfio, INTX, MASK, 0);
		vfio_irq_action(&vfio, INTX, MASK, 0);
		edu_raise(regs, 1);
		CHECK(i > 2 || !fd_ready(event, QUIET_MS));
		vfio_irq_action(&vfio, INTX, UNMASK, 0);
		event_wait(event);
		edu_ack(regs);
		if (i % 2) {
			vfio_irq_action(&vfio, INTX, UNMASK, 0);
			vfio_irq_action(&vfio, INTX, UNMASK, 0);
		}
		vfio_irq_off(&vfio, INTX);
	}
}

static void line_of_a_device_that_cannot_mask(void)
{
	by_parameter = false;
	exclusive_intx();
}

static void masks_of_a_device_that_cannot(void)
{
	by_parameter = false;
	exclusive_masks_are_balanced();
}

/*
 * CVE-2024-27437: disabled by the user before it is requested, it stays so. That an
 * interrupt came meanwhile, and was masked, must not be what makes up the balance.
 */
static void exclusive_intx_may_start_disabled(void)
{
	const int event = event_new();
	struct vfio vfio;
	void *regs = open_exclusive(&vfio);
	int i;

	for (i = 0; i < 5; i++) {
		vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
		vfio_irq_on(&vfio, INTX, 0, event);
		if (i % 2)
			edu_raise(regs, 1);
		CHECK(!fd_ready(event, QUIET_MS));
		vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
		if (i % 2 == 0)
			edu_raise(regs, 1);
		event_wait(event);
		edu_ack(regs);
		vfio_irq_off(&vfio, INTX);
	}
}

static void check_power(const struct pci_dev *dev, const char *state)
{
	char text[16];

	pci_attr_read(dev, "power_state", text, sizeof(text));
	CHECK_STR(text, state);
}

static void idle_devices_stay_awake(void)
{
	struct pci_dev dev = vfio_dut("nvme");
	struct vfio vfio;

	vfio_load(vfio_driver(), "disable_idle_d3=1");
	pci_bind(&dev, vfio_driver());
	check_power(&dev, "D0");
	vfio_open(&vfio, &dev);
	vfio_close(&vfio);
	check_power(&dev, "D0");
	pci_unbind(&dev);
	check_power(&dev, "D0");
}

static void use(const struct pci_dev *dev)
{
	struct vfio vfio;

	vfio_open(&vfio, dev);
	CHECK(!pci_asleep(dev));
	vfio_close(&vfio);
}

static void set_idle_d3(bool disable)
{
	MUST(__file_write("/sys/module/vfio_lite/parameters/disable_idle_d3",
			  disable ? "1" : "0"));
}

/*
 * CVE-2026-64476: what counts is what the parameter was at bind, or users of the device
 * are counted once more, or once less, than it is given back.
 */
static void parameter_counts_at_bind(void)
{
	struct pci_dev dev = vfio_dut("nvme");

	vfio_load(vfio_driver(), "disable_idle_d3=0");
	pci_bind(&dev, vfio_driver());
	CHECK(wait_for(pci_asleep(&dev), SOON_MS));
	set_idle_d3(true);
	use(&dev);
	CHECK(wait_for(pci_asleep(&dev), SOON_MS));
	pci_unbind(&dev);

	pci_bind(&dev, vfio_driver());
	set_idle_d3(false);
	use(&dev);
	check_power(&dev, "D0");
	pci_unbind(&dev);

	pci_bind(&dev, vfio_driver());
	CHECK(wait_for(pci_asleep(&dev), SOON_MS));
}

static void cleanup(void)
{
	vfio_cleanup();
	fixture_unload();
}

static const struct ktap_case cases[] = {
	CASES(ids_are_taken_at_load, VFIO_DRIVERS),
	CASES(exclusive_intx, VFIO_DRIVERS),
	CASES(exclusive_masks_are_balanced, VFIO_DRIVERS),
	CASES(exclusive_intx_may_start_disabled, VFIO_DRIVERS),
	CASES(line_of_a_device_that_cannot_mask, VFIO_DRIVERS),
	CASES(masks_of_a_device_that_cannot, VFIO_DRIVERS),
	CASES(idle_devices_stay_awake, VFIO_DRIVERS),
	CASES(parameter_counts_at_bind, "vfio-lite"),	/* in-tree, it does at load */
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

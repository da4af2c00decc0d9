// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that are known by their IDs: those that are unsafe for users, and those
 * whose INTx is broken. An edu looks like each of them in turn. And one whose line leads
 * nowhere, one whose MSI needs INTx, one that somebody else has a part of, and one with
 * the MSI-X table in prefetchable memory.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arch.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define FIXTURE		"id_fixture"
#define INTEL		0x8086
#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define MSI		VFIO_PCI_MSI_IRQ_INDEX
#define NOT_CONNECTED	"0x80000000"	/* the kernel's IRQ_NOTCONNECTED */

/* QAT and VFs of it, DSA, IAX */
static const u16 denied[] = {
	0x0435, 0x0443, 0x37c8, 0x37c9, 0x19e2, 0x19e3, 0x0b25, 0x0cfe,
};

/* Of the i40e family, and X550 */
static const u16 without_intx[] = {
	0x1572, 0x1574, 0x1580, 0x1581, 0x1583, 0x1584, 0x1585, 0x1586, 0x1587,
	0x1588, 0x1589, 0x158a, 0x158b, 0x37d0, 0x37d1, 0x37d2, 0x1563,
};

static void disguise(const struct pci_dev *dev, u16 device)
{
	char params[128];

	snprintf(params, sizeof(params), "address=%s vendor=%#x device=%#x", dev->bdf,
		 INTEL, device);
	module_load(FIXTURE, params);
}

static void unsafe_devices_are_refused(void)
{
	const bool ours = !strcmp(vfio_driver(), "vfio-lite");
	struct pci_dev dev = vfio_dut("edu");
	int log = kmsg_open();
	size_t i;

	vfio_load(vfio_driver(), "");
	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		disguise(&dev, denied[i]);
		CHECK(__pci_bind(&dev, vfio_driver()));
		CHECK(pci_driven_by(&dev, ""));
		CHECK(!ours || kmsg_has(log, "not bound; disable_denylist=1 overrides"));
		module_unload(FIXTURE);
	}
	pci_bind(&dev, vfio_driver());
}

static void unsafe_devices_are_had_on_request(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;

	vfio_load(vfio_driver(), "disable_denylist=1");
	disguise(&dev, denied[0]);
	pci_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	vfio_close(&vfio);
}

static void open_like(struct vfio *vfio, const struct pci_dev *dev, u16 device)
{
	disguise(dev, device);
	vfio_bind(dev, vfio_driver());
	vfio_open(vfio, dev);
}

static void broken_intx_is_hidden(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(without_intx); i++) {
		open_like(&vfio, &dev, without_intx[i]);
		CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_INTERRUPT_PIN, 1), 0);
		CHECK_EQ(vfio_irq_info(&vfio, INTX).count, 0);
		CHECK(__vfio_irq_on(&vfio, INTX, 0, event_new()) < 0);
		CHECK(pci_intx_disabled(&dev));
		vfio_close(&vfio);
		pci_unbind(&dev);
		module_unload(FIXTURE);
	}
}

/* The PCI core switches INTx on where it switches MSI off; that must not last. */
static void broken_intx_stays_off(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;
	void *regs;
	int event;

	open_like(&vfio, &dev, without_intx[0]);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	event = vfio_enable_msi(&vfio);
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
	vfio_irq_off(&vfio, MSI);
	CHECK(pci_intx_disabled(&dev));
	vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	CHECK(pci_intx_disabled(&dev));
}

/* Nor what a reset that the driver does not know of switches on. */
static void broken_intx_survives_a_backdoor_reset(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;

	open_like(&vfio, &dev, without_intx[0]);
	pci_config_write(&dev, PCI_COMMAND, 2, 0);
	pci_config_write(&dev, PCI_BASE_ADDRESS_0, 4, 0);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(pci_intx_disabled(&dev));
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

/* What enables the device looks its interrupt up anew. */
static void check_hidden_with(const char *line)
{
	struct pci_dev dev = vfio_dut("edu");
	char params[64];
	struct vfio vfio;

	if (ARCH_ROUTES[0])
		skip("%s", ARCH_ROUTES);
	pci_attr_write(&dev, "enable", "1");
	snprintf(params, sizeof(params), "address=%s %s", dev.bdf, line);
	module_load(FIXTURE, params);
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_INTERRUPT_PIN, 1), 0);
	CHECK_EQ(vfio_irq_info(&vfio, INTX).count, 0);
	CHECK_EQ(__vfio_irq_on(&vfio, INTX, 0, event_new()), -EINVAL);
	CHECK_EQ(vfio_irq_info(&vfio, VFIO_PCI_MSI_IRQ_INDEX).count, 1);
	vfio_enable_msi(&vfio);
}

static void line_to_nowhere_is_hidden(void)
{
	check_hidden_with("line=" NOT_CONNECTED);
}

/* As 7.2 has it; before, vfio-pci offers what cannot be had. */
static void no_line_is_hidden(void)
{
	check_hidden_with("no_line=1");
}

/* The log names who has it. */
static void busy_bar_is_told(void)
{
	const bool ours = !strcmp(vfio_driver(), "vfio-lite");
	struct pci_dev dev = vfio_dut("edu");
	int log = kmsg_open();
	char params[64];
	struct vfio vfio;
	u32 value;

	snprintf(params, sizeof(params), "address=%s claim=0", dev.bdf);
	module_load(FIXTURE, params);
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	CHECK(!ours || kmsg_has(log, "BAR 0 belongs to \"id_fixture\""));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(__vfio_read(&vfio, 0, EDU_ID, &value, 4), -EBUSY);
	CHECK(!__vfio_mmap(&vfio, 0, 0, EDU_BAR_LEN, PROT_READ));
	CHECK_EQ(errno, EBUSY);
	CHECK_EQ(__vfio_ioeventfd(&vfio, 0, EDU_LIVENESS, 4, 1, event_new()), -EBUSY);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 2), EDU_VENDOR);
	vfio_close(&vfio);
	module_unload(FIXTURE);
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

/* Those who switch INTx off must not, then. */
static void msi_that_needs_intx_has_it(void)
{
	struct pci_dev dev = vfio_dut("edu");
	char params[64];
	struct vfio vfio;
	void *regs;
	int event;

	snprintf(params, sizeof(params), "address=%s msi_needs_intx=1", dev.bdf);
	module_load(FIXTURE, params);
	regs = vfio_open_edu(&vfio, "edu");
	event = vfio_enable_msi(&vfio);
	CHECK(!pci_intx_disabled(&dev));
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(!pci_intx_disabled(&dev));
	vfio_irq_off(&vfio, MSI);
}

/* The PCI core maps the table as well, and all have one memory type. */
static void table_is_not_write_combining(void)
{
	struct pci_dev dev = vfio_dut("nvme");
	int log = kmsg_open();
	char params[64];
	struct vfio vfio;

	snprintf(params, sizeof(params), "address=%s prefetchable=0", dev.bdf);
	module_load(FIXTURE, params);
	vfio_load(vfio_driver(), "wc_regions=1");
	vfio_bind(&dev, vfio_driver());
	CHECK_EQ(__pci_attr_write(&dev, "vfio_lite/bar0_wc", "1"), -EOPNOTSUPP);
	CHECK(kmsg_has(log, "bar0_wc: has the MSI-X table"));
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_region_info(&vfio, VFIO_PCI_NUM_REGIONS).size, 0);
}

static void cleanup(void)
{
	struct pci_dev dev = vfio_dut("edu");

	vfio_cleanup();
	if (module_loaded(FIXTURE))
		module_unload(FIXTURE);
	if (pci_attr_number(&dev, "enable"))
		pci_attr_write(&dev, "enable", "0");
}

static const struct ktap_case cases[] = {
	CASES(unsafe_devices_are_refused, VFIO_DRIVERS),
	CASES(unsafe_devices_are_had_on_request, VFIO_DRIVERS),
	SLOW_CASES(broken_intx_is_hidden, VFIO_DRIVERS, 40),
	CASES(broken_intx_stays_off, VFIO_DRIVERS),
	CASES(broken_intx_survives_a_backdoor_reset, VFIO_DRIVERS),
	CASES(line_to_nowhere_is_hidden, VFIO_DRIVERS),
	CASES(no_line_is_hidden, "vfio-lite"),
	CASES(busy_bar_is_told, VFIO_DRIVERS),
	CASES(msi_that_needs_intx_has_it, VFIO_DRIVERS),
	CASES(table_is_not_write_combining, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

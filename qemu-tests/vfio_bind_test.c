// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices are taken, by which driver's name, and what is found out about them.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define DROP_IN		"vfio_pci_drop_in"
#define OURS		"vfio-lite"
#define BRIDGE_VENDOR	0x1b36		/* QEMU's pcie-pci-bridge */
#define BRIDGE_DEVICE	0x000e
#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define MSI		VFIO_PCI_MSI_IRQ_INDEX
#define ROM		VFIO_PCI_ROM_REGION_INDEX
#define RESETS		100
#define MAX_LAPS	20	/* of so many resets */
#define SLOW_MS		900

static void bridge_is_refused(void)
{
	struct pci_dev dev = pci_find(BRIDGE_VENDOR, BRIDGE_DEVICE, 0);
	int log = kmsg_open();

	vfio_load(vfio_driver(), "");
	CHECK_EQ(__pci_bind(&dev, vfio_driver()), -ENODEV);
	CHECK(strcmp(vfio_driver(), OURS) || kmsg_has(log, "a bridge is not for user space"));
}

/* The others are taken nevertheless. */
static void wrong_ids_are_named(void)
{
	struct pci_dev dev = vfio_dut("testdev");
	int log = kmsg_open();

	vfio_load(vfio_driver(), "ids=nonsense,1b36:0005");
	CHECK(kmsg_has(log, "nonsense"));
	CHECK(pci_driven_by(&dev, vfio_driver()));
}

/* It is vfio_lite by another name, and as such tells how it interrupts. */
static void drop_in_takes_the_name(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;

	if (!module_loaded("vfio_iommu_type1"))
		module_load("vfio_iommu_type1", "");
	module_load(DROP_IN, "disable_vga=1");
	pci_bind(&dev, "vfio-pci");
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
	CHECK(__pci_attr_write(&dev, "vfio_lite/intr_mode", "none") < 0);
	vfio_close(&vfio);
}

static void drop_in_is_not_had_beside_the_kernel_s(void)
{
	vfio_load("vfio-pci", "");
	CHECK_EQ(__module_load(DROP_IN, ""), -EEXIST);
	module_unload("vfio_pci");
	module_load(DROP_IN, "");
	CHECK_EQ(__module_load("vfio_pci", ""), -EEXIST);
}

static void check_mode(const struct vfio *vfio, const char *mode)
{
	char text[16];

	pci_attr_read(&vfio->dev, "vfio_lite/intr_mode", text, sizeof(text));
	CHECK_STR(text, mode);
}

static void mode_is_told(void)
{
	struct vfio_irq_info info;
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__vfio_irq_info(&vfio, VFIO_PCI_ERR_IRQ_INDEX, &info), -EINVAL);
	check_mode(&vfio, "none");
	vfio_irq_on(&vfio, INTX, 0, event_new());
	check_mode(&vfio, "intx");
	vfio_irq_off(&vfio, INTX);
	vfio_irq_on(&vfio, MSI, 0, event_new());
	check_mode(&vfio, "msi");
	CHECK(vfio_irq_info(&vfio, MSI).flags & VFIO_IRQ_INFO_NORESIZE);
	vfio_irq_off(&vfio, MSI);
	check_mode(&vfio, "none");
}

struct resetter {
	struct pci_dev dev;
	int over;
};

static void reset_over_and_over(void *arg)
{
	const struct resetter *resetter = arg;
	int i;

	for (i = 0; i < RESETS; i++)
		pci_attr_write(&resetter->dev, "reset", "1");
	event_signal(resetter->over);
}

static int open_and_close(const struct pci_dev *dev)
{
	struct vfio vfio;
	int ret = __vfio_open(&vfio, dev);

	if (!ret)
		vfio_close(&vfio);
	return ret;
}

/*
 * Whoever resets it has its lock; then it can be opened again.  In-tree, the close and the
 * reset may both restore what was saved once, and the BARs are zero until they are set.
 */
static void locked_device_cannot_be_opened(void)
{
	struct resetter resetter = { vfio_dut("edu1"), event_new() };
	u32 bar = pci_config_read(&resetter.dev, PCI_BASE_ADDRESS_0, 4);
	int ret, refused = 0, laps = 0, log = kmsg_open();
	u64 start;
	pid_t pid;

	vfio_bind(&resetter.dev, vfio_driver());
	MUST(open_and_close(&resetter.dev));
	start = now_ms();
	pci_attr_write(&resetter.dev, "reset", "1");
	if (now_ms() - start > SLOW_MS)
		skip("a reset takes %llu ms here", now_ms() - start);
	/* An open meets a reset by chance. */
	while (!refused) {
		CHECK_GE(MAX_LAPS, ++laps);
		pid = helper_start(reset_over_and_over, &resetter);
		do {
			ret = open_and_close(&resetter.dev);
			CHECK(!ret || ret == -EAGAIN);
			refused += !!ret;
		} while (!fd_ready(resetter.over, 0));
		event_wait(resetter.over);
		helper_join(pid);
	}
	CHECK(strcmp(vfio_driver(), OURS) || kmsg_has(log, "locked by somebody else, try again"));
	MUST(open_and_close(&resetter.dev));
	if (pci_config_read(&resetter.dev, PCI_BASE_ADDRESS_0, 4) != bar) {
		/* What wakes up for an unbind has its old state restored. */
		pci_unbind(&resetter.dev);
		pci_config_write(&resetter.dev, PCI_BASE_ADDRESS_0, 4, bar);
		diag("its BAR was lost");
		CHECK(strcmp(vfio_driver(), OURS));
	}
}

/* Its number is firmware's until it is enabled for the first time. */
static u64 line_of(const char *name)
{
	struct pci_dev dev = vfio_dut(name);

	pci_attr_write(&dev, "enable", "1");
	pci_attr_write(&dev, "enable", "0");
	return pci_attr_number(&dev, "irq");
}

static const char *neighbour_of(const char *name)
{
	static const char * const names[] = { "edu1", "pair0", "e1000e", "ohci", "xhci" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (line_of(name) == line_of(names[i]))
			return names[i];
	FAIL("no device has the line of %s", name);
}

/* Who cannot mask in the device needs the line for himself; ours takes it anew at bind. */
static void line_in_use_is_not_had_alone(void)
{
	struct vfio first, alone;
	int log = kmsg_open();

	if (kernel_is_slow())
		skip("this kernel prints its stack when a line is refused");
	vfio_open_dut(&first, neighbour_of("edu"));
	vfio_irq_on(&first, INTX, 0, event_new());
	MUST(__file_write("/sys/module/vfio_lite/parameters/nointxmask", "1"));
	vfio_open_dut(&alone, "edu");
	CHECK_EQ(__vfio_irq_on(&alone, INTX, 0, event_new()), -EBUSY);
	CHECK(kmsg_has(log, "cannot mask INTx and cannot have interrupt"));
	vfio_irq_off(&first, INTX);
	vfio_irq_on(&alone, INTX, 0, event_new());
}

/*
 * An image in memory, that firmware has copied: here, registers stand for it, which take
 * no access of eight bytes. An X710's ROM does not either.
 */
static void firmware_s_copy_of_the_rom_is_read(void)
{
	struct pci_dev dev = vfio_dut("edu1");
	struct vfio vfio;
	char params[64];

	snprintf(params, sizeof(params), "device=%s rom=1", dev.bdf);
	module_load(CFG_FIXTURE, params);
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_region_info(&vfio, ROM).size, 4096);
	CHECK_EQ(vfio_read(&vfio, ROM, EDU_ID, 4), EDU_ID_VALUE);
	CHECK_EQ((u32)vfio_read(&vfio, ROM, EDU_ID, 8), EDU_ID_VALUE);
	vfio_write(&vfio, VFIO_CONFIG, PCI_ROM_ADDRESS, 4, ~0U);
	CHECK(vfio_read(&vfio, VFIO_CONFIG, PCI_ROM_ADDRESS, 4));
	if (!strcmp(vfio_driver(), OURS))
		CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_ROM_ADDRESS, 4), ~4095U | 1);
}

static void cleanup(void)
{
	vfio_cleanup();
	if (module_loaded(CFG_FIXTURE))
		module_unload(CFG_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(bridge_is_refused, VFIO_DRIVERS),
	CASES(wrong_ids_are_named, VFIO_DRIVERS),
	CASE(drop_in_takes_the_name),
	CASE(drop_in_is_not_had_beside_the_kernel_s),
	CASES(mode_is_told, "vfio-lite"),
	SLOW_CASES(locked_device_cannot_be_opened, VFIO_DRIVERS, 60),
	CASES(line_in_use_is_not_had_alone, "vfio-lite"),
	CASES(firmware_s_copy_of_the_rom_is_read, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets: of the function, of the bus with all that is on it; who may have one, and
 * what it leaves alone.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

/* The VLAN type of an 82576, in BAR 0. */
#define VET		0x38
#define VET_DEFAULT	0x81008100

#define TRIES		100	/* to do something within a reset */

/* VFIO_PCI_HOT_RESET_FLAG_*, which headers of Debian 12 do not have */
#define DEV_ID		BIT(0)
#define DEV_ID_OWNED	BIT(1)

static u32 config(const struct vfio *vfio, u32 at, int size)
{
	return vfio_read(vfio, VFIO_CONFIG, at, size);
}

static void no_reset_is_told_and_refused(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");

	CHECK(!vfio_has_reset(&vfio));
	CHECK_EQ(__vfio_reset(&vfio), -EINVAL);
	edu_check_alive(regs);
}

static void registers_are_reset(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "igb");
	CHECK(vfio_has_reset(&vfio));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	vfio_write(&vfio, 0, VET, 4, 0x1234);
	CHECK_EQ(vfio_read(&vfio, 0, VET, 4), 0x1234);
	MUST(__vfio_reset(&vfio));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, VET, 4), VET_DEFAULT);
}

/* The next user gets a device without the traces of the last. */
static void close_and_open_reset(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "igb");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	vfio_write(&vfio, 0, VET, 4, 0x1234);
	vfio_close(&vfio);
	vfio_open(&vfio, &vfio.dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, VET, 4), VET_DEFAULT);
}

static void choose_method(struct vfio *vfio, const char *name, const char *method)
{
	struct pci_dev dev = vfio_dut(name);

	pci_attr_write(&dev, "reset_method", method);
	vfio_open_dut(vfio, name);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
}

/* Whether VFIO_DEVICE_RESET is said to work, and does. */
static bool igb_is_reset_by(const char *method)
{
	struct vfio vfio;
	bool works;

	choose_method(&vfio, "igb", method);
	vfio_write(&vfio, 0, VET, 4, 0x1234);
	works = vfio_has_reset(&vfio);
	CHECK_EQ(__vfio_reset(&vfio), works ? 0 : -EINVAL);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, VET, 4), works ? VET_DEFAULT : 0x1234);
	vfio_close(&vfio);
	return works;
}

static bool edu_is_reset_by(const char *method)
{
	struct vfio vfio;
	bool works;

	choose_method(&vfio, "edu1", method);
	works = vfio_has_reset(&vfio);
	CHECK_EQ(__vfio_reset(&vfio), works ? 0 : -EINVAL);
	vfio_close(&vfio);
	return works;
}

/* The kernel's attribute: flr, bus and more, in any order; an empty line for none. */
static void method_is_chosen_in_sysfs(void)
{
	CHECK(igb_is_reset_by("flr"));
	CHECK(!igb_is_reset_by("\n"));
	CHECK(igb_is_reset_by("default"));
	CHECK(edu_is_reset_by("bus"));
	CHECK(!edu_is_reset_by("\n"));
	CHECK(edu_is_reset_by("default"));
}

/* At an open of the device; @format has place for its address and the method. */
static bool is_told(int log, const struct pci_dev *dev, const char *format, const char *method)
{
	struct vfio vfio;
	char text[128];

	vfio_open(&vfio, dev);
	vfio_close(&vfio);
	snprintf(text, sizeof(text), format, dev->bdf, method);
	return kmsg_has(log, text);
}

/* By the name that sysfs has for it, and not again until it is another one. */
static void method_that_is_used_is_told(void)
{
	const char *used = "%s: reset by %s, the first";
	const char *cannot = "%s: cannot be reset by itself (%s";
	struct pci_dev dev = vfio_dut("nvme");
	int log = kmsg_open();

	vfio_bind(&dev, vfio_driver());
	CHECK(is_told(log, &dev, used, "flr"));
	CHECK(!is_told(log, &dev, used, "flr"));
	pci_attr_write(&dev, "reset_method", "bus");
	CHECK(is_told(log, &dev, used, "bus"));
	pci_attr_write(&dev, "reset_method", "\n");
	CHECK(is_told(log, &dev, cannot, "none"));
	pci_attr_write(&dev, "reset_method", "bus");
	CHECK(is_told(log, &dev, used, "bus"));
	pci_attr_write(&dev, "reset_method", "default");
}

/* The attribute is of the function: a bus that is nobody else's is reset all the same. */
static void bus_is_reset_at_close_without_a_method(void)
{
	struct vfio vfio;

	choose_method(&vfio, "igb", "\n");
	vfio_write(&vfio, 0, VET, 4, 0x1234);
	vfio_close(&vfio);
	choose_method(&vfio, "igb", "default");
	CHECK_EQ(vfio_read(&vfio, 0, VET, 4), VET_DEFAULT);
}

/* What the user has of config space is not the device's to lose. */
static void config_survives(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");
	u32 bar;

	CHECK(vfio_has_reset(&vfio));
	bar = pci_config_read(&vfio.dev, PCI_BASE_ADDRESS_0, 4);
	vfio_write(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4, 0x12300000);
	vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1, 0x5a);
	vfio_command(&vfio, 0, PCI_COMMAND_MASTER);
	MUST(__vfio_reset(&vfio));
	CHECK_EQ(config(&vfio, PCI_BASE_ADDRESS_0, 4), 0x12300000);
	CHECK_EQ(config(&vfio, PCI_INTERRUPT_LINE, 1), 0x5a);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_BASE_ADDRESS_0, 4), bar);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
}

static void check_interrupt(struct vfio *vfio, void *regs, int event)
{
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
}

static void intx_survives(void)
{
	const int event = event_new();
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");
	int i;

	vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event);
	for (i = 0; i < 5; i++) {
		check_interrupt(&vfio, regs, event);
		CHECK(pci_intx_disabled(&vfio.dev));
		MUST(__vfio_reset(&vfio));
		CHECK(pci_intx_disabled(&vfio.dev));
		vfio_irq_action(&vfio, VFIO_PCI_INTX_IRQ_INDEX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	}
	CHECK(!fd_ready(event, QUIET_MS));
}

static void msi_survives(void)
{
	const int event = event_new();
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");

	vfio_irq_on(&vfio, VFIO_PCI_MSI_IRQ_INDEX, 0, event);
	check_interrupt(&vfio, regs, event);
	MUST(__vfio_reset(&vfio));
	CHECK(pci_msi_enabled(&vfio.dev));
	check_interrupt(&vfio, regs, event);
}

/* --- hot reset: all that shares the bus --- */

static u32 dependents(const struct vfio *vfio)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[16];
	} arg = { .info = { .argsz = sizeof(arg.info) } };
	u32 count;

	CHECK_EQ(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg), -ENOSPC);
	count = arg.info.count;
	arg.info.argsz = sizeof(arg);
	MUST(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg));
	CHECK_EQ(arg.info.count, count);
	return count;
}

static void bus_of_one(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");

	CHECK_EQ(dependents(&vfio), 1);
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
}

static void root_bus_has_none(void)
{
	struct vfio_pci_hot_reset_info info = { .argsz = sizeof(info) };
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK_EQ(__vfio_ioctl(vfio.device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &info), -ENODEV);
	CHECK_EQ(__vfio_hot_reset(&vfio, &vfio.group, 1), -ENODEV);
}

/* Two on one bus: both must be ours, and the group that is named owns them. */
static void bus_of_two(void)
{
	struct pci_dev other = vfio_dut("pair1");
	struct vfio vfio, second;
	void *regs, *others;

	vfio_bind(&other, vfio_driver());
	regs = vfio_open_edu(&vfio, "pair0");
	vfio_open_also(&second, &other, &vfio);
	vfio_command(&second, 0, PCI_COMMAND_MEMORY);
	others = vfio_map_bar(&second, 0);
	CHECK_EQ(dependents(&vfio), 2);
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	vfio_command(&second, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
	edu_check_alive(others);
}

/* A device that another driver, or none, has is not reset along. */
static void bus_of_two_owners(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "pair0");

	CHECK(__vfio_hot_reset(&vfio, &vfio.group, 1) < 0);
	edu_check_alive(regs);
}

static void wrong_group_is_refused(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio, wrong;
	void *regs = vfio_open_edu(&vfio, "edu1");

	vfio_bind(&dev, vfio_driver());
	vfio_open(&wrong, &dev);
	CHECK(__vfio_hot_reset(&vfio, &wrong.group, 1) < 0);
	edu_check_alive(regs);
}

/* The device's own file says who asks; the group's other device is theirs, too. */
static void bus_by_the_devices_own_node(void)
{
	struct pci_dev dev = vfio_dut("pair0"), other = vfio_dut("pair1");
	struct vfio vfio;

	vfio_bind(&dev, vfio_driver());
	vfio_open_cdev(&vfio, &dev);
	CHECK_EQ(__vfio_hot_reset(&vfio, &vfio.device, 1), -EINVAL);
	CHECK(__vfio_hot_reset(&vfio, NULL, 0) < 0);
	vfio_bind(&other, vfio_driver());
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	vfio_write(&vfio, 0, EDU_IRQ_RAISE, 4, 1);
	CHECK(pci_intx_pending(&dev));
	MUST(__vfio_hot_reset(&vfio, NULL, 0));
	CHECK(!pci_intx_pending(&dev));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

static void raise_and_close(const char *name)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, name);

	edu_raise(regs, 1);
	CHECK(pci_intx_pending(&vfio.dev));
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
}

/*
 * What has no reset of its own is reset with its bus, by the last who closes one
 * of the devices there, if all are the driver's: the INTx is gone then.
 */
static void last_close_resets_the_bus(void)
{
	struct pci_dev dev = vfio_dut("pair0"), other = vfio_dut("pair1");
	struct vfio first, second;

	raise_and_close("pair0");
	CHECK(pci_intx_pending(&dev));
	vfio_bind(&other, vfio_driver());
	vfio_open(&first, &other);
	vfio_open_also(&second, &dev, &first);
	vfio_close(&second);
	CHECK(pci_intx_pending(&dev));
	vfio_close(&first);
	CHECK(!pci_intx_pending(&dev));
}

/* Whether it was seen; the bridge's config space can be read before and after it only. */
static bool close_with_bridge_locked(const struct vfio *vfio)
{
	struct vfio_resetter resetter;
	char bytes[16];
	bool within;

	vfio_close_start(&resetter, vfio);
	within = vfio_reset_under_way(&resetter);
	MUST(__pci_attr_read(&vfio->dev, "../config", bytes, sizeof(bytes)));
	CHECK(!within || !vfio_reset_under_way(&resetter));
	vfio_reset_finish(&resetter);
	return within;
}

/* In-tree, it is locked since 6.11. */
static void bridge_is_locked_at_the_last_close(void)
{
	struct vfio vfio;
	int i;

	vfio_open_dut(&vfio, "edu1");
	for (i = 0; i < TRIES && !close_with_bridge_locked(&vfio); i++)
		vfio.device = MUST(__vfio_group_device(vfio.group, vfio.dev.bdf));
	CHECK(i < TRIES);
}

static void open_node(struct vfio *vfio, const char *name)
{
	struct pci_dev dev = vfio_dut(name);

	vfio_bind(&dev, vfio_driver());
	vfio_open_cdev(vfio, &dev);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
}

/* By the device's node, who asks is known: what is the user's, and what is not. */
static u32 reset_flags(const struct vfio *vfio)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[16];
	} arg = { .info = { .argsz = sizeof(arg) } };

	MUST(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg));
	return arg.info.flags;
}

static void bus_of_one_by_node(void)
{
	struct vfio vfio;

	open_node(&vfio, "edu1");
	CHECK_EQ(reset_flags(&vfio), DEV_ID | DEV_ID_OWNED);
	MUST(__vfio_hot_reset(&vfio, NULL, 0));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

/* The other is the user's as a member of the group, also if it was not opened. */
static void bus_of_two_by_node(void)
{
	struct pci_dev other = vfio_dut("pair1");
	struct vfio vfio;

	vfio_bind(&other, vfio_driver());
	open_node(&vfio, "pair0");
	CHECK_EQ(reset_flags(&vfio), DEV_ID | DEV_ID_OWNED);
	MUST(__vfio_hot_reset(&vfio, NULL, 0));
	pci_unbind(&other);
	CHECK_EQ(reset_flags(&vfio), DEV_ID);
	CHECK(__vfio_hot_reset(&vfio, NULL, 0) < 0);
}

static const struct ktap_case cases[] = {
	CASES(no_reset_is_told_and_refused, VFIO_DRIVERS),
	CASES(registers_are_reset, VFIO_DRIVERS),
	CASES(close_and_open_reset, VFIO_DRIVERS),
	CASES(method_is_chosen_in_sysfs, VFIO_DRIVERS),
	CASES(method_that_is_used_is_told, "vfio-lite"),
	CASES(bus_is_reset_at_close_without_a_method, VFIO_DRIVERS),
	CASES(config_survives, VFIO_DRIVERS),
	CASES(intx_survives, VFIO_DRIVERS),
	CASES(msi_survives, VFIO_DRIVERS),
	CASES(bus_of_one, VFIO_DRIVERS),
	CASES(root_bus_has_none, VFIO_DRIVERS),
	CASES(bus_of_two, VFIO_DRIVERS),
	CASES(bus_of_two_owners, VFIO_DRIVERS),
	CASES(wrong_group_is_refused, VFIO_DRIVERS),
	CASES(bus_by_the_devices_own_node, VFIO_DRIVERS),
	CASES(last_close_resets_the_bus, VFIO_DRIVERS),
	CASES(bridge_is_locked_at_the_last_close, "vfio-lite"),
	CASES(bus_of_one_by_node, VFIO_DRIVERS),
	CASES(bus_of_two_by_node, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

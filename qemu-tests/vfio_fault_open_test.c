// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while a device of vfio_lite is opened and closed, by its group or its
 * own node: an error to the user, nothing left behind, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1 iommufd
 * Deadline: 90
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define NAME	"vfio-lite"

static struct pci_dev dev;
static struct vfio vfio;

static int try_open(void)
{
	vfio.device = ioctl(vfio.group, VFIO_GROUP_GET_DEVICE_FD, dev.bdf);
	return vfio.device < 0 ? -errno : 0;
}

static int try_close(void)
{
	int fd = vfio.device;

	vfio.device = -1;
	return close(fd) ? -errno : 0;
}

static void open_device(void)
{
	MUST(try_open());
}

/* A BAR that could not be had is one that cannot be read. */
static void check_open(void)
{
	u32 value;
	int ret;

	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	ret = __vfio_read(&vfio, 0, 0, &value, sizeof(value));
	if (ret != sizeof(value) && ret != -ENOMEM && ret != -EBUSY)
		FAIL("BAR 0 answers %d", ret);
	MUST(try_close());
}

static const struct fail_step opening = {
	.what = "open", .act = try_open, .undo = check_open, .check = idle_check,
};

static const struct fail_step closing = {
	.what = "close", .prepare = open_device, .act = try_close, .check = idle_check,
	.never = true,
};

static void start(void)
{
	dev = vfio_fault_hold("igb");
	vfio_bind(&dev, NAME);
	vfio_open(&vfio, &dev);
	MUST(try_close());
	idle_note(&dev);
}

/* As another driver may have left it; it is to be left so again. */
static void disable_intx(void)
{
	pci_config_write(&dev, PCI_COMMAND, 2,
			 pci_config_read(&dev, PCI_COMMAND, 2) | PCI_COMMAND_INTX_DISABLE);
	idle_note(&dev);
}

static void open_without_memory(void)
{
	start();
	disable_intx();
	CHECK(fail_memory(&opening));
}

static void open_is_refused(void)
{
	int log = kmsg_open();

	start();
	disable_intx();
	CHECK(fail_function("pci_enable_device", -EIO, &opening));
	CHECK(kmsg_has(log, "cannot be enabled, see above"));
	CHECK(fail_function("pci_try_reset_function", -EAGAIN, &opening));
	CHECK(kmsg_has(log, "locked by somebody else"));
	CHECK(fail_function("pci_store_saved_state", 0, &opening));
	CHECK(kmsg_has(log, "its state cannot be kept"));
	CHECK(fail_function("vfl_config_open", -EIO, &opening));
	CHECK(kmsg_has(log, "its config space cannot be read"));
}

/* By a BAR that others have, or by a null pointer. */
static void open_does_without(void)
{
	start();
	CHECK(!fail_function("pci_request_selected_regions", -EBUSY, &opening));
	CHECK(!fail_function("pci_iomap", 0, &opening));
	CHECK(!fail_function("pci_try_reset_function", -ENOTTY, &opening));
}

static void close_without_memory(void)
{
	start();
	fail_memory(&closing);
}

/* --- of a device that sleeps while nobody has it open --- */

static void await_sleep(void)
{
	CHECK(wait_for(pci_asleep(&dev), SOON_MS));
}

static void check_asleep(void)
{
	await_sleep();
	idle_check();
}

static const struct fail_step waking = {
	.what = "open of a sleeper", .act = try_open, .undo = check_open,
	.check = check_asleep,
};

static void open_of_a_sleeper_is_refused(void)
{
	int log;

	fail_init();
	vfio_load(NAME, "disable_idle_d3=0");
	start();
	await_sleep();
	idle_note(&dev);
	log = kmsg_open();
	CHECK(fail_function("rpm_resume", -EIO, &waking));
	CHECK(kmsg_has(log, "does not wake up; disable_idle_d3=1 keeps it awake"));
	CHECK(fail_function("pci_try_reset_function", -EAGAIN, &waking));
}

/* --- by the device's own node --- */

static void open_node(void)
{
	MUST(__vfio_open_node(&vfio, &dev));
}

static int try_iommufd(void)
{
	return __vfio_bind_iommufd(&vfio);
}

static void check_node_closed(void)
{
	vfio_close(&vfio);
	idle_check();
}

static const struct fail_step opening_node = {
	.what = "open by iommufd", .prepare = open_node, .act = try_iommufd,
	.check = check_node_closed,
};

static void iommufd_is_refused(void)
{
	start();
	vfio_close(&vfio);
	vfio_open_cdev(&vfio, &dev);
	check_node_closed();
	CHECK(fail_memory(&opening_node));
	CHECK(fail_function("pci_enable_device", -EIO, &opening_node));
	CHECK(fail_function("pci_try_reset_function", -EAGAIN, &opening_node));
}

static const struct ktap_case cases[] = {
	SLOW_CASE(open_without_memory, 60),
	SLOW_CASE(open_is_refused, 60),
	SLOW_CASE(open_does_without, 60),
	SLOW_CASE(close_without_memory, 60),
	SLOW_CASE(open_of_a_sleeper_is_refused, 60),
	SLOW_CASE(iommufd_is_refused, 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}

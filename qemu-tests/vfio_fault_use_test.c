// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while a device that vfio_lite has open is asked and used: an error to
 * the user, the device as it was, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <sys/mman.h>

#include "lib/ktap.h"
#include "lib/vfio_fault.h"

static struct vfio vfio;
static void *map;
static int event;
static u32 region;
static u16 command;

static void start(const char *name)
{
	vfio = vfio_fault_open(name);
	event = event_new();
}

/* --- questions, and access --- */

static int ask_info(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return __vfio_ioctl(vfio.device, VFIO_DEVICE_GET_INFO, &info);
}

static int ask_region(void)
{
	struct vfio_region_info *info;

	return __vfio_region_info(&vfio, region, &info);
}

static int ask_irq(void)
{
	struct vfio_irq_info info;

	return __vfio_irq_info(&vfio, VFIO_PCI_MSIX_IRQ_INDEX, &info);
}

static int ask_feature(void)
{
	return __vfio_feature(&vfio, VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_SET |
			      VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, NULL, 0);
}

static int set_token(void)
{
	static const u8 token[16] = { 1 };

	return __vfio_feature(&vfio, VFIO_DEVICE_FEATURE_SET |
			      VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, token, sizeof(token));
}

static int allow_sleep(void)
{
	return __vfio_feature(&vfio, VFIO_DEVICE_FEATURE_SET |
			      VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, NULL, 0);
}

static void wake(void)
{
	MUST(__vfio_feature(&vfio, VFIO_DEVICE_FEATURE_SET |
			    VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, NULL, 0));
}

static int ask_hot_reset(void)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[8];
	} arg = { .info.argsz = sizeof(arg) };

	return __vfio_ioctl(vfio.device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg);
}

static int read_config(void)
{
	u8 bytes[64];

	return __vfio_read(&vfio, VFIO_CONFIG, 0, bytes, sizeof(bytes));
}

static int write_config(void)
{
	const u8 line = 5;

	return __vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, &line, 1);
}

static int read_bar(void)
{
	u32 value;

	return __vfio_read(&vfio, 0, 0, &value, sizeof(value));
}

static int write_bar(void)
{
	const u32 value = 0;

	return __vfio_write(&vfio, 0, 0x38, &value, sizeof(value));
}

static int map_bar(void)
{
	map = __vfio_mmap(&vfio, 0, 0, 4096, PROT_READ);
	if (!map)
		return -errno;
	mmio_read32(map, 0);
	return 0;
}

static void unmap_bar(void)
{
	MUST(munmap(map, 4096));
}

static const struct fail_step asking_region = {
	.what = "region info", .act = ask_region, .check = vfio_check_idle,
};

static const struct fail_step reading_config = {
	.what = "config read", .act = read_config, .check = vfio_check_idle,
};

static const struct fail_step questions[] = {
	{ .what = "info", .act = ask_info, .check = vfio_check_idle },
	{ .what = "irq info", .act = ask_irq, .check = vfio_check_idle },
	{ .what = "feature", .act = ask_feature, .check = vfio_check_idle },
	{ .what = "token", .act = set_token, .check = vfio_check_idle },
	{ .what = "low power", .act = allow_sleep, .undo = wake, .check = vfio_check_idle },
	{ .what = "hot reset info", .act = ask_hot_reset, .check = vfio_check_idle },
	{ .what = "config write", .act = write_config, .check = vfio_check_idle },
	{ .what = "BAR read", .act = read_bar, .check = vfio_check_idle },
	{ .what = "BAR write", .act = write_bar, .check = vfio_check_idle },
	{ .what = "mmap", .act = map_bar, .undo = unmap_bar, .check = vfio_check_idle },
};

static void use_without_memory(void)
{
	size_t i;

	start("igb");
	CHECK(fail_memory(&reading_config));
	for (i = 0; i < ARRAY_SIZE(questions); i++)
		CHECK(fail_memory(&questions[i]));
}

static int write_command(void)
{
	return __vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, &command, sizeof(command));
}

static const struct fail_step commanding = {
	.what = "command write", .act = write_command, .check = vfio_check_idle,
};

static void config_is_refused(void)
{
	start("igb");
	command = vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2);
	CHECK(fail_function("pci_user_read_config_dword", -EIO, &reading_config));
	CHECK(fail_function("rpm_resume", -EIO, &reading_config));
	CHECK(fail_function("pci_user_read_config_word", -EIO, &commanding));
	CHECK(fail_function("pci_user_write_config_word", -EIO, &commanding));
}

static int allow_sleep_with_wakeup(void)
{
	const s32 arg[2] = { event };

	return __vfio_feature(&vfio, VFIO_DEVICE_FEATURE_SET |
			      VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, arg,
			      sizeof(arg));
}

static const struct fail_step sleeping = {
	.what = "low power with wake-up", .act = allow_sleep_with_wakeup, .undo = wake,
	.check = vfio_check_idle,
};

static void wakeup_is_refused(void)
{
	start("igb");
	CHECK(fail_memory(&sleeping));
	CHECK(fail_function("eventfd_ctx_fdget", -EBADF, &sleeping));
}

/* Where the MSI-X table is there is more to tell, for which it takes memory. */
static void table_without_memory(void)
{
	start("igb");
	for (region = 0; region <= VFIO_PCI_ROM_REGION_INDEX; region++)
		fail_memory(&asking_region);
}

/* --- doorbells and resets --- */

static int doorbell_on(void)
{
	return __vfio_ioeventfd(&vfio, 0, 0x38, 4, 0, event);
}

static void doorbell_off(void)
{
	MUST(__vfio_ioeventfd(&vfio, 0, 0x38, 4, 0, -1));
}

static const struct fail_step ringing = {
	.what = "ioeventfd", .act = doorbell_on, .undo = doorbell_off,
	.check = vfio_check_idle,
};

static void doorbell_is_refused(void)
{
	start("igb");
	CHECK(fail_memory(&ringing));
	CHECK(fail_function("vfio_virqfd_enable", -EBUSY, &ringing));
}

static int reset(void)
{
	return __vfio_reset(&vfio);
}

static int hot_reset(void)
{
	return __vfio_hot_reset(&vfio, &vfio.group, 1);
}

static const struct fail_step resetting = {
	.what = "reset", .act = reset, .check = vfio_check_idle,
};

static const struct fail_step hot_resetting = {
	.what = "hot reset", .act = hot_reset, .check = vfio_check_idle,
};

static void reset_is_refused(void)
{
	start("igb");
	CHECK(fail_function("pci_try_reset_function", -ENOTTY, &resetting));
}

/* Of a device that is alone on its bus, or one of two. */
static void hot_reset_is_refused(void)
{
	struct pci_dev other = vfio_dut("pair1");

	vfio_bind(&other, "vfio-lite");
	start(ktap_variant());
	CHECK(fail_memory(&hot_resetting));
	CHECK(fail_function("rpm_resume", -EIO, &hot_resetting));
	CHECK(fail_function("pci_reset_bus", -EAGAIN, &hot_resetting));
}

/* What there is no memory to keep a copy of must not be lost in D3. */
static void sleep_without_memory(void)
{
	u8 line;
	int pm;

	start("e1000e");
	pm = vfio_find_cap(&vfio, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	line = pci_config_read(&vfio.dev, PCI_CACHE_LINE_SIZE, 1);
	fail_begin("pci_store_saved_state", 0, 0);
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	fail_end();
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, pm, 2) & 3, 0);

	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, pm, 2) & 3, 3);
	pci_config_write(&vfio.dev, PCI_CACHE_LINE_SIZE, 1, line + 1);
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 0);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_CACHE_LINE_SIZE, 1), line);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(use_without_memory, 60),
	CASE(config_is_refused),
	CASE(wakeup_is_refused),
	CASE(table_without_memory),
	CASE(doorbell_is_refused),
	CASE(reset_is_refused),
	CASES(hot_reset_is_refused, "edu1 pair0"),
	CASE(sleep_without_memory),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while regions of a device that vfio_lite has open are read and written,
 * in one piece or several: an error to the user, the device as it was, and it works when
 * tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define ROM		VFIO_PCI_ROM_REGION_INDEX
#define POISON		0x5a
#define BULK		600	/* the driver copies 256 bytes at a time */
#define CONFIG_LEN	PCI_CFG_SPACE_EXP_SIZE

/*
 * What of the device can be read and, where it says so, written back without that
 * anything becomes of it.
 */
static const struct area {
	const char *name;	/* a variant */
	const char *device;
	int index;
	u32 offset;
	u32 len;
	bool writable;
} areas[] = {
	{ "registers", "nvme", 0, 4, BULK, false },
	{ "register", "nvme", 0, 0, 8, false },
	{ "vectors", "igb", 3, 0, BULK, true },
	{ "ports", "testdev", 1, 0, 12, false },
	{ "memory", "testdev", 2, 100, BULK, true },
};

static struct vfio vfio;
static struct area area;
static u8 first[CONFIG_LEN], bytes[CONFIG_LEN];
static u16 command;

static int moved(ssize_t count)
{
	if (count >= 0)
		CHECK_EQ(count, area.len);
	return count < 0 ? count : 0;
}

static int try_read(void)
{
	return moved(__vfio_read(&vfio, area.index, area.offset, bytes, area.len));
}

static int try_write(void)
{
	return moved(__vfio_write(&vfio, area.index, area.offset, first, area.len));
}

/* What is not read is seen. */
static void poison(void)
{
	memset(bytes, POISON, area.len);
}

static void check_bytes(void)
{
	CHECK(!memcmp(bytes, first, area.len));
}

static void check_area(void)
{
	poison();
	MUST(try_read());
	check_bytes();
	vfio_check_idle();
}

static const struct fail_step reading = {
	.what = "read", .prepare = poison, .act = try_read, .undo = check_bytes,
	.check = vfio_check_idle,
};

static const struct fail_step writing = {
	.what = "write", .act = try_write, .check = check_area,
};

/* From now on it is about this area, which has not been touched by a failure yet. */
static void choose(const struct area *chosen)
{
	area = *chosen;
	MUST(try_read());
	memcpy(first, bytes, area.len);
}

static void start(const char *device)
{
	vfio = vfio_fault_open(device);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	idle_note(&vfio.dev);
}

/* --- BARs --- */

static const struct area *find_area(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(areas); i++)
		if (!strcmp(areas[i].name, name))
			return &areas[i];
	FAIL("no area \"%s\"", name);
}

static void bar_is_refused(void)
{
	const struct area *chosen = find_area(ktap_variant());

	start(chosen->device);
	choose(chosen);
	CHECK(fail_memory(&reading));
	CHECK(fail_function("rpm_resume", -EIO, &reading));
	if (!area.writable)
		return;
	CHECK(fail_memory(&writing));
	CHECK(fail_function("rpm_resume", -EIO, &writing));
}

/* --- the expansion ROM --- */

static const struct area rom = { "ROM", "e1000e", ROM, 0, BULK, false };

/* The device answers at the ROM's address for no longer than it is read. */
static void check_rom_off(void)
{
	CHECK(!(pci_config_read(&vfio.dev, PCI_ROM_ADDRESS, 4) & PCI_ROM_ADDRESS_ENABLE));
	vfio_check_idle();
}

static const struct fail_step reading_rom = {
	.what = "ROM read", .prepare = poison, .act = try_read, .undo = check_bytes,
	.check = check_rom_off,
};

/* Not a step that can fail: it is refused before anything is asked for. */
static int write_rom(void)
{
	int ret = __vfio_write(&vfio, ROM, 0, first, sizeof(u32));

	return ret == -EINVAL ? 0 : -ENOTRECOVERABLE;
}

static const struct fail_step writing_rom = {
	.what = "ROM write", .act = write_rom, .check = check_rom_off, .never = true,
};

static void rom_is_refused(void)
{
	start(rom.device);
	choose(&rom);
	CHECK(fail_memory(&reading_rom));
	CHECK(fail_function("pci_map_rom", 0, &reading_rom));
	CHECK(fail_function("rpm_resume", -EIO, &reading_rom));
	fail_memory(&writing_rom);
}

/* The image that firmware has left in memory is mapped for as long as it is read. */
static void rom_of_firmware_is_refused(void)
{
	static const struct area shadow = { "ROM", "edu1", ROM, 0, BULK, false };
	struct pci_dev dev = vfio_dut(shadow.device);
	char params[64];

	snprintf(params, sizeof(params), "device=%s rom=1", dev.bdf);
	module_load(CFG_FIXTURE, params);
	start(shadow.device);
	choose(&shadow);
	CHECK(fail_memory(&reading_rom));
	CHECK(fail_function("ioremap", 0, &reading_rom));
}

/* --- config space --- */

/* All of it, as after a reset, say. */
static const struct area config = { "config", "igb", VFIO_CONFIG, 0, CONFIG_LEN, true };

static void config_without_memory(void)
{
	start(config.device);
	choose(&config);
	CHECK(fail_memory(&reading));
	CHECK(fail_memory(&writing));
}

/* Registers that are the device's, of each width. */
static const struct access {
	const char *function;
	u32 offset;
	u32 len;
	const struct fail_step *step;
} accesses[] = {
	{ "pci_user_read_config_byte", PCI_CACHE_LINE_SIZE, 1, &reading },
	{ "pci_user_read_config_word", PCI_STATUS, 2, &reading },
	{ "pci_user_read_config_dword", PCI_CLASS_REVISION, 4, &reading },
	{ "pci_user_write_config_byte", PCI_CACHE_LINE_SIZE, 1, &writing },
	{ "pci_user_write_config_word", PCI_COMMAND, 2, &writing },
	{ "pci_user_write_config_dword", 0, CONFIG_LEN, &writing },
	{ "rpm_resume", 0, 4, &reading },
	{ "rpm_resume", 0, CONFIG_LEN, &writing },
};

static void config_is_refused(void)
{
	const struct access *access;
	struct area some = config;

	start(config.device);
	for (access = accesses; access < accesses + ARRAY_SIZE(accesses); access++) {
		some.offset = access->offset;
		some.len = access->len;
		choose(&some);
		CHECK(fail_function(access->function, -EIO, access->step));
	}
}

static int toggle_intx(void)
{
	const u16 value = command ^ PCI_COMMAND_INTX_DISABLE;

	return moved(__vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, &value, sizeof(value)));
}

static void restore_command(void)
{
	vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, sizeof(command), command);
}

/* What the user reads is what the driver goes by. */
static void check_command(void)
{
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, sizeof(command)), command);
	vfio_check_idle();
}

static const struct fail_step commanding = {
	.what = "INTx disable", .act = toggle_intx, .undo = restore_command,
	.check = check_command,
};

static void command_is_refused(void)
{
	start("igb");
	area = (struct area){ .index = VFIO_CONFIG, .offset = PCI_COMMAND, .len = 2 };
	command = vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, sizeof(command));
	CHECK(fail_memory(&commanding));
	CHECK(fail_function("pci_user_write_config_word", -EIO, &commanding));
}

static void cleanup(void)
{
	vfio_fault_cleanup();
	if (module_loaded(CFG_FIXTURE))
		module_unload(CFG_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(bar_is_refused, "registers register vectors ports memory"),
	CASE(rom_is_refused),
	CASE(rom_of_firmware_is_refused),
	CASE(config_without_memory),
	SLOW_CASE(config_is_refused, 60),
	CASE(command_is_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space: what the driver passes on, what it makes up, and what a write to
 * it must set off. The whole of it is compared in vfio_diff_test.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

static u64 config(const struct vfio *vfio, u32 at, int size)
{
	return vfio_read(vfio, VFIO_CONFIG, at, size);
}

/* CVE-2020-12888: nothing reaches a device that does not decode. */
static void memory_off_ends_all_access(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");
	void *fresh = vfio_map_bar(&vfio, 0);
	u32 value;
	int i;

	for (i = 0; i < 10; i++) {
		edu_check_alive(regs);
		vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
		CHECK(!mmio_try_read32(regs, EDU_ID, &value));
		CHECK(!mmio_try_write32(fresh, EDU_LIVENESS, 1));
		CHECK_EQ(__vfio_read(&vfio, 0, EDU_ID, &value, 4), -EIO);
		CHECK_EQ(__vfio_write(&vfio, 0, EDU_LIVENESS, &value, 4), -EIO);
		vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
		CHECK(mmio_try_read32(fresh, EDU_ID, &value));
		CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
	}
	edu_check_alive(regs);
}

/* A byte that turns decoding off does so, too. */
static void memory_off_by_any_width(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");
	u32 value;

	vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, 1, 0);
	CHECK(!mmio_try_read32(regs, EDU_ID, &value));
	vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, 1, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
	vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, 4, 0);
	CHECK(!mmio_try_read32(regs, EDU_ID, &value));
	vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, 4, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
}

static void registers_may_be_crossed(void)
{
	struct vfio vfio;
	u8 byte[64], all[64];
	u32 at, len;

	vfio_open_dut(&vfio, "e1000e");
	for (at = 0; at < sizeof(byte); at++)
		byte[at] = config(&vfio, at, 1);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, 0, all, sizeof(all)), sizeof(all));
	CHECK(!memcmp(all, byte, sizeof(all)));
	for (len = 2; len <= 8; len++)
		for (at = 0; at + len <= sizeof(byte); at++) {
			CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, at, all, len), len);
			CHECK(!memcmp(all, byte + at, len));
		}
}

static void region_ends_where_it_says(void)
{
	struct vfio vfio;
	u8 bytes[16];
	u64 size;

	vfio_open_dut(&vfio, "e1000e");
	size = vfio_region_info(&vfio, VFIO_CONFIG).size;
	CHECK_EQ(size, 4096);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, size - 4, bytes, 4), 4);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, size - 4, bytes, 16), -EFAULT);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, size, bytes, 4), -EFAULT);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, size + 1, bytes, 1), -EFAULT);
	CHECK_EQ(__vfio_write(&vfio, VFIO_CONFIG, size, bytes, 4), -EFAULT);
}

static void identity_is_read_only(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	vfio_write(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 4, 0);
	vfio_write(&vfio, VFIO_CONFIG, PCI_CLASS_REVISION, 4, 0);
	vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_PIN, 1, 3);
	CHECK_EQ(config(&vfio, PCI_VENDOR_ID, 4), EDU_DEVICE << 16 | EDU_VENDOR);
	CHECK_EQ(config(&vfio, PCI_CLASS_REVISION, 4), 0x00ff0010);
	CHECK_EQ(config(&vfio, PCI_INTERRUPT_PIN, 1), 1);
}

/* Scratch, for a guest's firmware; the device's own stays. */
static void interrupt_line_is_the_user_s(void)
{
	struct vfio vfio;
	u8 real;

	vfio_open_dut(&vfio, "edu");
	real = pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1);
	vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1, real ^ 0x55);
	CHECK_EQ(config(&vfio, PCI_INTERRUPT_LINE, 1), real ^ 0x55);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1), real);
}

static void check_sizing(const struct vfio *vfio, int bar)
{
	u32 at = PCI_BASE_ADDRESS_0 + 4 * bar, old = config(vfio, at, 4), shown;
	u64 size = vfio_region_info(vfio, bar).size;

	vfio_write(vfio, VFIO_CONFIG, at, 4, ~0U);
	shown = config(vfio, at, 4);
	if (size && !(old & PCI_BASE_ADDRESS_SPACE_IO))
		CHECK_EQ(shown & PCI_BASE_ADDRESS_MEM_MASK, (u32)-size);
	else if (size)
		CHECK_EQ(shown & PCI_BASE_ADDRESS_IO_MASK, (u32)-size);
	vfio_write(vfio, VFIO_CONFIG, at, 4, old);
	CHECK_EQ(config(vfio, at, 4), old);
}

/* The device itself never sees an address that a user writes. */
static void bars_can_be_sized_and_not_moved(void)
{
	static const char * const names[] = { "edu", "e1000e", "nvme", "testdev", "ohci" };
	struct vfio vfio;
	u32 at, before;
	size_t i;
	int bar;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		vfio_open_dut(&vfio, names[i]);
		for (bar = 0; bar < VFIO_BARS; bar++) {
			at = PCI_BASE_ADDRESS_0 + 4 * bar;
			before = pci_config_read(&vfio.dev, at, 4);
			check_sizing(&vfio, bar);
			vfio_write(&vfio, VFIO_CONFIG, at, 4, 0);
			CHECK_EQ(pci_config_read(&vfio.dev, at, 4), before);
		}
		vfio_close(&vfio);
	}
}

static void rom_can_be_sized(void)
{
	struct vfio vfio;
	u64 size;

	vfio_open_dut(&vfio, "e1000e");
	size = vfio_region_info(&vfio, VFIO_PCI_ROM_REGION_INDEX).size;
	CHECK(size);
	vfio_write(&vfio, VFIO_CONFIG, PCI_ROM_ADDRESS, 4, PCI_ROM_ADDRESS_MASK);
	CHECK_EQ(config(&vfio, PCI_ROM_ADDRESS, 4) & PCI_ROM_ADDRESS_MASK, (u32)-size);
	CHECK_EQ(vfio_read(&vfio, VFIO_PCI_ROM_REGION_INDEX, 0, 2), 0xaa55);
}

static void bus_mastering_is_passed_on(void)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	CHECK(!pci_bus_master(&vfio.dev));
	vfio_command(&vfio, 0, PCI_COMMAND_MASTER);
	CHECK(pci_bus_master(&vfio.dev));
	vfio_command(&vfio, PCI_COMMAND_MASTER, 0);
	CHECK(!pci_bus_master(&vfio.dev));
}

/* The kernel masks with that bit, so the user has one of his own. */
static void intx_disable_is_the_user_s(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");
	int event = event_new();

	vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event);
	vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
	CHECK(config(&vfio, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	edu_raise(regs, 1);
	CHECK(!fd_ready(event, QUIET_MS));
	vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	event_wait(event);
	CHECK(pci_intx_disabled(&vfio.dev));
	CHECK(!(config(&vfio, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE));
	edu_ack(regs);
}

/* Set before there is an interrupt, it holds for the one to come. */
static void intx_disable_may_come_first(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");
	int event = event_new();

	vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
	vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event);
	CHECK(pci_intx_disabled(&vfio.dev));
	edu_raise(regs, 1);
	CHECK(!fd_ready(event, QUIET_MS));
	vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	event_wait(event);
	edu_ack(regs);
}

/* Only SET_IRQS switches MSI on; its address is no business of the user's. */
static void msi_is_not_switched_on_by_config(void)
{
	struct vfio vfio;
	int cap;

	vfio_open_dut(&vfio, "edu");
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_MSI);
	CHECK(cap);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE);
	CHECK(!pci_msi_enabled(&vfio.dev));
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_MSI_ADDRESS_LO, 4, 0xdeadbee0);
	CHECK_EQ(config(&vfio, cap + PCI_MSI_ADDRESS_LO, 4), 0xdeadbee0);
	CHECK_NE(pci_config_read(&vfio.dev, cap + PCI_MSI_ADDRESS_LO, 4), 0xdeadbee0);
}

static void msix_is_not_switched_on_by_config(void)
{
	struct vfio vfio;
	int cap;

	vfio_open_dut(&vfio, "nvme");
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_MSIX);
	CHECK(cap);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE);
	CHECK(!pci_msix_enabled(&vfio.dev));
}

/* A sleeping device is out of reach, and wakes up as it was. */
static void sleep_ends_all_access(void)
{
	u32 value, version;
	struct vfio vfio;
	void *regs;
	int cap;

	vfio_open_dut(&vfio, "nvme");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	version = mmio_read32(regs, 8);
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_PM);
	CHECK(cap);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 3);
	CHECK_EQ(config(&vfio, cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 3);
	CHECK(!mmio_try_read32(regs, 8, &value));
	CHECK_EQ(__vfio_read(&vfio, 0, 8, &value, 4), -EIO);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 0);
	CHECK_EQ(config(&vfio, cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
	CHECK_EQ(mmio_read32(regs, 8), version);
	CHECK_EQ(vfio_read(&vfio, 0, 8, 4), version);
}

/*
 * CVE-2022-49219: asleep, reset, over and over, by the driver and behind its back. For a
 * device that forgets in D3, a copy of its state is kept: kmemleak watches.
 */
static void reset_wakes_a_sleeper(void)
{
	struct vfio vfio;
	int i, cap;

	vfio_open_dut(&vfio, "e1000e");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_PM);
	CHECK(!(config(&vfio, cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_NO_SOFT_RESET));
	for (i = 0; i < 6; i++) {
		vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 3);
		if (i % 2)
			pci_attr_write(&vfio.dev, "reset", "1");
		else
			MUST(__vfio_reset(&vfio));
		CHECK_EQ(config(&vfio, cap + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, 0);
		vfio_read(&vfio, 0, 8, 4);
	}
}

/* What D3 has destroyed comes back as it was before, but for what the user did in D3. */
static void decoding_may_change_in_d3(void)
{
	struct vfio vfio;
	u32 value;
	int cap;

	vfio_open_dut(&vfio, "e1000e");
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_PM);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 3);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 0);
	CHECK(pci_config_read(&vfio.dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	vfio_read(&vfio, 0, 8, 4);

	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 3);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_PM_CTRL, 2, 0);
	CHECK(!(pci_config_read(&vfio.dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY));
	CHECK_EQ(__vfio_read(&vfio, 0, 8, &value, 4), -EIO);
}

/* The VLAN type of an 82576, 38h in BAR 0, does not survive a function level reset. */
static void flr_by_config_resets(void)
{
	struct vfio vfio;
	u32 control;
	int cap;

	vfio_open_dut(&vfio, "igb");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	cap = vfio_find_cap(&vfio, PCI_CAP_ID_EXP);
	CHECK(cap);
	vfio_write(&vfio, 0, 0x38, 4, 0x1234);
	CHECK_EQ(vfio_read(&vfio, 0, 0x38, 4), 0x1234);
	vfio_write(&vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1, 0x5a);
	control = config(&vfio, cap + PCI_EXP_DEVCTL, 2);
	vfio_write(&vfio, VFIO_CONFIG, cap + PCI_EXP_DEVCTL, 2, control | PCI_EXP_DEVCTL_BCR_FLR);
	CHECK(!(config(&vfio, cap + PCI_EXP_DEVCTL, 2) & PCI_EXP_DEVCTL_BCR_FLR));
	CHECK_EQ(config(&vfio, PCI_INTERRUPT_LINE, 1), 0x5a);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, 0x38, 4), 0x81008100);
}

/* A reset that the driver does not know of: addresses come back with decoding. */
static void bars_are_restored_after_a_backdoor_reset(void)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");
	u32 bar = pci_config_read(&vfio.dev, PCI_BASE_ADDRESS_0, 4);

	vfio_write(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4, 0x80000000);
	pci_config_write(&vfio.dev, PCI_COMMAND, 2, 0);
	pci_config_write(&vfio.dev, PCI_BASE_ADDRESS_0, 4, 0);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_BASE_ADDRESS_0, 4), bar);
	edu_check_alive(regs);
}

static void rom_is_restored_after_a_backdoor_reset(void)
{
	struct vfio vfio;
	u32 rom;

	vfio_open_dut(&vfio, "e1000e");
	rom = pci_config_read(&vfio.dev, PCI_ROM_ADDRESS, 4);
	CHECK(rom);
	pci_config_write(&vfio.dev, PCI_COMMAND, 2, 0);
	pci_config_write(&vfio.dev, PCI_BASE_ADDRESS_0, 4, 0);
	pci_config_write(&vfio.dev, PCI_ROM_ADDRESS, 4, 0);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_ROM_ADDRESS, 4), rom);
	CHECK_EQ(vfio_read(&vfio, VFIO_PCI_ROM_REGION_INDEX, 0, 2), 0xaa55);
}

static const struct ktap_case cases[] = {
	CASES(memory_off_ends_all_access, VFIO_DRIVERS),
	CASES(memory_off_by_any_width, VFIO_DRIVERS),
	CASES(registers_may_be_crossed, VFIO_DRIVERS),
	CASES(region_ends_where_it_says, VFIO_DRIVERS),
	CASES(identity_is_read_only, VFIO_DRIVERS),
	CASES(interrupt_line_is_the_user_s, VFIO_DRIVERS),
	CASES(bars_can_be_sized_and_not_moved, VFIO_DRIVERS),
	CASES(rom_can_be_sized, VFIO_DRIVERS),
	CASES(bus_mastering_is_passed_on, VFIO_DRIVERS),
	CASES(intx_disable_is_the_user_s, VFIO_DRIVERS),
	CASES(intx_disable_may_come_first, VFIO_DRIVERS),
	CASES(msi_is_not_switched_on_by_config, VFIO_DRIVERS),
	CASES(msix_is_not_switched_on_by_config, VFIO_DRIVERS),
	CASES(sleep_ends_all_access, VFIO_DRIVERS),
	CASES(reset_wakes_a_sleeper, VFIO_DRIVERS),
	CASES(decoding_may_change_in_d3, "vfio-lite"),
	CASES(flr_by_config_resets, VFIO_DRIVERS),
	CASES(bars_are_restored_after_a_backdoor_reset, VFIO_DRIVERS),
	CASES(rom_is_restored_after_a_backdoor_reset, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

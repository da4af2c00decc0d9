// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleep: a device that its user lets sleep, and what wakes it; and one that forgets
 * its configuration in D3, as the fixture makes it say.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define SET		VFIO_DEVICE_FEATURE_SET
#define SLEEP		(SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY)
#define SLEEP_AND_TELL	(SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP)
#define WAKE		(SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT)
#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define D3		3
#define ROM_LEN		0x40000

static int rom_read;	/* event: the reader is about to */

static bool falls_asleep(const struct vfio *vfio)
{
	return wait_for(pci_asleep(&vfio->dev), SOON_MS);
}

static int sleep_and_tell(const struct vfio *vfio, int event)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = event };

	return __vfio_feature(vfio, SLEEP_AND_TELL, &entry, sizeof(entry));
}

static struct vfio open_idle(const char *name)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, name);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	return vfio;
}

static void user_wakes_it(void)
{
	struct vfio vfio = open_idle("nvme");
	u32 version = vfio_read(&vfio, 0, 8, 4);

	MUST(__vfio_feature(&vfio, SLEEP, NULL, 0));
	CHECK(falls_asleep(&vfio));
	MUST(__vfio_feature(&vfio, WAKE, NULL, 0));
	CHECK(!pci_asleep(&vfio.dev));
	CHECK_EQ(vfio_read(&vfio, 0, 8, 4), version);
}

/* The host wants it awake: the user is told, and must ask for sleep anew. */
static void user_is_told_of_the_wake(void)
{
	struct vfio vfio = open_idle("nvme");
	int event = event_new();

	MUST(sleep_and_tell(&vfio, event));
	CHECK(falls_asleep(&vfio));
	CHECK(!fd_ready(event, 0));
	pci_attr_write(&vfio.dev, "power/control", "on");
	event_wait(event);
	pci_attr_write(&vfio.dev, "power/control", "auto");
	CHECK(!pci_asleep(&vfio.dev));
	vfio_read(&vfio, 0, 8, 4);

	MUST(sleep_and_tell(&vfio, event));
	CHECK(falls_asleep(&vfio));
	MUST(__vfio_feature(&vfio, WAKE, NULL, 0));
	vfio_read(&vfio, 0, 8, 4);
}

/* The event, too, goes when the device is closed in its sleep. */
static void close_ends_the_sleep(void)
{
	struct vfio vfio = open_idle("nvme");

	MUST(sleep_and_tell(&vfio, event_new()));
	CHECK(falls_asleep(&vfio));
	vfio_close(&vfio);
	vfio = open_idle("nvme");
	vfio_read(&vfio, 0, 8, 4);
}

static void sleep_has_rules(void)
{
	struct vfio vfio = open_idle("nvme");

	CHECK_EQ(sleep_and_tell(&vfio, -1), -EINVAL);
	CHECK_EQ(sleep_and_tell(&vfio, 999), -EBADF);
	CHECK_EQ(sleep_and_tell(&vfio, vfio.device), -EINVAL);
	CHECK_EQ(__vfio_feature(&vfio, SLEEP_AND_TELL, NULL, 0), -EINVAL);
	MUST(__vfio_feature(&vfio, SLEEP, NULL, 0));
	CHECK_EQ(__vfio_feature(&vfio, SLEEP, NULL, 0), -EINVAL);
	CHECK_EQ(sleep_and_tell(&vfio, event_new()), -EINVAL);
}

/* Masked by us for as long as it sleeps. */
static void intx_is_back_after_the_sleep(void)
{
	struct vfio vfio = open_idle("e1000e");

	vfio_irq_on(&vfio, INTX, 0, event_new());
	MUST(__vfio_feature(&vfio, SLEEP, NULL, 0));
	CHECK(falls_asleep(&vfio));
	MUST(__vfio_feature(&vfio, WAKE, NULL, 0));
	CHECK(!pci_intx_disabled(&vfio.dev));
}

/* That of its user does not end with ours. */
static void mask_survives_the_sleep(void)
{
	int event = event_new(), mask = event_new();
	struct vfio vfio;
	void *regs;

	vfio_load(vfio_driver(), !strncmp(ktap_variant(), "line", 4) ? "nointxmask=1" : "");
	regs = vfio_open_edu(&vfio, "edu1");
	vfio_irq_on(&vfio, INTX, 0, event);
	vfio_set_irqs(&vfio, INTX, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_MASK,
		      0, 1, &mask, sizeof(mask));
	MUST(__vfio_feature(&vfio, SLEEP, NULL, 0));
	CHECK(falls_asleep(&vfio));
	event_signal(mask);
	MUST(__vfio_feature(&vfio, WAKE, NULL, 0));
	edu_raise(regs, 1);
	CHECK(!fd_ready(event, QUIET_MS));
	vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	event_wait(event);
	edu_ack(regs);
}

/* By default an unused device sleeps in-tree; ours does if it is asked to. */
static void unused_device_sleeps(void)
{
	struct pci_dev dev = vfio_dut("nvme");
	struct vfio vfio = { .dev = dev };

	vfio_load(vfio_driver(), "disable_idle_d3=0");
	vfio_bind(&dev, vfio_driver());
	CHECK(falls_asleep(&vfio));
	vfio = open_idle("nvme");
	CHECK(!pci_asleep(&dev));
	vfio_read(&vfio, 0, 8, 4);
	vfio_close(&vfio);
	CHECK(falls_asleep(&vfio));
}

/* The power state is a register of the fixture's, which has no NO_SOFT_RESET. */
static struct vfio open_forgetful(const char *name, int *pm)
{
	struct pci_dev dev = vfio_dut(name);
	char params[128];
	struct vfio vfio;

	*pm = pci_find_cap(&dev, PCI_CAP_ID_PM);
	snprintf(params, sizeof(params), "device=%s bytes=%x:0000", dev.bdf,
		 *pm + PCI_PM_CTRL);
	module_load(CFG_FIXTURE, params);
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	return vfio;
}

static void configuration_survives_d3(void)
{
	struct vfio vfio;
	u32 line;
	int i, pm;

	vfio = open_forgetful("nvme", &pm);
	line = pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1);
	for (i = 0; i < 3; i++) {
		vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, D3);
		pci_config_write(&vfio.dev, PCI_INTERRUPT_LINE, 1, line ^ 0x55);
		vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, 0);
		CHECK_EQ(pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1), line);
	}
	/* And closed asleep, what was stored is not left behind. */
	vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, D3);
	vfio_close(&vfio);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1), line);
}

/* The PCI core wakes it, and would save what D3 has left. */
static void reset_by_root_finds_it_as_before_d3(void)
{
	struct vfio vfio;
	u32 line;
	int pm;

	vfio = open_forgetful("nvme", &pm);
	line = pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1);
	vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, D3);
	pci_config_write(&vfio.dev, PCI_INTERRUPT_LINE, 1, line ^ 0x55);
	pci_attr_write(&vfio.dev, "reset", "1");
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1), line);
	vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, 0);
	CHECK_EQ(pci_config_read(&vfio.dev, PCI_INTERRUPT_LINE, 1), line);
}

/* In D3, with an interrupt; returns where its PM capability is. */
static int open_asleep(struct vfio *vfio, u32 irq_index)
{
	int pm;

	vfio_open_dut(vfio, "nvme");
	pm = vfio_find_cap(vfio, PCI_CAP_ID_PM);
	vfio_irq_on(vfio, irq_index, 0, event_new());
	vfio_write(vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, D3);
	return pm;
}

/* What is masked in D3 is not when a reset has ended that, by whomever. */
static void reset_by_root_ends_d3(void)
{
	struct vfio vfio;
	int pm = open_asleep(&vfio, VFIO_PCI_INTX_IRQ_INDEX);

	pci_attr_write(&vfio.dev, "reset", "1");
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2) & D3, 0);
	CHECK(!pci_intx_disabled(&vfio.dev));
}

/* The kernel masks its entries when vectors go, and in D3 there is no table. */
static void table_is_not_touched_in_d3(void)
{
	struct vfio vfio;
	int pm = open_asleep(&vfio, VFIO_PCI_MSIX_IRQ_INDEX);

	vfio_irq_off(&vfio, VFIO_PCI_MSIX_IRQ_INDEX);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2) & D3, 0);
	CHECK(!pci_msix_enabled(&vfio.dev));
}

static void *read_rom(void *vfio)
{
	static u8 rom[ROM_LEN];

	event_signal(rom_read);
	__vfio_read(vfio, VFIO_PCI_ROM_REGION_INDEX, 0, rom, sizeof(rom));
	return NULL;
}

/* The state before D3 is that of a ROM which is being read; after it, nobody reads. */
static void rom_is_not_left_decoded(void)
{
	pthread_t reader;
	struct vfio vfio;
	int i, pm;

	vfio = open_forgetful("e1000e", &pm);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	rom_read = event_new();
	for (i = 0; i < 50; i++) {
		CHECK_EQ(pthread_create(&reader, NULL, read_rom, &vfio), 0);
		event_wait(rom_read);
		vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, D3);
		CHECK_EQ(pthread_join(reader, NULL), 0);
		vfio_write(&vfio, VFIO_CONFIG, pm + PCI_PM_CTRL, 2, 0);
		CHECK(!(pci_config_read(&vfio.dev, PCI_ROM_ADDRESS, 4) & 1));
	}
}

static void cleanup(void)
{
	vfio_cleanup();
	if (module_loaded(CFG_FIXTURE))
		module_unload(CFG_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(user_wakes_it, VFIO_DRIVERS),
	CASES(user_is_told_of_the_wake, VFIO_DRIVERS),
	CASES(close_ends_the_sleep, VFIO_DRIVERS),
	CASES(sleep_has_rules, VFIO_DRIVERS),
	CASES(intx_is_back_after_the_sleep, VFIO_DRIVERS),
	CASES(mask_survives_the_sleep, "device:vfio-lite line:vfio-lite"),
	CASES(unused_device_sleeps, VFIO_DRIVERS),
	CASES(configuration_survives_d3, VFIO_DRIVERS),
	CASES(reset_by_root_finds_it_as_before_d3, "vfio-lite"),
	CASES(reset_by_root_ends_d3, VFIO_DRIVERS),
	CASES(table_is_not_touched_in_d3, "vfio-lite"),
	CASES(rom_is_not_left_decoded, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

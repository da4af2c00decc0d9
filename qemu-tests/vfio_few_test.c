// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where interrupts are not remapped: fewer vectors than were asked for, of which the user
 * is told, and has none; and messages that name the CPU.
 *
 * Machine: vfio-few
 * Needs: vfio_lite
 * Not: arm64
 * Modules: vfio_pci vfio_iommu_type1
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/fixture.h"
#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/vfio.h"

#define MSI		VFIO_PCI_MSI_IRQ_INDEX
#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define SET_TRIGGER	(VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define ASKED		4

static void open_dut(struct vfio *vfio)
{
	struct pci_dev dev = pci_dut();

	vfio_allow_unsafe();
	vfio_bind(&dev, vfio_driver());
	vfio_open(vfio, &dev);
}

static int ask(const struct vfio *vfio, u32 count)
{
	s32 events[ASKED];
	u32 i;

	for (i = 0; i < count; i++)
		events[i] = MUST(eventfd(0, EFD_CLOEXEC));
	return __vfio_set_irqs(vfio, MSI, SET_TRIGGER, 0, count, events,
			       count * sizeof(events[0]));
}

static bool intx_is_off(void)
{
	struct pci_dev dev = pci_dut();

	return pci_config_read(&dev, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE;
}

static void fewer_are_told(void)
{
	struct vfio vfio;

	open_dut(&vfio);
	CHECK_EQ(vfio_irq_info(&vfio, MSI).count, 16);
	CHECK_EQ(ask(&vfio, ASKED), 1);
	CHECK_EQ(ask(&vfio, 1), 0);
	/* Another than the one that was allocated. */
	CHECK_EQ(__vfio_irq_on(&vfio, MSI, 1, event_new()), -EINVAL);
	vfio_irq_off(&vfio, MSI);
	vfio_irq_on(&vfio, INTX, 0, MUST(eventfd(0, EFD_CLOEXEC)));
	CHECK(!intx_is_off());
}

/*
 * The PCI core lets a device raise INTx whenever its MSI ends.  The in-tree driver does
 * not mind, with nobody there to serve it.
 */
static void intx_stays_off(void)
{
	struct vfio vfio;

	open_dut(&vfio);
	CHECK(intx_is_off());
	CHECK_EQ(ask(&vfio, ASKED), 1);
	CHECK(intx_is_off());
}

static void switch_cpu1(const char *on)
{
	MUST(__file_write("/sys/devices/system/cpu/cpu1/online", on));
}

/* The one interrupt that it has. */
static void move_to_cpu1(const struct pci_dev *dev)
{
	char path[PATH_LEN];
	struct dirent *entry;
	DIR *dir;

	pci_path(dev, "msi_irqs", path, sizeof(path));
	dir = opendir(path);
	CHECK(dir);
	while ((entry = readdir(dir)) && entry->d_name[0] == '.')
		;
	CHECK(entry);
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity", atoi(entry->d_name));
	MUST(__file_write(path, "2"));
	closedir(dir);
}

/*
 * Its CPU goes while the device sleeps: the message is another one when it wakes, though
 * it has forgotten nothing.
 */
static void message_follows_in_d3(void)
{
	struct pci_dev dev = pci_find(IGB_VENDOR, IGB_PF_DEVICE, 0);
	const int pm = pci_find_cap(&dev, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	const int event = event_new();
	struct vfio vfio;
	char params[64];
	void *regs;

	snprintf(params, sizeof(params), "device=%s bytes=%x:0800", dev.bdf, pm);
	module_load(CFG_FIXTURE, params);
	vfio_allow_unsafe();
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	vfio_irq_on(&vfio, VFIO_PCI_MSIX_IRQ_INDEX, 0, event);
	regs = vfio_map_bar(&vfio, 0);
	igb_enable_vectors(regs, 1);
	move_to_cpu1(&dev);
	igb_trigger(regs, 1);
	event_wait(event);

	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	switch_cpu1("0");
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 0);
	igb_trigger(regs, 1);
	event_wait(event);
}

static void cleanup(void)
{
	switch_cpu1("1");
	vfio_cleanup();
	if (module_loaded(CFG_FIXTURE))
		module_unload(CFG_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(fewer_are_told, VFIO_DRIVERS),
	CASES(intx_stays_off, "vfio-lite"),
	CASES(message_follows_in_d3, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

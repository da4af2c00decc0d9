// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fewer vectors than were asked for: the user is told how many there are, has none of
 * them, and INTx is as it was.
 *
 * Machine: vfio-few
 * Needs: vfio_lite
 * Not: arm64
 * Modules: vfio_pci vfio_iommu_type1
 */
#include <sys/eventfd.h>
#include <unistd.h>

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

static const struct ktap_case cases[] = {
	CASES(fewer_are_told, VFIO_DRIVERS),
	CASES(intx_stays_off, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

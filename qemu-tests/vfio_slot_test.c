// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hot-plug slot whose controller resets it: the set of what is reset together is
 * then that of the slot, not of the bus.
 *
 * Machine: vfio-slot
 * Not: arm64
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 */
#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/vfio.h"

#define SLOTS	"/sys/bus/pci/slots"

static void open_dut(struct vfio *vfio)
{
	struct pci_dev dev = pci_dut();

	vfio_bind(&dev, vfio_driver());
	vfio_open(vfio, &dev);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
}

static u32 dependents(const struct vfio *vfio)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[16];
	} arg = { .info = { .argsz = sizeof(arg) } };

	MUST(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg));
	return arg.info.count;
}

static void slot_is_reset(void)
{
	struct vfio vfio;
	void *regs;

	CHECK(dir_count(SLOTS) > 0);
	open_dut(&vfio);
	regs = vfio_map_bar(&vfio, 0);
	CHECK_EQ(dependents(&vfio), 1);
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
}

/* Nobody has it any more: so the last close can reset it, too. */
static void slot_is_reset_at_close(void)
{
	struct vfio vfio;

	open_dut(&vfio);
	vfio_close(&vfio);
	open_dut(&vfio);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_ID, 4), EDU_ID_VALUE);
}

static const struct ktap_case cases[] = {
	CASES(slot_is_reset, VFIO_DRIVERS),
	CASES(slot_is_reset_at_close, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

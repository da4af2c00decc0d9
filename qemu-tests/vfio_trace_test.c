// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints of vfio_lite tell of resets, sleep, touched and revoked mappings.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_iommu_type1
 */
#include "lib/ktap.h"
#include "lib/trace.h"
#include "lib/vfio_dut.h"

#define NVME_VERSION	8

static void live_a_life(void)
{
	struct vfio vfio;
	int pm;

	vfio_open_dut(&vfio, "nvme");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	mmio_read32(vfio_map_bar(&vfio, 0), NVME_VERSION);
	pm = vfio_find_cap(&vfio, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 0);
	MUST(__vfio_reset(&vfio));
	vfio_close(&vfio);
}

static void a_life_is_told(void)
{
	struct pci_dev dev = vfio_dut("nvme");

	vfio_load(vfio_driver(), "");
	trace_start("vfio_lite");
	live_a_life();
	trace_stop();
	trace_expect(&dev, "vfl_reset", "value=0 ret=0\n");
	trace_expect(&dev, "vfl_fault", "BAR0+0x0 ");
	trace_expect(&dev, "vfl_zap", "");
	trace_expect(&dev, "vfl_power", "value=3 ret=0\n");
	trace_expect(&dev, "vfl_power", "value=0 ret=0\n");
	trace_expect(&dev, "vfl_zap", "");
	trace_expect(&dev, "vfl_reset", "value=1 ret=0\n");
}

/* Mappings are taken back before the reset, which begins with the device in D0. */
static void a_bus_reset_is_told(void)
{
	struct vfio vfio;

	mmio_read32(vfio_open_edu(&vfio, "edu1"), 0);
	trace_start("vfio_lite");
	MUST(__vfio_hot_reset(&vfio, &vfio.group, 1));
	trace_stop();
	trace_expect(&vfio.dev, "vfl_zap", "");
	trace_expect(&vfio.dev, "vfl_power", "value=0 ret=0\n");
	trace_expect(&vfio.dev, "vfl_reset", "value=3 ret=0\n");
}

/* What cannot be reset by itself is, by its bus, when nobody has it any more. */
static void reset_of_the_bus_at_close_is_told(void)
{
	struct pci_dev dev = vfio_dut("edu1");
	struct vfio vfio;

	pci_attr_write(&dev, "reset_method", "\n");
	vfio_open_dut(&vfio, "edu1");
	trace_start("vfio_lite");
	vfio_close(&vfio);
	trace_stop();
	trace_expect(&dev, "vfl_reset", "value=4 ret=0\n");
}

static void cleanup(void)
{
	struct pci_dev dev = vfio_dut("edu1");

	vfio_cleanup();
	pci_attr_write(&dev, "reset_method", "default");
}

static const struct ktap_case cases[] = {
	CASES(a_life_is_told, "vfio-lite"),
	CASES(a_bus_reset_is_told, "vfio-lite"),
	CASES(reset_of_the_bus_at_close_is_told, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}

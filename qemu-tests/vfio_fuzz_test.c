// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations by chance from several threads (lib/fuzz.h) on devices that vfio_lite
 * has: opened by groups and by nodes, mapped, reset, rebound, forked. Nothing may
 * make the kernel complain or hang, and afterwards all works as on the first day.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Not: arm64
 * Modules: vfio_iommu_type1 iommufd
 * Deadline: 300
 */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/fuzz_vfio.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

/* On a stock kernel; see rounds(). */
#define OPERATIONS	20000

static const struct fuzz_op ops[] = {
	FUZZ_OP(vfio, open_group, 4),
	FUZZ_OP_WITH(vfio, open_node, 4, "/dev/iommu"),
	FUZZ_OP(vfio, open_again, 30),
	FUZZ_OP(vfio, open_part, 15),
	FUZZ_OP(vfio, close_device, 10),
	FUZZ_OP(vfio, close_group, 2),
	FUZZ_OP(vfio, close_container, 6),
	FUZZ_OP(vfio, let_go, 12),
	FUZZ_OP(vfio, rebind, 1),
	FUZZ_OP(vfio, child, 1),
	FUZZ_OP(vfio, map_bar, 60),
	FUZZ_OP(vfio, map_any, 30),
	FUZZ_OP(vfio, unmap_some, 20),
	FUZZ_OP(vfio, move_map, 10),
	FUZZ_OP(vfio, touch, 100),
	FUZZ_OP(vfio, touch_any, 40),
	FUZZ_OP(vfio, dma_map, 20),
	FUZZ_OP(vfio, dma_unmap, 15),
	FUZZ_OP(vfio, info, 40),
	FUZZ_OP(vfio, any_ioctl, 30),
	FUZZ_OP(vfio, config_read, 40),
	FUZZ_OP(vfio, config_write, 40),
	FUZZ_OP(vfio, command, 60),
	FUZZ_OP(vfio, power, 6),
	FUZZ_OP(vfio, region_read, 50),
	FUZZ_OP(vfio, region_write, 40),
	FUZZ_OP(vfio, reset, 6),
	FUZZ_OP(vfio, hot_reset, 6),
	FUZZ_OP(vfio, feature, 20),
	FUZZ_OP(vfio, low_power, 4),
	FUZZ_OP(vfio, attributes, 20),
	FUZZ_OP(vfio, irq_on, 60),
	FUZZ_OP(vfio, irq_off, 10),
	FUZZ_OP(vfio, irq_mask, 40),
	FUZZ_OP(vfio, irq_any, 60),
	FUZZ_OP(vfio, signal, 40),
	FUZZ_OP(vfio, hear, 20),
	FUZZ_OP(vfio, new_event, 10),
	FUZZ_OP(vfio, interrupt, 40),
	FUZZ_OP(vfio, ioeventfd, 20),
};

static void check_interrupt(struct vfio *vfio, void *regs, int index)
{
	int event = event_new();

	vfio_irq_on(vfio, index, 0, event);
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
	vfio_irq_off(vfio, index);
	MUST(close(event));
}

static void check_edu(struct vfio *vfio)
{
	void *regs = vfio_map_bar(vfio, 0);

	edu_ack(regs);
	edu_check_alive(regs);
	CHECK_EQ(edu_factorial(regs, 5), 120);
	check_interrupt(vfio, regs, VFIO_PCI_INTX_IRQ_INDEX);
	check_interrupt(vfio, regs, VFIO_PCI_MSI_IRQ_INDEX);
	pci_unmap_bar(regs, EDU_BAR_LEN);
}

/* Opened, it answers; closed, it is silent. */
static void check_rig(const struct rig *rig)
{
	struct vfio vfio;

	CHECK(pci_driven_by(&rig->dev, vfio_driver()));
	vfio_open(&vfio, &rig->dev);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, 0, 2), pci_config_read(&rig->dev, 0, 2));
	if (rig->edu)
		check_edu(&vfio);
	vfio_close(&vfio);
	CHECK(!pci_bus_master(&rig->dev));
	CHECK(!pci_msi_enabled(&rig->dev));
	CHECK(!pci_msix_enabled(&rig->dev));
}

static void check_no_interrupt_is_left(void)
{
	static char text[65536];

	MUST(__file_read("/proc/interrupts", text, sizeof(text)));
	CHECK(!strstr(text, "vfio-"));
}

static void operations_by_chance(void)
{
	int i;

	fuzz_vfio_start();
	fuzz_run(ops, ARRAY_SIZE(ops), rounds(OPERATIONS));
	fuzz_vfio_finish();
	for (i = 0; i < FUZZ_RIGS; i++)
		check_rig(&rigs[i]);
	check_no_interrupt_is_left();
}

int main(void)
{
	const struct ktap_case cases[] = {
		SLOW_CASES(operations_by_chance, "vfio-lite", fuzz_deadline(OPERATIONS)),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

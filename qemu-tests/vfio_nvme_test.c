// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user-space driver of a real controller: DMA through the IOMMU and the interrupt
 * that follows it, by INTx and by MSI-X, over and over, across resets and opens.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/nvme.h"
#include "lib/vfio_dut.h"

#define PAGE	4096
#define WAYS	"intx:vfio-pci msix:vfio-pci intx:vfio-lite msix:vfio-lite"

struct rig {
	struct vfio vfio;
	struct nvme nvme;
	u8 *regs;
	int event;
};

static bool by_intx(void)
{
	return !strncmp(ktap_variant(), "intx", 4);
}

/* The controller is told physical addresses; so these are what pages are mapped at. */
static void map_page(struct rig *rig, const struct dma_page *page)
{
	vfio_dma_map(&rig->vfio, page->mem, PAGE, page->phys);
}

static void start(struct rig *rig)
{
	vfio_command(&rig->vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	nvme_start(&rig->nvme, rig->regs);
	map_page(rig, &rig->nvme.sq);
	map_page(rig, &rig->nvme.cq);
	map_page(rig, &rig->nvme.data);
}

static void stop(struct rig *rig)
{
	nvme_stop(&rig->nvme);
	vfio_dma_unmap(&rig->vfio, PAGE, rig->nvme.sq.phys);
	vfio_dma_unmap(&rig->vfio, PAGE, rig->nvme.cq.phys);
	vfio_dma_unmap(&rig->vfio, PAGE, rig->nvme.data.phys);
}

static void open_rig(struct rig *rig)
{
	vfio_open_dut(&rig->vfio, "nvme");
	rig->regs = vfio_map_bar(&rig->vfio, 0);
	rig->event = event_new();
	vfio_irq_on(&rig->vfio, by_intx() ? VFIO_PCI_INTX_IRQ_INDEX : VFIO_PCI_MSIX_IRQ_INDEX,
		    0, rig->event);
	start(rig);
}

static void identify(struct rig *rig)
{
	nvme_submit_identify(&rig->nvme);
	event_wait(rig->event);
	nvme_complete(&rig->nvme);
	nvme_check_identity(&rig->nvme);
	if (by_intx())
		vfio_irq_action(&rig->vfio, VFIO_PCI_INTX_IRQ_INDEX,
				VFIO_IRQ_SET_ACTION_UNMASK, 0);
}

static void commands_complete(void)
{
	struct rig rig;
	int i;

	open_rig(&rig);
	for (i = 0; i < 100; i++)
		identify(&rig);
	CHECK(!fd_ready(rig.event, QUIET_MS));
}

/* The interrupt is still wired up after a reset, the controller has forgotten all. */
static void commands_complete_after_resets(void)
{
	struct rig rig;
	int i;

	open_rig(&rig);
	for (i = 0; i < 5; i++) {
		identify(&rig);
		MUST(__vfio_reset(&rig.vfio));
		vfio_command(&rig.vfio, 0, PCI_COMMAND_MEMORY);
		stop(&rig);
		start(&rig);
	}
	identify(&rig);
}

/* What the controller was told to fill, and was taken away, stays as it is. */
static void unmapped_memory_is_not_written(void)
{
	struct rig rig;

	open_rig(&rig);
	identify(&rig);
	vfio_dma_unmap(&rig.vfio, PAGE, rig.nvme.data.phys);
	nvme_submit_identify(&rig.nvme);
	event_wait(rig.event);
	/* The serial number begins there, and is none of zeros. */
	CHECK_EQ(((u8 *)rig.nvme.data.mem)[4], 0);
}

static const struct ktap_case cases[] = {
	CASES(commands_complete, WAYS),
	CASES(commands_complete_after_resets, WAYS),
	CASES(unmapped_memory_is_not_written, WAYS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

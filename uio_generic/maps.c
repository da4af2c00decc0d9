// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the BARs of a device to what UIO shows of them: gathers, asks the plan
 * (bars.c) and says what there is no room for.
 */
#include <linux/pci.h>
#include <linux/uio_driver.h>

#include "bars.h"
#include "ug.h"

static enum ug_bar_kind ug_kind_of(unsigned long flags)
{
	switch (flags & (IORESOURCE_MEM | IORESOURCE_IO)) {
	case IORESOURCE_MEM:
		return UG_BAR_MEM;
	case IORESOURCE_IO:
		return UG_BAR_IO;
	default:
		return UG_BAR_ABSENT;
	}
}

bool ug_bar_is_assigned(const struct pci_dev *pdev, unsigned int bar)
{
	return pdev->resource[bar].parent &&
	       !(pci_resource_flags(pdev, bar) & IORESOURCE_UNSET);
}

static void ug_plan(struct pci_dev *pdev, struct ug_bar_plan *plan)
{
	struct ug_bar bars[UG_NR_BARS];
	unsigned int i;

	static_assert(UG_NR_BARS == PCI_STD_NUM_BARS);
	static_assert(UG_NR_SLOTS == MAX_UIO_MAPS);
	static_assert(UG_NR_SLOTS == MAX_UIO_PORT_REGIONS);

	for (i = 0; i < UG_NR_BARS; i++)
		bars[i] = (struct ug_bar) {
			.start = pci_resource_start(pdev, i),
			.len = pci_resource_len(pdev, i),
			.kind = ug_kind_of(pci_resource_flags(pdev, i)),
			.assigned = ug_bar_is_assigned(pdev, i),
		};

	ug_plan_bars(bars, PAGE_SIZE, plan);
	if (plan->left_out)
		pci_warn(pdev,
			 "UIO has %d slots for maps and ports each, left out: BARs %*pbl\n",
			 UG_NR_SLOTS, UG_NR_BARS,
			 &(unsigned long){ plan->left_out });
	if (plan->unassigned)
		pci_warn(pdev, "without an address and left out: BARs %*pbl\n",
			 UG_NR_BARS, &(unsigned long){ plan->unassigned });
}

/* BARs are neither requested nor mapped here: DPDK maps sysfs' resourceN. */
void ug_maps_init(struct ug_device *ug)
{
	static const char * const names[UG_NR_BARS] = {
		"BAR0", "BAR1", "BAR2", "BAR3", "BAR4", "BAR5",
	};
	struct uio_info *info = &ug->info;
	struct ug_bar_plan plan;
	unsigned int i;

	ug_plan(ug->pdev, &plan);

	for (i = 0; i < plan.nr_maps; i++) {
		info->mem[i] = (struct uio_mem) {
			.name = names[plan.map[i].bar],
			.addr = plan.map[i].addr,
			.offs = plan.map[i].offs,
			.size = plan.map[i].len,
			.memtype = UIO_MEM_PHYS,
		};
		ug->map_bar[i] = plan.map[i].bar;
	}

	for (i = 0; i < plan.nr_ports; i++)
		info->port[i] = (struct uio_port) {
			.name = names[plan.port[i].bar],
			.start = plan.port[i].start,
			.size = plan.port[i].len,
			.porttype = IS_ENABLED(CONFIG_X86) ? UIO_PORT_X86 :
							     UIO_PORT_OTHER,
		};
}

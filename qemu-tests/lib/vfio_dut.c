// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices of the machine "vfio". See vfio_dut.h.
 */
#include <string.h>

#include "edu.h"
#include "igb.h"
#include "ktap.h"
#include "vfio_dut.h"

static const struct {
	const char *name;
	u16 vendor;
	u16 device;
	int nth;		/* in the order of addresses */
} duts[] = {
	{ "edu", EDU_VENDOR, EDU_DEVICE, 0 },
	{ "edu1", EDU_VENDOR, EDU_DEVICE, 1 },
	{ "pair0", EDU_VENDOR, EDU_DEVICE, 2 },
	{ "pair1", EDU_VENDOR, EDU_DEVICE, 3 },
	{ "e1000e", 0x8086, 0x10d3, 0 },
	{ "nvme", 0x1b36, 0x0010, 0 },
	{ "xhci", 0x1b36, 0x000d, 0 },
	{ "testdev", 0x1b36, 0x0005, 0 },
	{ "igb", IGB_VENDOR, IGB_PF_DEVICE, 0 },
};

struct pci_dev vfio_dut(const char *name)
{
	struct pci_dev pf;
	size_t i;

	if (!strcmp(name, "igb-vf")) {
		if (!module_loaded("igb"))
			igb_start(&pf, 1);
		return igb_vf(0);
	}
	for (i = 0; i < ARRAY_SIZE(duts); i++)
		if (!strcmp(duts[i].name, name))
			return pci_find(duts[i].vendor, duts[i].device, duts[i].nth);
	FAIL("no device \"%s\"", name);
}

void vfio_dut_release(void)
{
	if (module_loaded("igb"))
		igb_stop();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Displays: there is no VGA region here, so that a user cannot reach the legacy
 * addresses; but the device may decode them, and others must be told.
 */
#include <linux/aperture.h>
#include <linux/pci.h>
#include <linux/vgaarb.h>

#include "vfl.h"

#define VFL_VGA_NORMAL	(VGA_RSRC_NORMAL_IO | VGA_RSRC_NORMAL_MEM)
#define VFL_VGA_ALL	(VFL_VGA_NORMAL | VGA_RSRC_LEGACY_IO | VGA_RSRC_LEGACY_MEM)

static bool vfl_is_vga(struct pci_dev *pdev)
{
	return pdev->class >> 8 == PCI_CLASS_DISPLAY_VGA;
}

static bool vfl_below_bus(struct pci_dev *pdev, struct pci_bus *bus)
{
	return pci_domain_nr(pdev->bus) == pci_domain_nr(bus) &&
		pdev->bus->number >= bus->number &&
		pdev->bus->number <= bus->busn_res.end;
}

/*
 * Legacy addresses are routed by bridges: behind one of its own, a display that
 * nobody routes them to does not see any.
 */
static unsigned int vfl_vga_decodes(struct pci_dev *pdev, bool single_vga)
{
	unsigned int decodes = VFL_VGA_NORMAL;
	struct pci_dev *other = NULL;

	if (single_vga || pci_is_root_bus(pdev->bus))
		return VFL_VGA_ALL;

	while ((other = pci_get_class(PCI_CLASS_DISPLAY_VGA << 8, other)))
		if (other != pdev && vfl_below_bus(other, pdev->bus))
			decodes = VFL_VGA_ALL;
	return decodes;
}

int vfl_vga_init(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	int ret;

	if (!vfl_is_vga(pdev))
		return 0;

	/* The firmware's frame buffer has the BAR. */
	ret = aperture_remove_conflicting_pci_devices(pdev, "vfio-lite") ?:
	      vga_client_register(pdev, vfl_vga_decodes);
	if (ret) {
		pci_err(pdev, "cannot be taken from the host's display (%pe), not bound; unbind what shows it\n",
			ERR_PTR(ret));
		return ret;
	}
	vga_set_legacy_decoding(pdev, vfl_vga_decodes(pdev, false));
	return 0;
}

void vfl_vga_exit(struct vfl_device *vfl)
{
	if (!vfl_is_vga(vfl->pdev))
		return;

	vga_client_unregister(vfl->pdev);
	vga_set_legacy_decoding(vfl->pdev, VFL_VGA_ALL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-pci: vfio_lite under the name of the in-tree driver.
 *
 * DPDK and SPDK look for a module and a driver of this name.  Parameters are those of the
 * in-tree module, which cannot be loaded at once with this one, and vfio_lite's own.
 */
#include <linux/module.h>

#include "vfio_lite.h"

static struct vfio_lite_driver vfio_pci = {
	.pci.name = "vfio-pci",
	.disable_idle_d3 = true,
	.revoke_after = -1,
};

#define VFL_DRIVER	vfio_pci
#include "params.h"

static bool disable_vga;
module_param(disable_vga, bool, 0444);
MODULE_PARM_DESC(disable_vga, "accepted and not needed: there is no VGA region");

static int __init vfio_pci_lite_init(void)
{
	return vfio_lite_register(&vfio_pci);
}

static void __exit vfio_pci_lite_exit(void)
{
	vfio_lite_unregister(&vfio_pci);
}

module_init(vfio_pci_lite_init);
module_exit(vfio_pci_lite_exit);

MODULE_DESCRIPTION("vfio_lite under the name vfio-pci");
MODULE_AUTHOR("The uio-vfio authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROJECT_VERSION);
MODULE_IMPORT_NS("VFIO_LITE");

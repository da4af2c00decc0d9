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

static bool disable_vga;

module_param_named(ids, vfio_pci.ids, charp, 0);
MODULE_PARM_DESC(ids, "what to bind: vendor:device[:subvendor:subdevice[:class:class_mask]],...");
module_param_named(nointxmask, vfio_pci.nointxmask, bool, 0644);
MODULE_PARM_DESC(nointxmask, "do not mask INTx in the device, take the line alone (default: no)");
module_param_named(disable_idle_d3, vfio_pci.disable_idle_d3, bool, 0644);
MODULE_PARM_DESC(disable_idle_d3, "leave unused devices in D0 (default: yes)");
module_param_named(revoke_after, vfio_pci.revoke_after, int, 0644);
MODULE_PARM_DESC(revoke_after, "seconds, at unbind, until a device is taken from who was asked for it; -1: never (default)");
module_param_named(wc_regions, vfio_pci.wc_regions, bool, 0644);
MODULE_PARM_DESC(wc_regions, "offer prefetchable BARs a second time, write-combining (default: no)");
module_param_named(enable_sriov, vfio_pci.enable_sriov, bool, 0644);
MODULE_PARM_DESC(enable_sriov, "allow sriov_numvfs (default: no)");
module_param_named(disable_denylist, vfio_pci.disable_denylist, bool, 0444);
MODULE_PARM_DESC(disable_denylist, "bind devices that are known to be unsafe (default: no)");
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

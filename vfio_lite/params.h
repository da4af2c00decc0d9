/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters of vfio_lite and of its drop-in: each includes this once, with VFL_DRIVER
 * being its struct vfio_lite_driver.
 */
module_param_named(ids, VFL_DRIVER.ids, charp, 0);
MODULE_PARM_DESC(ids, "what to bind: vendor:device[:subvendor:subdevice[:class:class_mask]],...");
module_param_named(nointxmask, VFL_DRIVER.nointxmask, bool, 0644);
MODULE_PARM_DESC(nointxmask, "do not mask INTx in the device, take the line alone (default: no)");
module_param_named(disable_idle_d3, VFL_DRIVER.disable_idle_d3, bool, 0644);
MODULE_PARM_DESC(disable_idle_d3, "leave unused devices in D0 (default: yes)");
module_param_named(revoke_after, VFL_DRIVER.revoke_after, int, 0644);
MODULE_PARM_DESC(revoke_after, "seconds, at unbind, until a device is taken from who was asked for it; -1: never (default: 30 as vfio_lite, -1 as vfio-pci)");
module_param_named(wc_regions, VFL_DRIVER.wc_regions, bool, 0644);
MODULE_PARM_DESC(wc_regions, "offer prefetchable BARs a second time, write-combining (default: no)");
module_param_named(enable_sriov, VFL_DRIVER.enable_sriov, bool, 0644);
MODULE_PARM_DESC(enable_sriov, "allow sriov_numvfs (default: no)");
module_param_named(disable_denylist, VFL_DRIVER.disable_denylist, bool, 0444);
MODULE_PARM_DESC(disable_denylist, "bind devices that are known to be unsafe (default: no)");

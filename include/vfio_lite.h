/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfio_lite under another name: what the drop-in module for vfio-pci says of
 * itself.  DPDK and SPDK look for that name, of module and driver, and accept no
 * other; the driver behind it is vfio_lite.ko.
 */
#ifndef VFIO_LITE_H
#define VFIO_LITE_H

#include <linux/pci.h>
#include <linux/types.h>

struct module;

/**
 * struct vfio_lite_driver - one name and policy
 * @pci: the caller sets name; the rest is filled in at registration
 * @ids: what to bind without being asked, as "vendor:device,...", each perhaps
 *	with ":subvendor:subdevice:class:class_mask"; hexadecimal, may be empty
 * @nointxmask: do not use INTX_DISABLE, take the interrupt line alone
 * @disable_idle_d3: leave devices that nobody has open in D0
 * @revoke_after: at unbind, seconds until a device is taken away from who has it
 *	open and was asked for it, at once if that is not possible; -1: never
 * @wc_regions: offer prefetchable BARs a second time, mapped write-combining
 * @enable_sriov: allow sriov_numvfs
 * @disable_denylist: bind devices that are known to be unsafe for users
 *
 * Lives from registration to unregistration, that is in a static variable.
 * A device keeps what @nointxmask, @disable_idle_d3, @revoke_after and @wc_regions
 * were when it was bound.
 */
struct vfio_lite_driver {
	struct pci_driver pci;
	char *ids;
	bool nointxmask;
	bool disable_idle_d3;
	int revoke_after;
	bool wc_regions;
	bool enable_sriov;
	bool disable_denylist;
};

/**
 * __vfio_lite_register() - register a driver of that name with the PCI core
 * @drv: name and policy
 * @owner: the calling module
 * @mod_name: its name
 *
 * The only symbol that vfio_lite.ko exports, in the namespace VFIO_LITE.
 *
 * Context: process, may sleep.
 * Return: 0; what pci_register_driver() returns, -EBUSY if the name is taken.
 */
int __vfio_lite_register(struct vfio_lite_driver *drv, struct module *owner,
			 const char *mod_name);

#define vfio_lite_register(drv) \
	__vfio_lite_register(drv, THIS_MODULE, KBUILD_MODNAME)

/**
 * vfio_lite_unregister() - unbind all devices of the driver and forget it
 * @drv: a registered driver
 *
 * Context: process, may sleep; waits for the users of open devices.
 */
static inline void vfio_lite_unregister(struct vfio_lite_driver *drv)
{
	pci_unregister_driver(&drv->pci);
}

#endif

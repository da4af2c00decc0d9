/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uio_generic under another name: what a drop-in module for igb_uio or
 * uio_pci_generic says of itself.  Tools look for these names, of module and
 * driver, and accept no other; the driver behind them is uio_generic.ko.
 */
#ifndef UIO_GENERIC_H
#define UIO_GENERIC_H

#include <linux/pci.h>
#include <linux/types.h>

struct module;

/**
 * struct uio_generic_driver - one name and policy
 * @pci: the caller sets name; the rest is filled in at registration
 * @intr_mode: best interrupt mode for newly bound devices, as in the module
 *	parameter of that name; "auto" for no limit
 * @intx_first: "auto" takes INTx where the device can mask it, and MSI-X or MSI
 *	only elsewhere: for programs that work INTx by themselves
 * @user_bus_master: bus mastering is switched on by user space and only
 *	switched off, at the last close, by the driver
 * @max_vfs: give the device igb_uio's attribute of that name
 * @owner: the module that open files pin; set at registration
 * @asked: @intr_mode, understood; set at registration
 *
 * Lives from registration to unregistration, that is in a static variable.
 */
struct uio_generic_driver {
	struct pci_driver pci;
	char *intr_mode;
	bool intx_first;
	bool user_bus_master;
	bool max_vfs;
	struct module *owner;
	unsigned int asked;
};

/**
 * __uio_generic_register() - register a driver of that name with the PCI core
 * @drv: name and policy
 * @owner: the calling module
 * @mod_name: its name
 *
 * The only symbol that uio_generic.ko exports, in the namespace UIO_GENERIC.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL for an intr_mode that does not exist; what
 * pci_register_driver() returns, -EBUSY if the name is taken.
 */
int __uio_generic_register(struct uio_generic_driver *drv, struct module *owner,
			   const char *mod_name);

#define uio_generic_register(drv) \
	__uio_generic_register(drv, THIS_MODULE, KBUILD_MODNAME)

/**
 * uio_generic_unregister() - unbind all devices of the driver and forget it
 * @drv: a registered driver
 *
 * Context: process, may sleep.
 */
static inline void uio_generic_unregister(struct uio_generic_driver *drv)
{
	pci_unregister_driver(&drv->pci);
}

#endif

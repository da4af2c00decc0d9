// SPDX-License-Identifier: GPL-2.0-only
/*
 * igb_uio: uio_generic under the name that DPDK's tools and programs expect.
 *
 * Replaces the module of dpdk-kmods, parameters included; the two cannot be
 * loaded at once.
 */
#include <linux/module.h>

#include "uio_generic.h"

static struct uio_generic_driver igb_uio = {
	.pci.name = KBUILD_MODNAME,
	.intr_mode = "auto",
	.max_vfs = true,
};

static bool wc_activate;

module_param_named(intr_mode, igb_uio.intr_mode, charp, 0444);
MODULE_PARM_DESC(intr_mode,
		 "best interrupt mode to use: auto (default), msix, msi, legacy, or any of uio_generic's");
module_param(wc_activate, bool, 0);
MODULE_PARM_DESC(wc_activate,
		 "accepted and not needed: resourceN_wc is always write-combining");

static int __init igb_uio_init(void)
{
	if (wc_activate)
		pr_info("%s: wc_activate is not needed: resourceN_wc is always write-combining\n",
			KBUILD_MODNAME);
	return uio_generic_register(&igb_uio);
}

static void __exit igb_uio_exit(void)
{
	uio_generic_unregister(&igb_uio);
}

module_init(igb_uio_init);
module_exit(igb_uio_exit);

MODULE_DESCRIPTION("UIO driver for DPDK: uio_generic under the name igb_uio");
MODULE_AUTHOR("The uio-vfio authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROJECT_VERSION);
MODULE_IMPORT_NS("UIO_GENERIC");
MODULE_SOFTDEP("pre: uio");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * uio_pci_generic: uio_generic under the name of the in-tree driver.
 *
 * DPDK and its poll-mode drivers program INTx themselves for devices of this
 * name, and switch bus mastering on by a config write.  So INTx comes first
 * wherever it works, and bus mastering is left alone but for the last close.
 */
#include <linux/module.h>

#include "uio_generic.h"

static struct uio_generic_driver uio_pci_generic = {
	.pci.name = KBUILD_MODNAME,
	.intr_mode = "auto",
	.intx_first = true,
	.user_bus_master = true,
};

module_param_named(intr_mode, uio_pci_generic.intr_mode, charp, 0444);
MODULE_PARM_DESC(intr_mode,
		 "auto (default: intx where the device can mask it, else msix, msi), or any of uio_generic's");

static int __init uio_pci_generic_init(void)
{
	return uio_generic_register(&uio_pci_generic);
}

static void __exit uio_pci_generic_exit(void)
{
	uio_generic_unregister(&uio_pci_generic);
}

module_init(uio_pci_generic_init);
module_exit(uio_pci_generic_exit);

MODULE_DESCRIPTION("uio_generic under the name uio_pci_generic");
MODULE_AUTHOR("The uio-vfio authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROJECT_VERSION);
MODULE_IMPORT_NS("UIO_GENERIC");
MODULE_SOFTDEP("pre: uio");

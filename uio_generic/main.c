// SPDX-License-Identifier: GPL-2.0-only
/*
 * uio_generic: hands any PCI function to a user-space driver through UIO.
 *
 * The driver matches no device by itself.  To bind one, for example 00:05.0:
 *
 *	modprobe uio_generic
 *	echo uio_generic > /sys/bus/pci/devices/0000:00:05.0/driver_override
 *	echo 0000:00:05.0 > /sys/bus/pci/drivers_probe
 *
 * or, for all devices of one kind (here QEMU's edu):
 *
 *	echo 1234 11e8 > /sys/bus/pci/drivers/uio_generic/new_id
 *
 * Interrupts and bus mastering are on only while /dev/uioN is open, counted
 * over all who have it open.  Whoever may open it and has bus mastering can
 * make the device write to any memory that the IOMMU, if there is one, lets it
 * reach: give the device file to nobody whom you would not give root.
 */
#include <linux/aer.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include "register.h"
#include "trace.h"
#include "ug.h"
#include "uio_generic.h"

static int ug_start(struct ug_device *ug)
{
	int ret;

	lockdep_assert_held(&ug->lock);

	/* First: it would race with the INTx handler for the same register. */
	if (!ug->drv->user_bus_master)
		pci_set_master(ug->pdev);
	ug->was_master = !ug->drv->user_bus_master;

	ret = ug_irq_start(ug);
	if (ret)
		pci_clear_master(ug->pdev);
	ug->started = !ret;
	return ret;
}

/* What the device has begun to write is written when this returns. */
static void ug_stop(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (!ug->started)
		return;

	ug->started = false;
	pci_clear_master(ug->pdev);
	ug_irq_stop(ug);
	if (pci_device_is_present(ug->pdev) &&
	    !pci_wait_for_pending_transaction(ug->pdev))
		pci_warn(ug->pdev, "DMA still pending after bus mastering went off\n");
}

/*
 * The device file is there, and can be opened, before uio_register_device()
 * has set info.uio_dev, which interrupts and mappings need.
 */
static int ug_open(struct uio_info *info, struct inode *inode)
{
	struct ug_device *ug = to_ug(info);
	int ret;

	mutex_lock(&ug->lock);
	ret = ug->live ? ug_state_error(ug) : -EAGAIN;
	if (ret)
		goto out;

	ret = ug_mmap_open(ug, inode);
	if (ret)
		goto out;

	if (!ug->started)
		ret = ug_note_error(ug, "open", ug_start(ug));
	if (ret)
		ug_mmap_release(ug, inode);
	else
		ug->openers++;
out:
	trace_ug_open(ug->pdev, ug->openers, ret);
	mutex_unlock(&ug->lock);
	return ret;
}

/* The core's info_lock, which all others who use the file take, too, keeps openers. */
static int ug_release(struct uio_info *info, struct inode *inode)
{
	struct ug_device *ug = to_ug(info);
	bool last = ug->openers == 1;

	if (last)
		ug_lock_settled(ug);
	else
		mutex_lock(&ug->lock);
	ug->openers--;
	if (last)
		ug_stop(ug);
	ug_mmap_release(ug, inode);
	trace_ug_release(ug->pdev, ug->openers);
	mutex_unlock(&ug->lock);

	if (last)
		ug_reset_closed(ug);
	return 0;
}

static int ug_irqcontrol(struct uio_info *info, s32 on)
{
	struct ug_device *ug = to_ug(info);
	int ret;

	if (on != 0 && on != 1)
		return -EINVAL;

	mutex_lock(&ug->lock);
	if (ug->state != UG_STATE_OK)
		ret = -EIO;
	else
		ret = on ? ug_irq_unmask(ug) : ug_irq_mask(ug);
	if (ret)
		ug_note_error(ug, "irqcontrol", ret);
	trace_ug_irqcontrol(ug->pdev, on, ret);
	mutex_unlock(&ug->lock);

	return ret;
}

static void ug_set_dma_mask(struct pci_dev *pdev)
{
	if (dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64)) &&
	    dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32)))
		pci_warn(pdev, "no usable DMA addressing, DMA will not work\n");
}

DEFINE_UIO_MMAP_PREPARE(ug_mmap);

static struct ug_device *ug_alloc(struct pci_dev *pdev)
{
	struct ug_device *ug;

	ug = kzalloc(sizeof(*ug), GFP_KERNEL);
	if (!ug)
		return NULL;

	mutex_init(&ug->lock);
	INIT_LIST_HEAD(&ug->inodes);
	spin_lock_init(&ug->irqlock);
	ug_vectors_init(ug);
	ug->pdev = pdev;
	ug->drv = container_of(pdev->driver, struct uio_generic_driver, pci);
	ug->asked = ug->drv->asked;
	ug->info = (struct uio_info) {
		.name = ug->drv->pci.name,
		.version = PROJECT_VERSION,
		/* Also without an interrupt: 0 makes every read() fail at once. */
		.irq = UIO_IRQ_CUSTOM,
		.open = ug_open,
		.release = ug_release,
		.irqcontrol = ug_irqcontrol,
		UIO_INFO_MMAP_PREPARE(ug_mmap),
	};
	return ug;
}

static void ug_warn_if_less_than_asked(struct ug_device *ug)
{
	enum ug_mode mode = ug_mode_choose(&ug->facts, ug->asked, 0);

	if (ug->asked < UG_NR_MODES && mode != ug->asked)
		pci_warn(ug->pdev, "intr_mode=%s, but %s: using %s\n",
			 ug_mode_name(ug->asked),
			 ug_obstacle_text(ug_mode_obstacle(&ug->facts, ug->asked)),
			 ug_mode_name(mode));
}

static void ug_set_live(struct ug_device *ug, bool live)
{
	mutex_lock(&ug->lock);
	ug->live = live;
	if (!live)
		ug_stop(ug);
	mutex_unlock(&ug->lock);
}

/* I/O space is scarce: a device whose ports have no address may do without. */
static int ug_enable(struct pci_dev *pdev)
{
	return pci_enable_device(pdev) ? pci_enable_device_mem(pdev) : 0;
}

static int ug_bind(struct pci_dev *pdev)
{
	struct ug_device *ug;
	int ret;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL) {
		pci_err(pdev, "a bridge is not for user space, not bound\n");
		return -ENODEV;
	}

	ug_lockdown_check(pdev);
	ret = ug_iommu_check(pdev);
	if (ret)
		return ret;

	ug = ug_alloc(pdev);
	if (!ug)
		return -ENOMEM;

	ret = ug_enable(pdev);
	if (ret) {
		pci_err(pdev, "cannot be enabled (%pe), not bound\n", ERR_PTR(ret));
		goto err_free;
	}

	pci_enable_pcie_error_reporting(pdev);
	/* The last owner may have left it on. */
	pci_clear_master(pdev);
	ug_set_dma_mask(pdev);
	ug_maps_init(ug);
	ug_wc_init(ug);
	ug_irq_init(ug);
	ug_warn_if_less_than_asked(ug);
	ug_state_init(ug);
	pci_set_drvdata(pdev, ug);

	ret = ug_register(ug);
	if (ret) {
		pci_err(pdev, "not registered with UIO (%pe), not bound\n",
			ERR_PTR(ret));
		goto err_disable;
	}

	ug_set_live(ug, true);
	return 0;

err_disable:
	ug_state_exit(ug);
	pci_disable_pcie_error_reporting(pdev);
	pci_disable_device(pdev);
err_free:
	kfree(ug);
	return ret;
}

static int ug_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = ug_bind(pdev);

	trace_ug_probe(pdev, ret);
	return ret;
}

static void ug_remove(struct pci_dev *pdev)
{
	struct ug_device *ug = pci_get_drvdata(pdev);

	ug_sriov_exit(pdev);
	ug_set_live(ug, false);
	ug_unregister(ug);
	ug_mmap_revoke(ug);
	ug_wc_exit(ug);
	ug_state_exit(ug);
	pci_disable_pcie_error_reporting(pdev);
	pci_disable_device(pdev);
	kfree(ug);
}

int __uio_generic_register(struct uio_generic_driver *drv, struct module *owner,
			   const char *mod_name)
{
	int asked = ug_parse_mode(drv->intr_mode, drv);

	if (asked < 0) {
		pr_err("%s: intr_mode=%s: must be auto, msix, msi, intx, legacy or none\n",
		       mod_name, drv->intr_mode);
		return asked;
	}

	drv->asked = asked;
	drv->owner = owner;
	drv->pci.id_table = NULL;	/* new_id and driver_override only */
	drv->pci.probe = ug_probe;
	drv->pci.remove = ug_remove;
	drv->pci.sriov_configure = ug_sriov_configure;
	drv->pci.dev_groups = ug_groups;
	drv->pci.err_handler = &ug_err_handlers;
	drv->pci.driver.pm = pm_sleep_ptr(&ug_pm_ops);

	return __pci_register_driver(&drv->pci, owner, mod_name);
}
EXPORT_SYMBOL_NS_GPL(__uio_generic_register, "UIO_GENERIC");

static struct uio_generic_driver ug_driver = {
	.pci.name = KBUILD_MODNAME,
	.intr_mode = "auto",
};

module_param_named(intr_mode, ug_driver.intr_mode, charp, 0444);
MODULE_PARM_DESC(intr_mode,
		 "best interrupt mode to use: auto (default), msix, msi, intx (or legacy), none");

static int __init ug_init(void)
{
	return uio_generic_register(&ug_driver);
}

static void __exit ug_exit(void)
{
	uio_generic_unregister(&ug_driver);
}

module_init(ug_init);
module_exit(ug_exit);

MODULE_DESCRIPTION("UIO driver for any PCI device: INTx, MSI, MSI-X, memory and I/O BARs");
MODULE_AUTHOR("The uio-vfio authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROJECT_VERSION);

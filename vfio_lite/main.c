// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio_lite: hands a PCI function to user space through VFIO, behind an IOMMU.
 *
 * Registers straight with the VFIO core, and behaves to user space as vfio-pci
 * does.  The driver matches no device by itself.  To bind one, for example
 * 00:05.0:
 *
 *	modprobe vfio_lite
 *	echo vfio-lite > /sys/bus/pci/devices/0000:00:05.0/driver_override
 *	echo 0000:00:05.0 > /sys/bus/pci/drivers_probe
 *
 * or, for all devices of one kind (here QEMU's edu):
 *
 *	echo 1234 11e8 > /sys/bus/pci/drivers/vfio-lite/new_id
 */
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/vfio.h>

#include "vfio_lite.h"
#include "vfl.h"

static int vfl_init_device(struct vfio_device *vdev)
{
	struct vfl_device *vfl = to_vfl(vdev);

	vfl->pdev = to_pci_dev(vdev->dev);
	vfl->irq_type = VFIO_PCI_NUM_IRQS;
	vfl->msix_bar = -1;
	mutex_init(&vfl->config_lock);
	mutex_init(&vfl->vf_token.lock);
	init_rwsem(&vfl->memory_lock);
	mutex_init(&vfl->rom_lock);
	mutex_init(&vfl->igate);
	xa_init(&vfl->vectors);
	spin_lock_init(&vfl->irqlock);
	mutex_init(&vfl->ioeventfds_lock);
	INIT_LIST_HEAD(&vfl->ioeventfds);
	return 0;
}

static void vfl_release_device(struct vfio_device *vdev)
{
	struct vfl_device *vfl = to_vfl(vdev);

	vfio_compat_inode_exit(&vfl->inode);
	mutex_destroy(&vfl->config_lock);
	mutex_destroy(&vfl->vf_token.lock);
	mutex_destroy(&vfl->rom_lock);
	mutex_destroy(&vfl->igate);
	mutex_destroy(&vfl->ioeventfds_lock);
	kfree(vfl->pm_save);
}

/*
 * Called at once and then every ten seconds, once perhaps earlier, while the driver core wants the
 * device back and somebody has it open.  Who can be asked is given the time to
 * part with it in good order; who cannot, or does not, keeps an open file with
 * no device behind it.
 */
static void vfl_request(struct vfio_device *vdev, unsigned int count)
{
	struct vfl_device *vfl = to_vfl(vdev);
	bool asked = vfl_signal(&vfl->req_trigger);

	if (!count) {
		vfl->asked_at = jiffies;
		pci_notice(vfl->pdev, "waiting for %s (%d), which has it open and %s\n",
			   vfl->holder_comm, vfl->holder_pid,
			   asked ? "was asked for it" : "takes no requests");
	}
	if (vfl->revoke_after >= 0 &&
	    (!asked || (jiffies - vfl->asked_at) / HZ >= vfl->revoke_after))
		vfl_quiesce(vfl);
}

DEFINE_VFIO_RELEASE(vfl_release_device);
DEFINE_VFIO_IOCTL(vfl_ioctl, vfl_region_info);

static const struct vfio_device_ops vfl_ops = {
	.name = "vfio-lite",
	.init = vfl_init_device,
	VFIO_OPS_RELEASE(vfl_release_device),
	.open_device = vfl_open_device,
	.close_device = vfl_close_device,
	VFIO_OPS_IOCTL(vfl_ioctl, vfl_region_info),
	.device_feature = vfl_feature,
	.read = vfl_read,
	.write = vfl_write,
	.mmap = vfl_mmap,
	.request = vfl_request,
	.match = vfl_match,
	VFIO_OPS_MATCH_TOKEN(vfl_match_token)
	VFIO_OPS_IOMMUFD
};

/* Accelerators whose errata make them unsafe in the hands of users. */
static const struct pci_device_id vfl_denylist[] = {
	{ PCI_VDEVICE(INTEL, 0x0435) },	/* QAT DH895XCC, its VF */
	{ PCI_VDEVICE(INTEL, 0x0443) },
	{ PCI_VDEVICE(INTEL, 0x37c8) },	/* QAT C62X, its VF */
	{ PCI_VDEVICE(INTEL, 0x37c9) },
	{ PCI_VDEVICE(INTEL, 0x19e2) },	/* QAT C3XXX, its VF */
	{ PCI_VDEVICE(INTEL, 0x19e3) },
	{ PCI_VDEVICE(INTEL, 0x0b25) },	/* DSA of Sapphire Rapids, CVE-2024-21823 */
	{ PCI_VDEVICE(INTEL, 0x0cfe) },	/* IAX of Sapphire Rapids, likewise */
	{}
};

static int vfl_check_denylist(struct pci_dev *pdev,
			      const struct vfio_lite_driver *drv)
{
	if (!pci_match_id(vfl_denylist, pdev))
		return 0;

	if (drv->disable_denylist) {
		pci_warn(pdev, "bound although known to be unsafe: disable_denylist\n");
		return 0;
	}
	pci_err(pdev, "known to be unsafe for users, not bound; disable_denylist=1 overrides\n");
	return -EINVAL;
}

/* Why the core says no: it returns -EINVAL for either. */
static void vfl_explain_refusal(struct pci_dev *pdev, int error)
{
	if (!device_iommu_mapped(&pdev->dev))
		pci_err(pdev, "no IOMMU confines it, not bound; on x86, is it switched on in firmware and by intel_iommu=on or amd_iommu=on? uio_generic does without\n");
	else if (!device_iommu_capable(&pdev->dev, IOMMU_CAP_CACHE_COHERENCY))
		pci_err(pdev, "its IOMMU does not keep DMA coherent with caches, not bound; uio_generic does without\n");
	else
		pci_err(pdev, "not registered with VFIO (%pe), not bound\n",
			ERR_PTR(error));
}

/*
 * The driver core holds a reference that keeps it awake; it is dropped for the time that
 * nobody uses the device.
 */
static void vfl_allow_idle(struct vfl_device *vfl)
{
	pm_runtime_allow(&vfl->pdev->dev);
	if (!vfl->disable_idle_d3)
		pm_runtime_put(&vfl->pdev->dev);
}

static void vfl_forbid_idle(struct vfl_device *vfl)
{
	if (!vfl->disable_idle_d3)
		pm_runtime_get_noresume(&vfl->pdev->dev);
	pm_runtime_forbid(&vfl->pdev->dev);
}

static int vfl_register(struct vfl_device *vfl)
{
	int ret;

	/* First: who has others of the set reset wakes this one, too. */
	vfl_power_probe(vfl);
	ret = vfl_assign_set(vfl);
	if (ret)
		return ret;

	ret = vfl_sriov_init(vfl);
	if (ret)
		return ret;

	ret = vfl_vga_init(vfl);
	if (ret)
		return ret;

	vfl_msi_probe(vfl);
	vfl_allow_idle(vfl);
	ret = vfio_register_group_dev(&vfl->vdev);
	if (ret)
		goto err_idle;
	vfl_group_join(vfl);
	return 0;

err_idle:
	vfl_explain_refusal(vfl->pdev, ret);
	vfl_forbid_idle(vfl);
	vfl_vga_exit(vfl);
	return ret;
}

static int vfl_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct vfio_lite_driver *drv =
		container_of(pdev->driver, struct vfio_lite_driver, pci);
	struct vfl_device *vfl;
	int ret;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL) {
		pci_err(pdev, "a bridge is not for user space, not bound\n");
		return -EINVAL;
	}

	ret = vfl_check_denylist(pdev, drv);
	if (ret)
		return ret;

	vfl = vfio_alloc_device(vfl_device, vdev, &pdev->dev, &vfl_ops);
	if (IS_ERR(vfl))
		return PTR_ERR(vfl);

	vfl->nointxmask = drv->nointxmask;
	vfl->disable_idle_d3 = drv->disable_idle_d3;
	vfl->revoke_after = drv->revoke_after;
	vfl->wc_regions = drv->wc_regions;
	pci_set_drvdata(pdev, vfl);

	ret = vfl_register(vfl);
	if (ret)
		vfio_put_device(&vfl->vdev);
	return ret;
}

static void vfl_remove(struct pci_dev *pdev)
{
	struct vfl_device *vfl = pci_get_drvdata(pdev);

	vfl_sriov_configure(vfl, 0);
	vfl_group_leave(vfl);
	vfio_unregister_group_dev(&vfl->vdev);
	vfl_vga_exit(vfl);
	vfl_forbid_idle(vfl);
	vfl_reset_at_unbind(vfl);
	vfio_put_device(&vfl->vdev);
}

static int vfl_pci_sriov_configure(struct pci_dev *pdev, int nr)
{
	const struct vfio_lite_driver *drv =
		container_of(pdev->driver, struct vfio_lite_driver, pci);

	if (!drv->enable_sriov) {
		pci_err(pdev, "SR-IOV is for trusted users of the PF only; enable_sriov=1 allows it\n");
		return -ENOENT;
	}
	return vfl_sriov_configure(pci_get_drvdata(pdev), nr);
}

/* Whether to go on is for the user to say, who may not listen. */
static pci_ers_result_t vfl_error_detected(struct pci_dev *pdev,
					   pci_channel_state_t state)
{
	struct vfl_device *vfl = pci_get_drvdata(pdev);

	vfl_signal(&vfl->err_trigger);
	return PCI_ERS_RESULT_CAN_RECOVER;
}

/*
 * Whoever has it reset by the PCI core, which saves its state next and restores it
 * before vfl_reset_done(): root by sysfs, we for the user, or the driver of another
 * device on its bus.
 */
static void vfl_reset_prepare(struct pci_dev *pdev)
{
	struct vfl_device *vfl = pci_get_drvdata(pdev);

	vfl_lock_state(vfl);
	vfl_wake_for_reset(vfl);
	vfl_intx_freeze(vfl, VFL_IN_RESET);
}

static void vfl_reset_done(struct pci_dev *pdev)
{
	struct vfl_device *vfl = pci_get_drvdata(pdev);

	vfl_note_wake(vfl);
	vfl_intx_thaw(vfl, VFL_IN_RESET);
	vfl_unlock_state(vfl);
}

static const struct pci_error_handlers vfl_err_handler = {
	.error_detected = vfl_error_detected,
	.reset_prepare = vfl_reset_prepare,
	.reset_done = vfl_reset_done,
};

/*
 * Matches every device, but only by driver_override; without an alias, so that
 * tools that look for the best VFIO driver of a device do not find this one.
 */
static const struct pci_device_id vfl_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) },
	{}
};

/* The comma after it ends what sscanf() takes. */
static void vfl_add_id(struct vfio_lite_driver *drv, const char *text, int len)
{
	unsigned int vendor, device, subvendor = PCI_ANY_ID,
		     subdevice = PCI_ANY_ID, class = 0, class_mask = 0;
	int ret = -EINVAL;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &vendor, &device, &subvendor,
		   &subdevice, &class, &class_mask) >= 2)
		ret = pci_add_dynid(&drv->pci, vendor, device, subvendor,
				    subdevice, class, class_mask, 0);
	if (ret)
		pr_warn("%s: ids: \"%.*s\" not added (%pe)\n", drv->pci.name, len,
			text, ERR_PTR(ret));
}

static void vfl_add_ids(struct vfio_lite_driver *drv)
{
	const char *text = drv->ids;
	int len;

	while (text && *text) {
		len = strcspn(text, ",");
		if (len)
			vfl_add_id(drv, text, len);
		text += len + (text[len] == ',');
	}
}

int __vfio_lite_register(struct vfio_lite_driver *drv, struct module *owner,
			 const char *mod_name)
{
	int ret;

	drv->pci.id_table = vfl_ids;
	drv->pci.probe = vfl_probe;
	drv->pci.remove = vfl_remove;
	drv->pci.sriov_configure = vfl_pci_sriov_configure;
	drv->pci.err_handler = &vfl_err_handler;
	drv->pci.dev_groups = vfl_groups;
	drv->pci.driver.pm = &vfl_pm_ops;
	drv->pci.driver_managed_dma = true;

	ret = __pci_register_driver(&drv->pci, owner, mod_name);
	if (!ret)
		vfl_add_ids(drv);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(__vfio_lite_register, "VFIO_LITE");

static struct vfio_lite_driver vfl_driver = {
	.pci.name = "vfio-lite",
	.disable_idle_d3 = true,
	.revoke_after = 30,
};

#define VFL_DRIVER	vfl_driver
#include "params.h"

static int vfl_bus_event(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	vfl_sriov_event(action, to_pci_dev(data));
	vfl_group_event(action, to_pci_dev(data));
	return NOTIFY_DONE;
}

/* One for all devices, and for the drop-in's, too: it is called at each bind. */
static struct notifier_block vfl_nb = {
	.notifier_call = vfl_bus_event,
};

static int __init vfl_init(void)
{
	int ret;

	ret = bus_register_notifier(&pci_bus_type, &vfl_nb);
	if (ret)
		return ret;

	ret = vfio_lite_register(&vfl_driver);
	if (ret)
		bus_unregister_notifier(&pci_bus_type, &vfl_nb);
	return ret;
}

static void __exit vfl_exit(void)
{
	vfio_lite_unregister(&vfl_driver);
	bus_unregister_notifier(&pci_bus_type, &vfl_nb);
}

module_init(vfl_init);
module_exit(vfl_exit);

MODULE_DESCRIPTION("VFIO driver for any PCI device, without vfio-pci-core");
MODULE_AUTHOR("The uio-vfio authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROJECT_VERSION);

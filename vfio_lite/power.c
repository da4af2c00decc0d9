// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power: the states that the user asks for through config space, the suspend
 * that the user allows by VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, and that of
 * devices that nobody uses.
 */
#include <linux/eventfd.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "trace.h"
#include "vfl.h"

void vfl_power_probe(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	u16 ctrl = PCI_PM_CTRL_NO_SOFT_RESET;

	if (pdev->pm_cap)
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &ctrl);
	vfl->needs_pm_restore = !(ctrl & PCI_PM_CTRL_NO_SOFT_RESET);

	/*
	 * After boot, or after a driver that left it so, the state is unknown, and D0 is
	 * the one that can be had from there.  Nothing was saved yet, to be restored.
	 */
	pci_set_power_state(pdev, PCI_D0);
}

/* The state is stored apart from pdev's own, which resets overwrite. */
static int vfl_save_before_d3(struct vfl_device *vfl)
{
	pci_save_state(vfl->pdev);
	kfree(vfl->pm_save);
	vfl->pm_save = pci_store_saved_state(vfl->pdev);
	return vfl->pm_save ? 0 : -ENOMEM;
}

static void vfl_restore_after_d3(struct vfl_device *vfl)
{
	const u16 decoding = PCI_COMMAND_MEMORY | PCI_COMMAND_IO;
	struct pci_dev *pdev = vfl->pdev;
	u16 cmd;

	pci_load_and_free_saved_state(pdev, &vfl->pm_save);
	pci_restore_state(pdev);
	if (!vfl->cfg)
		return;

	/* The user may have switched it meanwhile, and goes by the copy. */
	pci_read_config_word(pdev, PCI_COMMAND, &cmd);
	cmd &= ~decoding;
	cmd |= vfl_cfg_copy(vfl->cfg, PCI_COMMAND, 2) & decoding;
	pci_write_config_word(pdev, PCI_COMMAND, cmd);

	/* It may have been read when the state was saved, and not be any more. */
	if (!vfl->rom_decoded && pci_resource_start(pdev, PCI_ROM_RESOURCE))
		pci_disable_rom(pdev);
}

/*
 * The PCI core only notes a message that changes outside of D0, with the CPU that an
 * interrupt goes to (__pci_write_msi_msg() in drivers/pci/msi/msi.c).
 */
static void vfl_restore_messages(struct vfl_device *vfl)
{
	u8 cmd = vfl_switch_memory_on(vfl);

	pci_restore_msi_state(vfl->pdev);
	vfl_switch_memory_back(vfl, cmd);
}

/* What was saved for the way back is of no use any more, and INTx may come. */
void vfl_note_wake(struct vfl_device *vfl)
{
	if (vfl_is_d3(vfl->pdev->current_state))
		return;

	kfree(vfl->pm_save);
	vfl->pm_save = NULL;
	vfl_intx_thaw(vfl, VFL_IN_D3);
}

static int __vfl_set_power_state(struct vfl_device *vfl, pci_power_t state)
{
	struct pci_dev *pdev = vfl->pdev;
	bool was_d0 = pdev->current_state == PCI_D0;
	bool was_d3 = vfl_is_d3(pdev->current_state);
	bool to_d3 = vfl_is_d3(state) && !was_d3;
	int ret = 0;

	if (to_d3)
		vfl_intx_freeze(vfl, VFL_IN_D3);
	if (vfl->needs_pm_restore && to_d3)
		ret = vfl_save_before_d3(vfl);

	ret = ret ?: pci_set_power_state(pdev, state);
	trace_vfl_power(pdev, (__force int)state, ret);

	/* Some devices are never put into D3, by a quirk. */
	if (vfl->needs_pm_restore && was_d3 && !vfl_is_d3(pdev->current_state))
		vfl_restore_after_d3(vfl);
	else if (!was_d0 && pdev->current_state == PCI_D0)
		vfl_restore_messages(vfl);
	vfl_note_wake(vfl);
	return ret;
}

int vfl_set_power_state(struct vfl_device *vfl, pci_power_t state)
{
	if (state != PCI_D0) {
		lockdep_assert_held_write(&vfl->memory_lock);
		if (vfl->sriov_active)
			return -EBUSY;
	}

	guard(vfl_state)(vfl);
	return __vfl_set_power_state(vfl, state);
}

void vfl_wake_for_reset(struct vfl_device *vfl)
{
	if (vfl->pm_save)
		vfl_wake(vfl);
}

void vfl_wake(struct vfl_device *vfl)
{
	if (vfl_is_d3(vfl->pdev->current_state))
		__vfl_set_power_state(vfl, PCI_D0);
}

/*
 * The device is in use while an ioctl runs, the core sees to that; it may go to
 * sleep when this one returns.
 */
static int vfl_low_power_begin(struct vfl_device *vfl, struct eventfd_ctx *wake)
{
	guard(rwsem_write)(&vfl->memory_lock);
	if (vfl->pm_engaged)
		return -EINVAL;
	vfl_zap(vfl);
	vfl->pm_engaged = true;
	vfl->pm_wake = wake;
	pm_runtime_put_noidle(&vfl->pdev->dev);
	return 0;
}

static void __vfl_low_power_end(struct vfl_device *vfl)
{
	lockdep_assert_held_write(&vfl->memory_lock);

	if (!vfl->pm_engaged)
		return;

	vfl->pm_engaged = false;
	pm_runtime_get_noresume(&vfl->pdev->dev);
	if (vfl->pm_wake)
		eventfd_ctx_put(vfl->pm_wake);
	vfl->pm_wake = NULL;
}

void vfl_low_power_end(struct vfl_device *vfl)
{
	guard(rwsem_write)(&vfl->memory_lock);
	__vfl_low_power_end(vfl);
}

int vfl_low_power(struct vfl_device *vfl, u32 flags, size_t argsz, bool enter)
{
	int ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, 0);

	if (ret != 1)
		return ret;
	if (enter)
		return vfl_low_power_begin(vfl, NULL);
	vfl_low_power_end(vfl);
	return 0;
}

int vfl_low_power_with_wakeup(struct vfl_device *vfl, u32 flags, void __user *arg,
			      size_t argsz)
{
	struct vfio_device_low_power_entry_with_wakeup entry;
	struct eventfd_ctx *wake;
	int ret;

	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET,
				 sizeof(entry));
	if (ret != 1)
		return ret;
	if (copy_from_user(&entry, arg, sizeof(entry)))
		return -EFAULT;
	if (entry.wakeup_eventfd < 0)
		return -EINVAL;

	wake = vfl_eventfd(entry.wakeup_eventfd);
	if (IS_ERR(wake))
		return PTR_ERR(wake);

	ret = vfl_low_power_begin(vfl, wake);
	if (ret)
		eventfd_ctx_put(wake);
	return ret;
}

/*
 * The PCI core saves the state and suspends from D0, wherever the user left the
 * device.  INTx would be seen as spurious meanwhile: where the device cannot mask,
 * the line is disabled once more than the user may have it.
 */
static int vfl_runtime_suspend(struct device *dev)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);

	scoped_guard(mutex, &vfl->igate) {
		vfl->pm_line_off = vfl->irq_type == VFIO_PCI_INTX_IRQ_INDEX &&
				   !vfl->pci_2_3;
		if (vfl->pm_line_off)
			disable_irq(vfl->pdev->irq);
	}

	guard(rwsem_write)(&vfl->memory_lock);
	vfl_set_power_state(vfl, PCI_D0);
	vfl_intx_freeze(vfl, VFL_SUSPENDED);
	return 0;
}

/* Whoever resumed it, the user's leave to suspend ends if a wake-up was wanted. */
static int vfl_runtime_resume(struct device *dev)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);

	scoped_guard(rwsem_write, &vfl->memory_lock) {
		vfl_intx_thaw(vfl, VFL_SUSPENDED);
		if (vfl->pm_wake) {
			eventfd_signal(vfl->pm_wake);
			__vfl_low_power_end(vfl);
		}
	}

	guard(mutex)(&vfl->igate);
	if (vfl->pm_line_off)
		enable_irq(vfl->pdev->irq);
	vfl->pm_line_off = false;
	return 0;
}

/* The system wakes, and the PCI core has brought the device to D0, wherever it was. */
static int vfl_system_resume(struct device *dev)
{
	struct vfl_device *vfl = dev_get_drvdata(dev);

	guard(rwsem_write)(&vfl->memory_lock);
	guard(vfl_state)(vfl);
	vfl_note_wake(vfl);
	return 0;
}

const struct dev_pm_ops vfl_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(NULL, vfl_system_resume)
	RUNTIME_PM_OPS(vfl_runtime_suspend, vfl_runtime_resume, NULL)
};

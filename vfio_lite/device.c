// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device from its first open to its last close, and its reset in between.
 *
 * Who opens it finds it as a reset leaves it, or as near to that as it can be
 * brought; who has closed it leaves it as it was found.
 */
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vfio.h>
#include <linux/wait_bit.h>

#include "intx.h"
#include "trace.h"
#include "vfl.h"

/*
 * What lockdep does not see: a reset of a bus has those of several devices at once.  And
 * to it, a mutex would close a circle: a close has the PF's dev_set->lock, and a VF that
 * is bound takes its own, which is of the same kind.
 */
void vfl_lock_state(struct vfl_device *vfl)
{
	wait_on_bit_lock(&vfl->state_busy, 0, TASK_UNINTERRUPTIBLE);
}

void vfl_unlock_state(struct vfl_device *vfl)
{
	clear_and_wake_up_bit(0, &vfl->state_busy);
}

void vfl_lock_vfs(struct vfl_device *vfl)
{
	wait_on_bit_lock(&vfl->state_busy, 1, TASK_UNINTERRUPTIBLE);
}

void vfl_unlock_vfs(struct vfl_device *vfl)
{
	clear_and_wake_up_bit(1, &vfl->state_busy);
}

static void vfl_restore_state(struct vfl_device *vfl)
{
	guard(vfl_vfs)(vfl);
	pci_restore_state(vfl->pdev);
}

/* Only the one byte: INTX_DISABLE, in the other, goes on and off meanwhile. */
u8 vfl_switch_memory_on(struct vfl_device *vfl)
{
	u8 cmd;

	pci_read_config_byte(vfl->pdev, PCI_COMMAND, &cmd);
	if (!(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_byte(vfl->pdev, PCI_COMMAND,
				      cmd | PCI_COMMAND_MEMORY);
	return cmd;
}

u8 vfl_force_memory(struct vfl_device *vfl)
{
	down_write(&vfl->memory_lock);
	vfl_lock_state(vfl);
	return vfl_switch_memory_on(vfl);
}

/* The PCI core masks vectors in the table without a look at the power state. */
u8 vfl_force_table(struct vfl_device *vfl)
{
	down_write(&vfl->memory_lock);
	vfl_lock_state(vfl);
	if (vfl->msix_count)
		vfl_wake(vfl);
	return vfl_switch_memory_on(vfl);
}

void vfl_switch_memory_back(struct vfl_device *vfl, u8 cmd)
{
	if (!(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_byte(vfl->pdev, PCI_COMMAND, cmd);
}

void vfl_unforce_memory(struct vfl_device *vfl, u8 cmd)
{
	vfl_switch_memory_back(vfl, cmd);
	vfl_unlock_state(vfl);
	up_write(&vfl->memory_lock);
}

/*
 * A reset outside D0 would bring the function back to D0 behind our back, and
 * what D3 destroyed would not be restored.
 */
int vfl_reset(struct vfl_device *vfl)
{
	int ret;

	guard(rwsem_write)(&vfl->memory_lock);
	vfl_zap(vfl);
	vfl_set_power_state(vfl, PCI_D0);
	ret = vfl->gone ? -ENODEV : pci_try_reset_function(vfl->pdev);
	trace_vfl_reset(vfl->pdev, 1, ret);

	return ret;
}

void vfl_quiesce(struct vfl_device *vfl)
{
	if (READ_ONCE(vfl->gone))
		return;

	guard(mutex)(&vfl->config_lock);
	guard(mutex)(&vfl->igate);
	scoped_guard(rwsem_write, &vfl->memory_lock) {
		vfl_zap(vfl);
		WRITE_ONCE(vfl->gone, true);
		/* Closed just now: it is as it was before it was opened. */
		if (!vfl->cfg)
			return;

		pci_warn(vfl->pdev, "taken away from %s (%d), which has it open\n",
			 vfl->holder_comm, vfl->holder_pid);
		/* First: what is restored from D3 has bus mastering on. */
		vfl_set_power_state(vfl, PCI_D0);
		pci_clear_master(vfl->pdev);
	}
	vfl_intrs_disable(vfl);
	/* Where we do not mask, the line would have no handler, however INTx was left. */
	intx_set(vfl->pdev, false);
}

/*
 * These can disable INTx, but do not say whether it is pending.  Since nobody
 * else may have the line then, it is better not to have it at all.
 */
static const struct pci_device_id vfl_broken_intx[] = {
	/* i40e: XL710, X710, XXV710 and X722 */
	{ PCI_VDEVICE(INTEL, 0x1572) },
	{ PCI_VDEVICE(INTEL, 0x1574) },
	{ PCI_VDEVICE(INTEL, 0x1580) },
	{ PCI_VDEVICE(INTEL, 0x1581) },
	{ PCI_VDEVICE(INTEL, 0x1583) },
	{ PCI_VDEVICE(INTEL, 0x1584) },
	{ PCI_VDEVICE(INTEL, 0x1585) },
	{ PCI_VDEVICE(INTEL, 0x1586) },
	{ PCI_VDEVICE(INTEL, 0x1587) },
	{ PCI_VDEVICE(INTEL, 0x1588) },
	{ PCI_VDEVICE(INTEL, 0x1589) },
	{ PCI_VDEVICE(INTEL, 0x158a) },
	{ PCI_VDEVICE(INTEL, 0x158b) },
	{ PCI_VDEVICE(INTEL, 0x37d0) },
	{ PCI_VDEVICE(INTEL, 0x37d1) },
	{ PCI_VDEVICE(INTEL, 0x37d2) },
	/* X550 */
	{ PCI_VDEVICE(INTEL, 0x1563) },
	{}
};

static void vfl_probe_intx(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;

	vfl->nointx = false;
	vfl->pci_2_3 = false;
	vfl->intx.frozen = 0;
	if (vfl->nointxmask)
		return;

	if (pci_match_id(vfl_broken_intx, pdev)) {
		pci_info_ratelimited(pdev, "its INTx is broken and is hidden from the user\n");
		vfl->nointx = true;
		pci_intx(pdev, 0);
		return;
	}

	vfl->pci_2_3 = pci_intx_mask_supported(pdev);
	if (vfl->pci_2_3)
		pci_intx(pdev, 0);
}

int vfl_not_opened(struct vfl_device *vfl, int error, const char *why)
{
	if (error)
		pci_info_ratelimited(vfl->pdev, "not opened (%pe): %s\n",
				     ERR_PTR(error), why);
	return error;
}

/* The order is that of pci_reset_fn_methods in drivers/pci/pci.c, which is not exported. */
static const char *vfl_reset_method(u8 method)
{
	static const char * const names[] = {
		"none", "device_specific", "acpi", "flr", "af_flr", "pm", "bus", "cxl_bus",
	};

	return method < ARRAY_SIZE(names) ? names[method] : "unknown";
}

/* Returns 0, or -EAGAIN for a device that somebody else is at. */
static int vfl_reset_at_open(struct vfl_device *vfl)
{
	u8 method = READ_ONCE(vfl->pdev->reset_methods[0]);
	int ret = pci_try_reset_function(vfl->pdev);

	trace_vfl_reset(vfl->pdev, 0, ret);
	if (ret == -EAGAIN)
		return vfl_not_opened(vfl, ret, "locked by somebody else, try again");
	if (ret)
		pci_info_ratelimited(vfl->pdev, "cannot be reset by itself (%s: %pe), and may be as its last user left it; reset_method in sysfs, where there is one, tells the ways that may be used\n",
				     vfl_reset_method(method), ERR_PTR(ret));
	else if (method != vfl->told_reset)
		pci_info(vfl->pdev, "reset by %s, the first of its ways, before and after each use; reset_method in sysfs chooses\n",
			 vfl_reset_method(method));
	vfl->told_reset = ret ? 0 : method;
	vfl->reset_works = !ret;
	return 0;
}

/* What is restored at close, and what the user sees. */
static int vfl_read_state(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	int ret;

	guard(vfl_state)(vfl);
	vfl_msi_probe(vfl);
	pci_save_state(pdev);
	vfl->saved_state = pci_store_saved_state(pdev);
	if (!vfl->saved_state)
		return vfl_not_opened(vfl, -ENOMEM, "its state cannot be kept");

	vfl_probe_intx(vfl);
	ret = vfl_config_open(vfl);
	if (!ret)
		return 0;

	vfl_not_opened(vfl, ret, "its config space cannot be read, or kept");
	vfl_restore_state(vfl);
	kfree(vfl->saved_state);
	vfl->saved_state = NULL;
	return ret;
}

static void vfl_set_holder(struct vfl_device *vfl, struct task_struct *task)
{
	vfl->holder_pid = task ? task_tgid_nr(task) : 0;
	if (task)
		get_task_comm(vfl->holder_comm, task->group_leader);
}

static void vfl_disable(struct vfl_device *vfl)
{
	guard(vfl_state)(vfl);
	pci_disable_device(vfl->pdev);
}

static int vfl_enable(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	int ret;

	scoped_guard(vfl_state, vfl) {
		/* Off in what is restored at close, and after each reset. */
		pci_clear_master(pdev);
		ret = pci_enable_device(pdev);
	}
	if (ret)
		return vfl_not_opened(vfl, ret, "cannot be enabled, see above");

	ret = vfl_reset_at_open(vfl) ?: vfl_read_state(vfl);
	if (ret)
		vfl_disable(vfl);
	return ret;
}

int vfl_open_device(struct vfio_device *vdev)
{
	struct vfl_device *vfl = to_vfl(vdev);
	int ret;

	/* By a file that was there before it was to be unbound. */
	if (vfl->gone)
		return vfl_not_opened(vfl, -ENODEV, "it is being unbound");

	if (!vfl->disable_idle_d3) {
		ret = pm_runtime_resume_and_get(&vfl->pdev->dev);
		if (ret < 0)
			return vfl_not_opened(vfl, ret,
					      "does not wake up; disable_idle_d3=1 keeps it awake");
	}

	ret = vfl_enable(vfl);
	if (ret) {
		if (!vfl->disable_idle_d3)
			pm_runtime_put(&vfl->pdev->dev);
		return ret;
	}

	vfl->virq_disabled = false;
	vfl_bars_open(vfl);
	vfl_sriov_count_user(vfl, 1);
	vfl_set_holder(vfl, current);
	return 0;
}

/*
 * The bridge is locked first, as the PCI core does where it resets through it.
 * pci_try_reset_function() would save the user's state over the one that was
 * just loaded.  An unbind has the device locked already.
 */
static bool vfl_try_reset(struct pci_dev *pdev, bool unbind)
{
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int ret = -EAGAIN;

	if (bridge && !pci_dev_trylock(bridge))
		goto out;
	if (unbind && pci_cfg_access_trylock(pdev)) {
		ret = __pci_reset_function_locked(pdev);
		pci_cfg_access_unlock(pdev);
	} else if (!unbind && pci_dev_trylock(pdev)) {
		ret = __pci_reset_function_locked(pdev);
		pci_dev_unlock(pdev);
	}
	if (bridge)
		pci_dev_unlock(bridge);
out:
	trace_vfl_reset(pdev, 2, ret);
	return !ret;
}

/* A reset must not raise an interrupt, nor DMA go on. */
static void vfl_reset_and_restore(struct vfl_device *vfl, bool unbind)
{
	pci_write_config_word(vfl->pdev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
	if (vfl->reset_works && vfl_try_reset(vfl->pdev, unbind))
		vfl->needs_reset = false;
	vfl_restore_state(vfl);
}

/* Where the saved state does not fit, a reset with the present one is better than nothing. */
static void vfl_restore(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;

	guard(vfl_state)(vfl);
	if (pci_load_and_free_saved_state(pdev, &vfl->saved_state)) {
		pci_info_ratelimited(pdev, "could not be brought back to its state before open\n");
		pci_save_state(pdev);
	}
	vfl_reset_and_restore(vfl, false);
}

void vfl_reset_at_unbind(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;

	if (!vfl->needs_reset || !vfl->reset_works || !pci_device_is_present(pdev))
		return;

	pci_save_state(pdev);
	vfl_reset_and_restore(vfl, true);
}

void vfl_close_device(struct vfio_device *vdev)
{
	struct vfl_device *vfl = to_vfl(vdev);
	struct pci_dev *pdev = vfl->pdev;

	lockdep_assert_held(&vdev->dev_set->lock);

	/* An unbind may be about to take it away, see vfl_quiesce(). */
	mutex_lock(&vfl->config_lock);
	vfl_set_holder(vfl, NULL);
	vfl_sriov_count_user(vfl, -1);
	/* They would be rung while the device wakes, and decodes nothing yet. */
	vfl_ioeventfds_close(vfl);
	/* From whatever power state the user has left it in. */
	vfl_low_power_end(vfl);
	pm_runtime_resume(&pdev->dev);
	vfl_set_power_state(vfl, PCI_D0);
	scoped_guard(vfl_state, vfl)
		pci_clear_master(pdev);
	vfl_intrs_close(vfl);
	vfl_bars_close(vfl);
	vfl_config_close(vfl);

	vfl->needs_reset = true;
	vfl_restore(vfl);
	mutex_unlock(&vfl->config_lock);
	vfl_disable(vfl);
	/*
	 * Not for one that is being unbound: the reset could not lock it, and the way there,
	 * over the bus, may be barred by somebody who waits for it, and so for us.
	 */
	if (device_trylock(&pdev->dev)) {
		device_unlock(&pdev->dev);
		vfl_reset_set_if_unused(vdev->dev_set);
	}

	if (!vfl->disable_idle_d3)
		pm_runtime_put(&pdev->dev);
}

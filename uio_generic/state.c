// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the device is away: it is being reset, the bus has cut it off after an
 * error, or the system sleeps.
 *
 *	ug_leave()	interrupts are masked, whatever user space said last
 *	ug_return()	interrupts and bus mastering are as they were; what the
 *			device itself had in its registers may be lost
 *
 * Readers of /dev/uioN are told of both by an event, and the attribute "state"
 * can be polled.  While the device is away it cannot be opened, and a write to
 * /dev/uioN is an error.
 *
 * Lifetime: the PCI and PM cores hold the device lock when they call us, as at
 * bind and unbind, so that drvdata is right.  Between error_detected() and
 * resume() they let go of it: what comes then may meet a device that was bound
 * in between, and knows nothing of the error.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "attrs.h"
#include "trace.h"
#include "ug.h"
#include "uio_generic.h"

/* If it cannot be asked, as we have left it; where that is user space's, it may be on. */
static bool ug_is_master(struct ug_device *ug)
{
	u16 command;

	pci_read_config_word(ug->pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command))
		return ug->drv->user_bus_master || ug->pdev->is_busmaster;
	return command & PCI_COMMAND_MASTER;
}

/* An event that no interrupt stands behind. */
static void ug_tell(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (!ug->live)
		return;
	ug->told++;
	uio_event_notify(&ug->info);
}

static void ug_set_state(struct ug_device *ug, enum ug_state state)
{
	lockdep_assert_held(&ug->lock);

	WRITE_ONCE(ug->state, state);
	trace_ug_state(ug->pdev, state);
	ug_tell(ug);
	sysfs_notify(&ug->pdev->dev.kobj, "uio_generic", "state");
}

/* To be called while the device still knows: a reset of its bus takes that away. */
static void ug_note(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->state != UG_STATE_OK || !ug->started)
		return;
	ug->was_master = ug_is_master(ug);
	ug_irq_note(ug);
}

static void ug_leave(struct ug_device *ug, enum ug_state state)
{
	bool was_ok = ug->state == UG_STATE_OK;

	lockdep_assert_held(&ug->lock);

	/* First: the handler goes by it, and what it has begun is waited for. */
	WRITE_ONCE(ug->state, state);
	if (was_ok && ug->started)
		ug_irq_hold(ug);
	else if (ug->started)
		ug_irq_mask(ug);	/* it may have been unmasked meanwhile */
	ug_set_state(ug, state);
}

/* What the PCI core has saved meanwhile may be of a device that had lost it already. */
static void ug_restore(struct ug_device *ug)
{
	if (ug->saved_state)
		pci_load_saved_state(ug->pdev, ug->saved_state);
	pci_restore_state(ug->pdev);
	ug->lost = !pci_device_is_present(ug->pdev);
}

/*
 * A reset that has failed is over, too, and what it has restored went nowhere.  Returns
 * whether that is so.
 */
static bool ug_fail_if_gone(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (pci_device_is_present(ug->pdev))
		return false;
	ug->lost = true;
	ug_set_state(ug, UG_STATE_FAILED);
	return true;
}

/* Whoever had it open may have closed it while it was away. */
static void ug_return(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->state == UG_STATE_OK)
		return;

	if (ug_fail_if_gone(ug)) {
		wake_up_all(&ug->back);
		return;
	}

	if (ug->lost)
		ug_restore(ug);
	if (!ug->started) {
		pci_clear_master(ug->pdev);
		ug_silence_intx(ug);
	} else {
		if (ug->was_master)
			pci_set_master(ug->pdev);
		ug_irq_unhold(ug);
	}
	/* For slot_reset(); what was saved before has been used up. */
	pci_save_state(ug->pdev);
	WRITE_ONCE(ug->resets, ug->resets + 1);
	ug_set_state(ug, UG_STATE_OK);
	wake_up_all(&ug->back);
}

void ug_state_init(struct ug_device *ug)
{
	init_waitqueue_head(&ug->back);
	pci_save_state(ug->pdev);
	ug->saved_state = pci_store_saved_state(ug->pdev);
}

/* The next driver is not to find a device without addresses. */
void ug_state_exit(struct ug_device *ug)
{
	if (ug->lost && pci_device_is_present(ug->pdev))
		ug_restore(ug);
	kfree(ug->saved_state);
}

int ug_state_error(const struct ug_device *ug)
{
	switch (ug->state) {
	case UG_STATE_OK:
		return 0;
	case UG_STATE_RESETTING:
	case UG_STATE_SUSPENDED:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

void ug_lock_settled(struct ug_device *ug)
{
	mutex_lock(&ug->lock);
	while (ug->state == UG_STATE_RESETTING) {
		mutex_unlock(&ug->lock);
		wait_event(ug->back,
			   READ_ONCE(ug->state) != UG_STATE_RESETTING);
		mutex_lock(&ug->lock);
	}
}

/*
 * Since bind it does, until a reset that was not its own, or its end.  A VF has no such
 * bits, and one whose PF was reset does not answer.
 */
static bool ug_decodes(struct pci_dev *pdev)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	return !PCI_POSSIBLE_ERROR(command) &&
	       (pdev->is_virtfn ||
		command & (PCI_COMMAND_MEMORY | PCI_COMMAND_IO));
}

/*
 * What is not fatal has left the link as it was.  "Permanent failure", from 7.2 on, is
 * also what the PCI core makes of that, if a device beside this one has no driver that
 * could be asked; one that is cut off, gone, or was reset does not decode.
 */
static bool ug_goes_on(const struct ug_device *ug, pci_channel_state_t channel)
{
	return channel == pci_channel_io_normal ||
		(channel == pci_channel_io_perm_failure && ug->state < UG_STATE_ERROR &&
		 ug_decodes(ug->pdev));
}

/*
 * A device that goes on is left alone, and the user-space driver is told.  Bus mastering
 * is not switched off under it, which many devices do not survive.
 */
static pci_ers_result_t ug_error_detected(struct pci_dev *pdev,
					  pci_channel_state_t channel)
{
	struct ug_device *ug = pci_get_drvdata(pdev);
	pci_ers_result_t result = PCI_ERS_RESULT_CAN_RECOVER;

	mutex_lock(&ug->lock);
	ug_note(ug);
	if (ug_goes_on(ug, channel)) {
		ug_note_error(ug, "nonfatal", -EIO);
		ug_tell(ug);
	} else {
		bool frozen = channel == pci_channel_io_frozen;

		ug_note_error(ug, "fatal", -EIO);
		ug_leave(ug, frozen ? UG_STATE_ERROR : UG_STATE_FAILED);
		ug->lost = true;
		pci_clear_master(pdev);
		result = frozen ? PCI_ERS_RESULT_NEED_RESET :
				  PCI_ERS_RESULT_DISCONNECT;
	}
	mutex_unlock(&ug->lock);

	return result;
}

/*
 * Before 7.2 nothing is reset after an error that is not fatal, though a neighbour's driver
 * wants it and all are told.  A VF, which has no bits to decode with, shows it by bus
 * mastering; one that is closed does not, and has nothing to lose.
 */
static bool ug_was_reset(struct ug_device *ug)
{
	if (ug->state != UG_STATE_OK || !ug_decodes(ug->pdev))
		return true;
	return ug->pdev->is_virtfn && !(ug->started && ug->was_master && ug_is_master(ug));
}

/*
 * The link has been reset, and the device with it.  It may be the error of
 * another device on the bus, of which we were not told.
 */
static pci_ers_result_t ug_slot_reset(struct pci_dev *pdev)
{
	struct ug_device *ug = pci_get_drvdata(pdev);
	pci_ers_result_t result = PCI_ERS_RESULT_RECOVERED;

	mutex_lock(&ug->lock);
	if (!ug_was_reset(ug))
		goto out;
	if (ug->state == UG_STATE_OK)
		ug_leave(ug, UG_STATE_ERROR);
	ug_restore(ug);
	if (ug->lost) {
		ug_set_state(ug, UG_STATE_FAILED);
		result = PCI_ERS_RESULT_DISCONNECT;
	}
out:
	mutex_unlock(&ug->lock);

	return result;
}

/* Not while the system sleeps, with which it comes back. */
static void ug_came_back(struct pci_dev *pdev)
{
	struct ug_device *ug = pci_get_drvdata(pdev);

	mutex_lock(&ug->lock);
	if (!ug->asleep)
		ug_return(ug);
	mutex_unlock(&ug->lock);
}

static void ug_reset_prepare(struct pci_dev *pdev)
{
	struct ug_device *ug = pci_get_drvdata(pdev);

	mutex_lock(&ug->lock);
	ug_note(ug);
	ug_leave(ug, UG_STATE_RESETTING);
	mutex_unlock(&ug->lock);
}

const struct pci_error_handlers ug_err_handlers = {
	.error_detected = ug_error_detected,
	.slot_reset = ug_slot_reset,
	.resume = ug_came_back,
	.reset_prepare = ug_reset_prepare,
	.reset_done = ug_came_back,
};

/*
 * Without callbacks of ours the PCI core would switch bus mastering off, and so do we,
 * for the sake of who sleeps; but it would enable INTx at resume, too
 * (do_pci_enable_device()).  With them it restores the command register.
 */
static int ug_suspend(struct device *dev)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	mutex_lock(&ug->lock);
	ug_note(ug);
	ug_leave(ug, UG_STATE_SUSPENDED);
	pci_clear_master(ug->pdev);
	ug->asleep = true;
	mutex_unlock(&ug->lock);

	return 0;
}

/* Also one that was cut off meanwhile, or given up: the sleep may have mended it. */
static int ug_resume(struct device *dev)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	mutex_lock(&ug->lock);
	ug->asleep = false;
	ug_return(ug);
	mutex_unlock(&ug->lock);
	return 0;
}

const struct dev_pm_ops ug_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(ug_suspend, ug_resume)
};

/* The state that a new owner expects: as after power-on, but for config space. */
static int ug_flr(struct pci_dev *pdev)
{
	int ret;

	pci_save_state(pdev);
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE);
	ret = pcie_reset_flr(pdev, PCI_RESET_DO_RESET);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	return ret;
}

/*
 * The device lock is only tried: who unbinds the device has it, and waits for
 * info_lock.  VFs would lose their state with their PF.
 */
void ug_reset_closed(struct ug_device *ug)
{
	struct pci_dev *pdev = ug->pdev;
	int ret = -EBUSY;

	if (!READ_ONCE(ug->reset_on_release) || !pci_device_is_present(pdev))
		return;

	if (pci_dev_trylock(pdev)) {
		if (READ_ONCE(ug->state) == UG_STATE_OK && !pci_num_vf(pdev)) {
			ret = ug_flr(pdev);
			mutex_lock(&ug->lock);
			ug_fail_if_gone(ug);
			mutex_unlock(&ug->lock);
		}
		pci_dev_unlock(pdev);
	}

	mutex_lock(&ug->lock);
	ug_note_error(ug, "reset", ret);
	WRITE_ONCE(ug->resets, ug->resets + !ret);
	mutex_unlock(&ug->lock);
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	static const char * const words[] = {
		[UG_STATE_OK]		= "ok",
		[UG_STATE_RESETTING]	= "resetting",
		[UG_STATE_SUSPENDED]	= "suspended",
		[UG_STATE_ERROR]	= "error",
		[UG_STATE_FAILED]	= "failed",
	};
	struct ug_device *ug = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", words[READ_ONCE(ug->state)]);
}
DEVICE_ATTR_RO(state);

static ssize_t resets_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(ug->resets));
}
DEVICE_ATTR_RO(resets);

static ssize_t reset_on_release_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", READ_ONCE(ug->reset_on_release));
}

static ssize_t reset_on_release_store(struct device *dev,
				      struct device_attribute *attr,
				      const char *buf, size_t count)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	bool on;
	int ret = kstrtobool(buf, &on);

	if (ret)
		return ret;
	if (on && pcie_reset_flr(ug->pdev, PCI_RESET_PROBE)) {
		pci_warn(ug->pdev, "reset_on_release: no function level reset\n");
		return -EOPNOTSUPP;
	}

	WRITE_ONCE(ug->reset_on_release, on);
	return count;
}
DEVICE_ATTR_RW(reset_on_release);

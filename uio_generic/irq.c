// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: from the device to the reader of /dev/uioN, and back.
 *
 *	device -> ug_msi_handler() or ug_intx_handler() -> uio_event_notify()
 *	       -> read() and poll() wake up
 *	write(1) -> uio core -> ug_irqcontrol() in main.c -> ug_irq_unmask()
 *
 * Who masks what:
 *	INTx	the handler sets COMMAND.INTX_DISABLE, user space unmasks after
 *		each interrupt.  The bit is the truth, since DPDK toggles it by
 *		config writes behind our back; "masked" only saves looking at it.
 *	INTx of a device that cannot do that
 *		the line is requested for us alone, and the handler disables it
 *		at the interrupt controller.
 *	MSI, MSI-X
 *		the handler masks nothing.  write(0) masks the vector in the
 *		device, which remembers one message; where it has no mask bits,
 *		the irq core remembers it and replays it at the unmask.
 *
 * The handlers are valid in hard interrupt context and, without a flag, in the
 * threads that PREEMPT_RT and "threadirqs" make of them: uio_event_notify()
 * takes locks that sleep there.
 */
#include <linux/interrupt.h>
#include <linux/lockdep.h>
#include <linux/pci.h>

#include "intx.h"
#include "irq.h"
#include "trace.h"
#include "ug.h"

/*
 * Also true of a device that is gone: it reads as all ones.  Out of line, since
 * the variable whose address is taken costs its caller a stack protector, on a
 * path that seldom comes here.
 */
static noinline bool ug_intx_disabled(struct ug_device *ug)
{
	u16 command;

	pci_read_config_word(ug->pdev, PCI_COMMAND, &command);
	return command & PCI_COMMAND_INTX_DISABLE;
}

/*
 * In a reset it may answer late or not at all, and nobody unmasks it behind our back, as
 * may be done to one that has failed.  A recovery of the bus locks config space, too.
 */
static bool ug_must_not_be_asked(const struct ug_device *ug)
{
	enum ug_state state = READ_ONCE(ug->state);

	if (state != UG_STATE_ERROR)
		return state == UG_STATE_RESETTING || state == UG_STATE_SUSPENDED;
	/* Others of its word change under no lock of ours; it is set all the time. */
	return data_race((bool)ug->pdev->block_cfg_access);
}

/*
 * STATUS.INTERRUPT, which pci_check_and_mask_intx() looks at, is also set while
 * INTx is masked: then the interrupt is that of another device on the line.
 */
static bool ug_take_intx(struct ug_device *ug)
{
	if (ug->masked && (ug_must_not_be_asked(ug) || ug_intx_disabled(ug)))
		return false;

	ug->masked = pci_check_and_mask_intx(ug->pdev);
	return ug->masked;
}

irqreturn_t ug_intx_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;
	bool ours;

	spin_lock(&ug->irqlock);
	ours = ug_take_intx(ug);
	spin_unlock(&ug->irqlock);

	if (!ours)
		return IRQ_NONE;

	trace_ug_interrupt(ug->pdev, ug->irq);
	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

irqreturn_t ug_exclusive_intx_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;

	spin_lock(&ug->irqlock);
	if (!ug->masked) {
		ug->masked = true;
		disable_irq_nosync(irq);
	}
	spin_unlock(&ug->irqlock);

	trace_ug_interrupt(ug->pdev, ug->irq);
	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

/* Apart, so that the other one has nothing to keep over a call: it is short. */
static noinline irqreturn_t ug_traced_msi(struct ug_device *ug)
{
	trace_ug_interrupt(ug->pdev, ug->irq);
	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

irqreturn_t ug_msi_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;

	if (trace_ug_interrupt_enabled())
		return ug_traced_msi(ug);

	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

bool ug_masks_in_device(const struct ug_device *ug)
{
	return ug->mode == UG_MODE_INTX && ug->facts.intx_maskable;
}

static void ug_mask_locked(struct ug_device *ug)
{
	lockdep_assert_held(&ug->irqlock);

	if (ug_masks_in_device(ug))
		intx_set(ug->pdev, false);
	else if (!ug->masked)
		disable_irq_nosync(ug->irq);
	ug->masked = true;
}

int ug_irq_mask(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return -EIO;

	spin_lock_irq(&ug->irqlock);
	ug_mask_locked(ug);
	spin_unlock_irq(&ug->irqlock);

	/* A handler that had already started may still notify. */
	synchronize_irq(ug->irq);
	return 0;
}

/*
 * Returns whether user space must be told at once: the device asserts INTx and
 * stays masked, which saves an interrupt whose handler would mask it again.
 */
static bool ug_unmask_locked(struct ug_device *ug)
{
	bool unmasked = true;

	lockdep_assert_held(&ug->irqlock);

	if (ug_masks_in_device(ug))
		unmasked = pci_check_and_unmask_intx(ug->pdev) ||
			   !ug_intx_disabled(ug);
	else if (ug->masked)
		enable_irq(ug->irq);
	ug->masked = !unmasked;
	return !unmasked;
}

int ug_irq_unmask(struct ug_device *ug)
{
	bool pending;

	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return -EIO;

	spin_lock_irq(&ug->irqlock);
	pending = ug_unmask_locked(ug);
	spin_unlock_irq(&ug->irqlock);

	if (pending && !pci_device_is_present(ug->pdev))
		return -EIO;
	if (pending)
		uio_event_notify(&ug->info);
	return 0;
}

/* What user space wants: for INTx the bit is the truth, if no reset has cleared all. */
static bool ug_wants_masked(struct ug_device *ug)
{
	u16 command;

	if (!ug_masks_in_device(ug))
		return ug->masked;

	pci_read_config_word(ug->pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command) ||
	    !(command & (PCI_COMMAND_MEMORY | PCI_COMMAND_IO)))
		return ug->masked;
	return command & PCI_COMMAND_INTX_DISABLE;
}

/* User space may have unmasked it by the bit. */
void ug_irq_note(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	spin_lock_irq(&ug->irqlock);
	ug->masked = ug_wants_masked(ug);
	spin_unlock_irq(&ug->irqlock);
}

void ug_irq_hold(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return;

	spin_lock_irq(&ug->irqlock);
	ug->was_masked = ug_wants_masked(ug);
	ug_mask_locked(ug);
	spin_unlock_irq(&ug->irqlock);

	synchronize_irq(ug->irq);
}

void ug_irq_unhold(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return;

	ug_irq_need_intx(ug);
	spin_lock_irq(&ug->irqlock);
	if (ug->was_masked)
		ug_mask_locked(ug);
	spin_unlock_irq(&ug->irqlock);

	if (!ug->was_masked)
		ug_irq_unmask(ug);
}

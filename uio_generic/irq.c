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
#include <linux/irq.h>
#include <linux/lockdep.h>
#include <linux/pci.h>

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
 * STATUS.INTERRUPT, which pci_check_and_mask_intx() looks at, is also set while
 * INTx is masked: then the interrupt is that of another device on the line.
 */
static bool ug_take_intx(struct ug_device *ug)
{
	if (ug->masked && ug_intx_disabled(ug))
		return false;

	ug->masked = pci_check_and_mask_intx(ug->pdev);
	return ug->masked;
}

static irqreturn_t ug_intx_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;
	bool ours;

	spin_lock(&ug->irqlock);
	ours = ug_take_intx(ug);
	spin_unlock(&ug->irqlock);

	if (!ours)
		return IRQ_NONE;

	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

static irqreturn_t ug_exclusive_intx_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;

	spin_lock(&ug->irqlock);
	if (!ug->masked) {
		ug->masked = true;
		disable_irq_nosync(irq);
	}
	spin_unlock(&ug->irqlock);

	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

static irqreturn_t ug_msi_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;

	uio_event_notify(&ug->info);
	return IRQ_HANDLED;
}

static bool ug_masks_in_device(const struct ug_device *ug)
{
	return ug->mode == UG_MODE_INTX && ug->facts.intx_maskable;
}

static void ug_mask_locked(struct ug_device *ug)
{
	lockdep_assert_held(&ug->irqlock);

	if (ug_masks_in_device(ug))
		pci_intx(ug->pdev, 0);
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

/*
 * A closed device must not assert a line that nobody serves.  Also tried where
 * masking is said not to work: often it is only STATUS.INTERRUPT that does not.
 */
static void ug_silence_intx(struct ug_device *ug)
{
	if (ug->facts.intx_pin)
		pci_intx(ug->pdev, 0);
}

static void ug_free_vectors(struct ug_device *ug)
{
	pci_free_irq_vectors(ug->pdev);
	/* That has given INTx back to the device. */
	ug_silence_intx(ug);
}

static int ug_request_msi(struct ug_device *ug, unsigned int type)
{
	struct pci_dev *pdev = ug->pdev;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, 1, 1, type);
	if (ret < 0)
		return ret;

	/* Some devices send no MSI while INTx is disabled (drivers/pci/quirks.c). */
	if (pdev->dev_flags & PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG)
		pci_intx(pdev, 1);

	ug->irq = pci_irq_vector(pdev, 0);
	ug->masked = false;
	ret = request_irq(ug->irq, ug_msi_handler, 0, ug->irq_name, ug);
	if (ret) {
		ug_free_vectors(ug);
		return ret;
	}

	/*
	 * Masked lazily, a message would be remembered twice, by the irq core
	 * and by the device, and might be delivered twice.
	 */
	irq_set_status_flags(ug->irq, IRQ_DISABLE_UNLAZY);
	return 0;
}

static int ug_request_shared_intx(struct ug_device *ug)
{
	/* As ug_irq_init() has left it; ug_irq_start() unmasks. */
	ug->masked = true;
	return request_irq(ug->irq, ug_intx_handler, IRQF_SHARED, ug->irq_name,
			   ug);
}

static int ug_request_exclusive_intx(struct ug_device *ug)
{
	int ret;

	ug->masked = false;
	irq_set_status_flags(ug->irq, IRQ_DISABLE_UNLAZY);
	ret = request_irq(ug->irq, ug_exclusive_intx_handler, IRQF_PROBE_SHARED,
			  ug->irq_name, ug);
	if (ret) {
		dev_warn_ratelimited(&ug->pdev->dev,
				     "INTx: line %d cannot be had alone (%pe), and this device cannot mask its interrupt\n",
				     ug->irq, ERR_PTR(ret));
		return ret;
	}

	/* Lazily disabled, the line would interrupt once more each time. */
	irq_set_status_flags(ug->irq, IRQ_DISABLE_UNLAZY);
	pci_intx(ug->pdev, 1);
	return 0;
}

static int ug_request(struct ug_device *ug, enum ug_mode mode)
{
	switch (mode) {
	case UG_MODE_MSIX:
		return ug_request_msi(ug, PCI_IRQ_MSIX);
	case UG_MODE_MSI:
		return ug_request_msi(ug, PCI_IRQ_MSI);
	default:
		ug->irq = ug->pdev->irq;
		return ug->facts.intx_maskable ?
			ug_request_shared_intx(ug) :
			ug_request_exclusive_intx(ug);
	}
}

/*
 * Without any interrupt, a reader waits for ever: an error, unless the user
 * takes what comes and all that stands in the way is a line that is shared.
 */
static int ug_judge_failure(struct ug_device *ug)
{
	int mode, ret = 0;

	for (mode = UG_MODE_MSIX; mode > UG_MODE_NONE && !ret; mode--)
		ret = ug->intr_error[mode];

	if (!ret || (ug->asked >= UG_NR_MODES && ret == -EBUSY))
		return 0;

	dev_err_ratelimited(&ug->pdev->dev,
			    "no interrupt mode could be set up (%pe); see intr_choice, or write none to intr_mode\n",
			    ERR_PTR(ret));
	return ret;
}

int ug_irq_start(struct ug_device *ug)
{
	unsigned long failed = 0;
	enum ug_mode mode;

	lockdep_assert_held(&ug->lock);

	memset(ug->intr_error, 0, sizeof(ug->intr_error));

	while ((mode = ug_mode_choose(&ug->facts, ug->asked, failed)) !=
	       UG_MODE_NONE) {
		ug->intr_error[mode] = ug_request(ug, mode);
		if (!ug->intr_error[mode])
			break;
		failed |= BIT(mode);
	}

	ug->mode = mode;
	if (mode == UG_MODE_NONE)
		return ug_judge_failure(ug);
	if (ug_masks_in_device(ug))
		ug_irq_unmask(ug);
	return 0;
}

void ug_irq_stop(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return;

	ug_silence_intx(ug);
	free_irq(ug->irq, ug);
	if (ug->mode != UG_MODE_INTX)
		ug_free_vectors(ug);
	ug->mode = UG_MODE_NONE;
}

void ug_irq_init(struct ug_device *ug)
{
	struct pci_dev *pdev = ug->pdev;

	ug->facts = (struct ug_intr_facts) {
		.msix_vectors = max(pci_msix_vec_count(pdev), 0),
		.msi_vectors = max(pci_msi_vec_count(pdev), 0),
		.msi_allowed = pci_msi_enabled() && !pdev->no_msi,
		.intx_pin = pdev->pin,
		.intx_routed = pdev->irq && pdev->irq != IRQ_NOTCONNECTED,
		.intx_maskable = pci_intx_mask_supported(pdev),
	};
	snprintf(ug->irq_name, sizeof(ug->irq_name), "%s(%s)", ug->info.name,
		 pci_name(pdev));
	ug_silence_intx(ug);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: from the device to the reader of /dev/uioN, and back.
 *
 *	device -> ug_msi_handler() or ug_intx_handler() -> uio_event_notify()
 *	       -> read() and poll() wake up
 *	write(1) -> uio core -> ug_irqcontrol() in main.c -> ug_irq_control()
 *
 * Who masks what:
 *	INTx	the handler sets COMMAND.INTX_DISABLE, user space unmasks after
 *		each interrupt.  The bit itself is the only state, since DPDK
 *		toggles it by config writes behind our back.
 *	INTx of a device that cannot do that
 *		the line is requested for us alone, and the handler disables it
 *		at the interrupt controller.
 *	MSI, MSI-X
 *		the handler masks nothing.  write(0) disables the interrupt in
 *		the irq core, which remembers one that comes meanwhile and
 *		replays it at the enable; that works without mask bits in the
 *		device, too.
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

static irqreturn_t ug_intx_handler(int irq, void *dev_id)
{
	struct ug_device *ug = dev_id;

	if (!pci_check_and_mask_intx(ug->pdev))
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

static void ug_disable_line(struct ug_device *ug)
{
	unsigned long flags;

	spin_lock_irqsave(&ug->irqlock, flags);
	if (!ug->masked) {
		ug->masked = true;
		disable_irq_nosync(ug->irq);
	}
	spin_unlock_irqrestore(&ug->irqlock, flags);
}

static void ug_enable_line(struct ug_device *ug)
{
	unsigned long flags;

	spin_lock_irqsave(&ug->irqlock, flags);
	if (ug->masked) {
		ug->masked = false;
		enable_irq(ug->irq);
	}
	spin_unlock_irqrestore(&ug->irqlock, flags);
}

static bool ug_masks_in_device(const struct ug_device *ug)
{
	return ug->mode == UG_MODE_INTX && ug->facts.intx_maskable;
}

int ug_irq_control(struct ug_device *ug, bool unmask)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return -EIO;

	if (!unmask) {
		if (ug_masks_in_device(ug))
			pci_intx(ug->pdev, 0);
		else
			ug_disable_line(ug);
		/* A handler that had already started may still notify. */
		synchronize_irq(ug->irq);
	} else if (!ug_masks_in_device(ug)) {
		ug_enable_line(ug);
	} else if (!pci_check_and_unmask_intx(ug->pdev)) {
		/*
		 * The device asserts INTx already: unmasking would interrupt
		 * at once, and the handler would mask again and notify.
		 */
		uio_event_notify(&ug->info);
	}
	return 0;
}

/* A closed device must not assert a line that nobody serves. */
static void ug_silence_intx(struct ug_device *ug)
{
	if (ug->facts.intx_maskable)
		pci_intx(ug->pdev, 0);
}

static int ug_request_msi(struct ug_device *ug, unsigned int type)
{
	int ret;

	ret = pci_alloc_irq_vectors(ug->pdev, 1, 1, type);
	if (ret < 0)
		return ret;

	ug->irq = pci_irq_vector(ug->pdev, 0);
	ret = request_irq(ug->irq, ug_msi_handler, 0, ug->irq_name, ug);
	if (ret)
		pci_free_irq_vectors(ug->pdev);
	return ret;
}

static int ug_request_intx(struct ug_device *ug)
{
	int ret;

	ug->irq = ug->pdev->irq;
	if (ug->facts.intx_maskable)
		return request_irq(ug->irq, ug_intx_handler, IRQF_SHARED,
				   ug->irq_name, ug);

	/* Lazily disabled, the line would interrupt once more each time. */
	irq_set_status_flags(ug->irq, IRQ_DISABLE_UNLAZY);
	ret = request_irq(ug->irq, ug_exclusive_intx_handler, 0, ug->irq_name,
			  ug);
	if (ret == -EBUSY)
		pci_err(ug->pdev,
			"INTx: line %d is shared, and this device cannot mask its interrupt\n",
			ug->irq);
	return ret;
}

static int ug_request(struct ug_device *ug, enum ug_mode mode)
{
	switch (mode) {
	case UG_MODE_MSIX:
		return ug_request_msi(ug, PCI_IRQ_MSIX);
	case UG_MODE_MSI:
		return ug_request_msi(ug, PCI_IRQ_MSI);
	default:
		return ug_request_intx(ug);
	}
}

int ug_irq_start(struct ug_device *ug)
{
	unsigned long failed = 0;
	enum ug_mode mode;
	int ret, first = 0;

	lockdep_assert_held(&ug->lock);

	memset(ug->intr_error, 0, sizeof(ug->intr_error));
	ug->masked = false;

	while ((mode = ug_mode_choose(&ug->facts, ug->asked, failed)) !=
	       UG_MODE_NONE) {
		ret = ug_request(ug, mode);
		if (!ret)
			break;
		ug->intr_error[mode] = ret;
		failed |= BIT(mode);
		first = first ?: ret;
	}

	if (mode == UG_MODE_NONE && first) {
		pci_err(ug->pdev,
			"no interrupt mode could be set up (%pe); see intr_choice, or write none to intr_mode\n",
			ERR_PTR(first));
		return first;
	}

	ug->mode = mode;
	ug_irq_control(ug, true);
	return 0;
}

void ug_irq_stop(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return;

	ug_silence_intx(ug);
	free_irq(ug->irq, ug);
	if (ug->mode != UG_MODE_INTX) {
		pci_free_irq_vectors(ug->pdev);
		/* Freeing MSI vectors gives INTx back to the device. */
		ug_silence_intx(ug);
	}
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

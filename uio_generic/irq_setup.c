// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: which mode the first open sets up, and what the last close undoes.
 *
 *	ug_irq_start() asks ug_mode_choose() (intr_mode.c) for the best mode,
 *	requests it, and goes on to the next lower one if that fails.
 *
 * What then happens at an interrupt is in irq.c.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/lockdep.h>
#include <linux/pci.h>

#include "intx.h"
#include "irq.h"
#include "ug.h"
#include "uio_generic.h"

/*
 * A closed device must not assert a line that nobody serves.  Also tried where
 * masking is said not to work: often it is only STATUS.INTERRUPT that does not.
 */
void ug_silence_intx(struct ug_device *ug)
{
	if (ug->facts.intx_pin)
		intx_set(ug->pdev, false);
}

/*
 * What masks INTx for good, as bind and a restored config space do, is not for a line
 * that only the interrupt controller can mask; and some devices send no MSI meanwhile
 * (drivers/pci/quirks.c).
 */
void ug_irq_need_intx(struct ug_device *ug)
{
	bool buggy = !!(ug->pdev->dev_flags & PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG);

	if (ug->mode == UG_MODE_INTX ? !ug->facts.intx_maskable : buggy)
		intx_set(ug->pdev, true);
}

static void ug_free_vectors(struct ug_device *ug)
{
	pci_free_irq_vectors(ug->pdev);
	/* That has given INTx back to the device. */
	ug_silence_intx(ug);
}

static int ug_request_msi(struct ug_device *ug, unsigned int type)
{
	unsigned int nr = type == PCI_IRQ_MSIX ? ug->nr_vectors : 1;
	struct pci_dev *pdev = ug->pdev;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, 1, nr, type);
	if (ret < 0)
		return ret;
	ug->got_vectors = ret;

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
	if (ug->drv->intx_first)
		dev_warn_ratelimited(&ug->pdev->dev,
				     "INTx: this device cannot mask its interrupt: unmask it by a write to the device file, as a config write does nothing\n");
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
 * Without any interrupt, a reader waits for ever: an error, unless the user takes what
 * comes, or has asked for all devices, and what stands in the way is a line that is shared.
 */
static int ug_judge_failure(struct ug_device *ug)
{
	bool takes_none = ug->asked >= UG_NR_MODES || ug->asked == ug->drv->asked;
	int mode, ret = 0;

	for (mode = UG_MODE_MSIX; mode > UG_MODE_NONE && !ret; mode--)
		ret = ug->intr_error[mode];

	if (!ret || (takes_none && ret == -EBUSY))
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
	ug_irq_need_intx(ug);
	if (ug_masks_in_device(ug))
		ug_irq_unmask(ug);
	return 0;
}

void ug_irq_stop(struct ug_device *ug)
{
	lockdep_assert_held(&ug->lock);

	if (ug->mode == UG_MODE_NONE)
		return;

	ug_vectors_stop(ug);
	ug_silence_intx(ug);
	free_irq(ug->irq, ug);
	if (ug->mode != UG_MODE_INTX)
		ug_free_vectors(ug);
	ug->mode = UG_MODE_NONE;
}

/* As the kernel looks for it (pci_msi_supported()). */
static bool ug_msi_allowed(const struct pci_dev *pdev)
{
	const struct pci_bus *bus;

	for (bus = pdev->bus; bus; bus = bus->parent)
		if (bus->bus_flags & PCI_BUS_FLAGS_NO_MSI)
			return false;
	return pci_msi_enabled() && !pdev->no_msi;
}

void ug_irq_init(struct ug_device *ug)
{
	struct pci_dev *pdev = ug->pdev;

	ug->facts = (struct ug_intr_facts) {
		.msix_vectors = max(pci_msix_vec_count(pdev), 0),
		.msi_vectors = max(pci_msi_vec_count(pdev), 0),
		.msi_allowed = ug_msi_allowed(pdev),
		.intx_pin = pdev->pin,
		.intx_routed = pdev->irq && pdev->irq != IRQ_NOTCONNECTED,
		.intx_maskable = pci_intx_mask_supported(pdev),
	};
	snprintf(ug->irq_name, sizeof(ug->irq_name), "%s(%s)", ug->info.name,
		 pci_name(pdev));
	ug_silence_intx(ug);
}

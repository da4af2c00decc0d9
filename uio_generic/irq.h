/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between irq.c, where interrupts run, and irq_setup.c, which requests them.
 */
#ifndef UIO_GENERIC_IRQ_H
#define UIO_GENERIC_IRQ_H

#include <linux/interrupt.h>
#include <linux/types.h>

struct ug_device;

/*
 * The handlers; dev_id is the struct ug_device.  For INTx that the device can
 * mask, for INTx that it cannot, and for MSI and MSI-X.
 */
irqreturn_t ug_intx_handler(int irq, void *dev_id);
irqreturn_t ug_exclusive_intx_handler(int irq, void *dev_id);
irqreturn_t ug_msi_handler(int irq, void *dev_id);

/**
 * ug_masks_in_device() - whether COMMAND.INTX_DISABLE is what masks
 * @ug: device
 *
 * Context: any; @ug->mode and @ug->facts do not change while there is a handler.
 * Return: false where the interrupt controller or the MSI capability does.
 */
bool ug_masks_in_device(const struct ug_device *ug);

/**
 * ug_irq_need_intx() - have INTx on in a device that has no use for INTX_DISABLE
 * @ug: device, with its interrupt requested
 *
 * Harmless to all others.
 *
 * Context: process; @ug->lock held.
 */
void ug_irq_need_intx(struct ug_device *ug);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uio_generic: what its files share.
 *
 * Read main.c first (bind and unbind, open and close), then irq.c (from the
 * interrupt to the reader and back), then sysfs.c and mmap.c.  bars.c and
 * intr_mode.c are pure and stand for themselves.
 *
 * Lifetime
 *	A struct ug_device lives from ug_probe() to ug_remove().  File
 *	descriptors may outlive it: the UIO core keeps its own struct
 *	uio_device for them and calls us only between uio_register_device()
 *	and uio_unregister_device(), under its info_lock.  Our attributes are
 *	gone before ug_remove() starts (driver core, dev_groups).
 *
 * Lock order
 *	uio_device.info_lock (core) > ug_device.lock > ug_device.irqlock
 *
 *	uio_register_device() and uio_unregister_device() take info_lock, so
 *	neither may be called under ug_device.lock.
 */
#ifndef UIO_GENERIC_UG_H
#define UIO_GENERIC_UG_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uio_driver.h>

#include "intr_mode.h"

struct attribute_group;
struct pci_dev;

/**
 * struct ug_device - one PCI function bound to uio_generic
 * @info: what the UIO core knows of it; @info.uio_dev is valid for the handler
 *	from the moment that @live is set until after free_irq()
 * @pdev: the function; held by the driver core while bound
 * @lock: see the field
 * @live: registered with the UIO core and not yet on its way out; only then
 *	may interrupts and bus mastering be on
 * @openers: open file descriptions of /dev/uioN, forked ones counted once
 * @facts: what the device can do; constant after ug_probe()
 * @asked: the best interrupt mode that the user wants
 * @mode: the mode in force while started, else UG_MODE_NONE
 * @irq: Linux interrupt number while @mode is not UG_MODE_NONE
 * @intr_error: per mode, the negative errno of the last try; 0 if it went well
 * @irqlock: see the field
 * @masked: @irq is disabled at the interrupt controller by us.  Not used for
 *	maskable INTx, whose one truth is COMMAND.INTX_DISABLE
 * @irq_name: the name in /proc/interrupts
 */
struct ug_device {
	struct uio_info info;
	struct pci_dev *pdev;
	/* Guards live, openers, asked, mode, irq and intr_error. */
	struct mutex lock;
	bool live;
	unsigned int openers;
	struct ug_intr_facts facts;
	enum ug_mode asked;
	enum ug_mode mode;
	int irq;
	int intr_error[UG_NR_MODES];
	/* Guards masked; taken by a hard interrupt handler: interrupts off. */
	spinlock_t irqlock;
	bool masked;
	char irq_name[32];
};

static inline struct ug_device *to_ug(struct uio_info *info)
{
	return container_of(info, struct ug_device, info);
}

/* irq.c */

/**
 * ug_irq_init() - gather the facts and keep INTx quiet until the first open
 * @ug: device, enabled, not yet registered
 *
 * Context: process, may sleep.
 */
void ug_irq_init(struct ug_device *ug);

/**
 * ug_irq_start() - set up the best interrupt that can be had, unmasked
 * @ug: device; @ug->mode is UG_MODE_NONE
 *
 * Tries the modes downwards from @ug->asked and leaves the errors of those
 * that failed in @ug->intr_error.  A device that has usable modes, all of
 * which fail, is an error: a reader would otherwise wait for ever.
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0, or the errno of the best mode's failure.
 */
int ug_irq_start(struct ug_device *ug);

/**
 * ug_irq_stop() - undo ug_irq_start(); harmless if nothing was set up
 * @ug: device
 *
 * When it returns, the handler does not run and will not run again.
 *
 * Context: process, may sleep; @ug->lock held.
 */
void ug_irq_stop(struct ug_device *ug);

/**
 * ug_irq_control() - mask or unmask
 * @ug: device
 * @unmask: false: when it returns, no event comes until the next unmask;
 *	true: what came in between is delivered, once
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0, or -EIO where there is no interrupt to control.
 */
int ug_irq_control(struct ug_device *ug, bool unmask);

/* mmap.c */

/**
 * ug_mmap() - map one BAR of /dev/uioN into user space, uncached
 * @info: the device; the core has checked that map desc->pgoff exists and is
 *	large enough
 * @desc: the mapping to be
 *
 * Context: process; info_lock and mmap_lock held.
 * Return: 0, or -EINVAL for a private mapping.
 */
int ug_mmap(struct uio_info *info, struct vm_area_desc *desc);

/* sysfs.c */

extern const struct attribute_group *ug_groups[];

/**
 * ug_default_mode() - what the module parameter intr_mode asks for
 *
 * Return: the wish that a newly bound device starts with.
 */
enum ug_mode ug_default_mode(void);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * INTx: a level, perhaps shared, that the device holds until its driver, in user
 * space, has served it.  So it is masked when it comes, until the user says that
 * it may come again.
 *
 *	interrupt -> vfl_intx_handler(): masks -> the trigger eventfd
 *	SET_IRQS UNMASK, or the unmask eventfd -> vfl_intx_unmask_once(): what is
 *	still pending is signalled again, and stays masked
 *
 * Three may mask: the handler, the user by SET_IRQS, the user by INTX_DISABLE in
 * config space (virq_disabled).  The device's own INTX_DISABLE does it, or, where
 * that does not work, the interrupt controller, on a line that is ours alone.
 *
 * A device that can mask is masked while nobody handles its INTx, too: the others
 * on the line would lose it, if the kernel got many interrupts that nobody serves.
 */
#include <linux/eventfd.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/vfio.h>

#include "intx.h"
#include "vfl.h"

static bool vfl_is_intx(const struct vfl_device *vfl)
{
	return READ_ONCE(vfl->irq_type) == VFIO_PCI_INTX_IRQ_INDEX;
}

static void vfl_intx_signal(struct vfl_device *vfl)
{
	struct eventfd_ctx *trigger = READ_ONCE(vfl->intx.trigger);

	if (likely(trigger && !READ_ONCE(vfl->virq_disabled)))
		eventfd_signal(trigger);
}

/* Not inlined, or the handler would have a stack to protect, each time. */
static noinline bool vfl_intx_disabled(struct pci_dev *pdev)
{
	u16 cmd;

	pci_read_config_word(pdev, PCI_COMMAND, &cmd);
	return cmd & PCI_COMMAND_INTX_DISABLE;
}

/*
 * INTX_DISABLE of the device; only noted while it is frozen, but that D3 alone is no reason
 * to leave on what the PCI core has switched on there, with the end of MSI.
 */
static void vfl_intx_switch(struct vfl_device *vfl, bool on)
{
	lockdep_assert_held(&vfl->irqlock);

	vfl->intx.on = on;
	if (!vfl->intx.frozen || (!on && vfl->intx.frozen == VFL_IN_D3))
		intx_set(vfl->pdev, on);
}

/* Returns whether one is pending, so that it stays off. */
static bool vfl_intx_switch_on(struct vfl_device *vfl)
{
	lockdep_assert_held(&vfl->irqlock);

	vfl->intx.on = true;
	return !vfl->intx.frozen && !pci_check_and_unmask_intx(vfl->pdev);
}

/*
 * With MSI, the bit is the PCI core's, but where INTx is broken, and never in use: after a
 * reset behind our back, too.
 */
void vfl_intx_sync(struct vfl_device *vfl)
{
	unsigned long flags;

	lockdep_assert_held(&vfl->igate);

	spin_lock_irqsave(&vfl->irqlock, flags);
	if (vfl->nointx ||
	    (vfl->pci_2_3 && (vfl_is_intx(vfl) || vfl->irq_type == VFIO_PCI_NUM_IRQS)))
		vfl_intx_switch(vfl, vfl_is_intx(vfl) && !vfl->intx.masked);
	spin_unlock_irqrestore(&vfl->irqlock, flags);
}

void vfl_intx_freeze(struct vfl_device *vfl, enum vfl_frozen why)
{
	unsigned long flags;

	spin_lock_irqsave(&vfl->irqlock, flags);
	if (vfl->pci_2_3) {
		if (!vfl->intx.frozen) {
			vfl->intx.on = !vfl_intx_disabled(vfl->pdev);
			intx_set(vfl->pdev, false);
		}
		vfl->intx.frozen |= why;
	}
	spin_unlock_irqrestore(&vfl->irqlock, flags);
}

void vfl_intx_thaw(struct vfl_device *vfl, enum vfl_frozen why)
{
	unsigned long flags;

	spin_lock_irqsave(&vfl->irqlock, flags);
	if (vfl->intx.frozen & why) {
		vfl->intx.frozen &= ~why;
		vfl_intx_switch(vfl, vfl->intx.on);
	}
	spin_unlock_irqrestore(&vfl->irqlock, flags);
}

static irqreturn_t vfl_intx_handler(int irq, void *dev_id)
{
	struct vfl_device *vfl = dev_id;
	bool ours = true, again;

	spin_lock(&vfl->irqlock);
	if (!vfl->pci_2_3) {
		/* Who masked meanwhile has disabled it; this nests. */
		if (!vfl->intx.masked)
			disable_irq_nosync(irq);
	} else {
		/*
		 * While it is masked, this is a neighbour's on the line; unless a
		 * write of COMMAND has put back what it read before.
		 */
		ours = !vfl->intx.frozen &&
			!(vfl->intx.masked && vfl_intx_disabled(vfl->pdev)) &&
			pci_check_and_mask_intx(vfl->pdev);
	}
	again = vfl->intx.masked;
	vfl->intx.masked |= ours;
	spin_unlock(&vfl->irqlock);

	if (ours && !again)
		vfl_intx_signal(vfl);
	return IRQ_RETVAL(ours);
}

void vfl_intx_mask(struct vfl_device *vfl)
{
	unsigned long flags;

	spin_lock_irqsave(&vfl->irqlock, flags);
	if (vfl_is_intx(vfl) && !vfl->intx.masked) {
		if (vfl->pci_2_3)
			vfl_intx_switch(vfl, false);
		else
			disable_irq_nosync(vfl->pdev->irq);
		vfl->intx.masked = true;
	}
	spin_unlock_irqrestore(&vfl->irqlock, flags);
}

/* Returns whether one is pending, which then is to be signalled. */
static bool vfl_intx_unmask_once(struct vfl_device *vfl)
{
	unsigned long flags;
	bool pending = false;

	spin_lock_irqsave(&vfl->irqlock, flags);
	if (vfl_is_intx(vfl) && vfl->intx.masked && !READ_ONCE(vfl->virq_disabled)) {
		if (vfl->pci_2_3)
			pending = vfl_intx_switch_on(vfl);
		else
			enable_irq(vfl->pdev->irq);
		vfl->intx.masked = pending;
	}
	spin_unlock_irqrestore(&vfl->irqlock, flags);
	return pending;
}

void vfl_intx_unmask(struct vfl_device *vfl)
{
	lockdep_assert_held(&vfl->igate);

	if (vfl_intx_unmask_once(vfl))
		vfl_intx_signal(vfl);
}

/*
 * For eventfds: called under a spinlock of the eventfd, which may be the trigger,
 * too, so that signalling is left to a thread.
 */
static int vfl_intx_unmask_now(void *opaque, void *data)
{
	return vfl_intx_unmask_once(opaque);
}

static void vfl_intx_signal_later(void *opaque, void *data)
{
	struct vfl_device *vfl = opaque;

	if (vfl_is_intx(vfl))
		vfl_intx_signal(vfl);
}

static int vfl_intx_mask_now(void *opaque, void *data)
{
	vfl_intx_mask(opaque);
	return 0;
}

/*
 * A device that cannot mask is masked by the line, which it must have alone.
 * That must take effect at once: a level that is still up would come again.
 */
static int vfl_intx_request(struct vfl_device *vfl)
{
	unsigned int irq = vfl->pdev->irq;
	unsigned long flags = IRQF_SHARED;
	int ret;

	vfl->intx.masked = vfl->virq_disabled;
	if (!vfl->pci_2_3) {
		flags = vfl->intx.masked ? IRQF_NO_AUTOEN : 0;
		irq_set_status_flags(irq, IRQ_DISABLE_UNLAZY);
	}

	snprintf(vfl->intx.name, sizeof(vfl->intx.name), "vfio-intx(%s)",
		 pci_name(vfl->pdev));
	ret = request_irq(irq, vfl_intx_handler, flags, vfl->intx.name, vfl);
	if (!ret) {
		/* The device last: what it raises before may go by the interrupt controller. */
		vfl_intx_sync(vfl);
	} else if (!vfl->pci_2_3) {
		irq_clear_status_flags(irq, IRQ_DISABLE_UNLAZY);
		pci_info_ratelimited(vfl->pdev, "cannot mask INTx and cannot have interrupt %u alone, see /proc/interrupts\n",
				     irq);
	}
	return ret;
}

static int vfl_intx_enable(struct vfl_device *vfl, struct eventfd_ctx *trigger)
{
	int ret;

	if (!vfl->pdev->irq || vfl->pdev->irq == IRQ_NOTCONNECTED)
		return -ENODEV;

	/* The handler may run before request_irq() returns. */
	vfl->intx.trigger = trigger;
	WRITE_ONCE(vfl->irq_type, VFIO_PCI_INTX_IRQ_INDEX);
	ret = vfl_intx_request(vfl);
	if (ret) {
		WRITE_ONCE(vfl->irq_type, VFIO_PCI_NUM_IRQS);
		vfl->intx.trigger = NULL;
	}
	return ret;
}

/* When it returns, nobody signals the old one any more. */
static void vfl_intx_set_trigger(struct vfl_device *vfl,
				 struct eventfd_ctx *trigger)
{
	struct eventfd_ctx *old = vfl->intx.trigger;

	WRITE_ONCE(vfl->intx.trigger, trigger);
	if (old) {
		synchronize_irq(vfl->pdev->irq);
		vfio_virqfd_flush_thread(&vfl->intx.unmask);
		eventfd_ctx_put(old);
	}
}

void vfl_intx_disable(struct vfl_device *vfl)
{
	unsigned int irq = vfl->pdev->irq;

	lockdep_assert_held(&vfl->igate);

	vfio_virqfd_disable(&vfl->intx.unmask);
	vfio_virqfd_disable(&vfl->intx.mask);
	/* The device first, or what it raises has no handler. */
	vfl_intx_mask(vfl);
	free_irq(irq, vfl);
	if (!vfl->pci_2_3)
		irq_clear_status_flags(irq, IRQ_DISABLE_UNLAZY);
	WRITE_ONCE(vfl->irq_type, VFIO_PCI_NUM_IRQS);
	if (vfl->intx.trigger)
		eventfd_ctx_put(vfl->intx.trigger);
	vfl->intx.trigger = NULL;
}

static int vfl_intx_set_eventfd(struct vfl_device *vfl, s32 fd)
{
	struct eventfd_ctx *trigger = vfl_eventfd(fd);
	int ret = 0;

	if (IS_ERR(trigger))
		return PTR_ERR(trigger);

	if (vfl_is_intx(vfl))
		vfl_intx_set_trigger(vfl, trigger);
	else
		ret = vfl_intx_enable(vfl, trigger);
	if (ret && trigger)
		eventfd_ctx_put(trigger);
	return ret;
}

int vfl_intx_trigger(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		     const void *data)
{
	if (vfl_is_intx(vfl) && !hdr->count &&
	    hdr->flags & VFIO_IRQ_SET_DATA_NONE) {
		vfl_intx_disable(vfl);
		return 0;
	}

	if ((!vfl_is_intx(vfl) && vfl->irq_type != VFIO_PCI_NUM_IRQS) ||
	    hdr->start || hdr->count != 1)
		return -EINVAL;
	if (hdr->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return vfl_intx_set_eventfd(vfl, *(const s32 *)data);
	if (!vfl_is_intx(vfl))
		return -EINVAL;
	if (vfl_irq_meant(hdr, data, 0))
		vfl_intx_signal(vfl);
	return 0;
}

static int vfl_intx_set_mask_eventfd(struct vfl_device *vfl, s32 fd, bool mask)
{
	struct virqfd **virqfd = mask ? &vfl->intx.mask : &vfl->intx.unmask;

	if (fd >= 0)
		return vfio_virqfd_enable(vfl,
					  mask ? vfl_intx_mask_now : vfl_intx_unmask_now,
					  mask ? NULL : vfl_intx_signal_later, NULL,
					  virqfd, fd);
	vfio_virqfd_disable(virqfd);
	return 0;
}

int vfl_intx_set_mask(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		      const void *data, bool mask)
{
	if (!vfl_is_intx(vfl) || hdr->start || hdr->count != 1)
		return -EINVAL;

	if (hdr->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return vfl_intx_set_mask_eventfd(vfl, *(const s32 *)data, mask);
	if (vfl_irq_meant(hdr, data, 0) && mask)
		vfl_intx_mask(vfl);
	else if (vfl_irq_meant(hdr, data, 0))
		vfl_intx_unmask(vfl);
	return 0;
}

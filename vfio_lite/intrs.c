// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VFIO_DEVICE_SET_IRQS asks, sorted by kind of interrupt and action; and
 * the two that no hardware raises: errors, and the request for the device.
 */
#include <linux/eventfd.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/vfio.h>

#include "vfl.h"

/* Signalled from handlers of the PCI and VFIO core, which hold other locks. */
bool vfl_signal(struct eventfd_ctx __rcu **trigger)
{
	struct eventfd_ctx *ctx;

	guard(rcu)();
	ctx = rcu_dereference(*trigger);
	if (ctx)
		eventfd_signal(ctx);
	return ctx;
}

static void vfl_set_trigger(struct vfl_device *vfl,
			    struct eventfd_ctx __rcu **trigger,
			    struct eventfd_ctx *ctx)
{
	lockdep_assert_held(&vfl->igate);

	ctx = rcu_replace_pointer(*trigger, ctx, lockdep_is_held(&vfl->igate));
	if (ctx) {
		synchronize_rcu();
		eventfd_ctx_put(ctx);
	}
}

static int vfl_single_eventfd(struct vfl_device *vfl,
			      struct eventfd_ctx __rcu **trigger, s32 fd)
{
	struct eventfd_ctx *ctx = fd < -1 ? ERR_PTR(-EINVAL) : vfl_eventfd(fd);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	vfl_set_trigger(vfl, trigger, ctx);
	return 0;
}

/* By bool or none, the user tries whether the eventfd works. */
static int vfl_single_trigger(struct vfl_device *vfl,
			      struct eventfd_ctx __rcu **trigger,
			      const struct vfio_irq_set *hdr, const void *data)
{
	if (hdr->start || hdr->count > 1)
		return -EINVAL;

	if (hdr->flags & VFIO_IRQ_SET_DATA_NONE) {
		if (!rcu_access_pointer(*trigger))
			return -EINVAL;
		if (hdr->count)
			vfl_signal(trigger);
		else
			vfl_set_trigger(vfl, trigger, NULL);
		return 0;
	}

	if (!hdr->count)
		return -EINVAL;
	if (hdr->flags & VFIO_IRQ_SET_DATA_EVENTFD)
		return vfl_single_eventfd(vfl, trigger, *(const s32 *)data);
	if (vfl_irq_meant(hdr, data, 0))
		vfl_signal(trigger);
	return 0;
}

static int vfl_trigger(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		       const void *data)
{
	switch (hdr->index) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		return vfl_intx_trigger(vfl, hdr, data);
	case VFIO_PCI_MSI_IRQ_INDEX:
	case VFIO_PCI_MSIX_IRQ_INDEX:
		return vfl_msi_trigger(vfl, hdr, data);
	case VFIO_PCI_ERR_IRQ_INDEX:
		if (!pci_is_pcie(vfl->pdev))
			return -ENOTTY;
		return vfl_single_trigger(vfl, &vfl->err_trigger, hdr, data);
	case VFIO_PCI_REQ_IRQ_INDEX:
		return vfl_single_trigger(vfl, &vfl->req_trigger, hdr, data);
	default:
		return -ENOTTY;
	}
}

int vfl_set_irqs(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		 const void *data)
{
	bool intx = hdr->index == VFIO_PCI_INTX_IRQ_INDEX;

	guard(mutex)(&vfl->igate);
	if (vfl->gone)
		return -ENODEV;

	switch (hdr->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) {
	case VFIO_IRQ_SET_ACTION_TRIGGER:
		return vfl_trigger(vfl, hdr, data);
	case VFIO_IRQ_SET_ACTION_MASK:
		return intx ? vfl_intx_set_mask(vfl, hdr, data, true) : -ENOTTY;
	case VFIO_IRQ_SET_ACTION_UNMASK:
		return intx ? vfl_intx_set_mask(vfl, hdr, data, false) : -ENOTTY;
	default:
		return -ENOTTY;
	}
}

void vfl_intrs_disable(struct vfl_device *vfl)
{
	lockdep_assert_held(&vfl->igate);

	if (vfl->irq_type == VFIO_PCI_INTX_IRQ_INDEX)
		vfl_intx_disable(vfl);
	else if (vfl->irq_type != VFIO_PCI_NUM_IRQS)
		vfl_msi_disable(vfl);
}

void vfl_intrs_close(struct vfl_device *vfl)
{
	guard(mutex)(&vfl->igate);
	vfl_intrs_disable(vfl);
	vfl_set_trigger(vfl, &vfl->err_trigger, NULL);
	vfl_set_trigger(vfl, &vfl->req_trigger, NULL);
}

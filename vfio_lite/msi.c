// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X: vectors that each signal an eventfd.
 *
 *	interrupt -> vfl_msi_handler(), whose argument is the eventfd itself
 *
 * Vectors are allocated when the first eventfds are set, and kept until the
 * whole kind is switched off.  Where the kernel can, more MSI-X vectors come as
 * they are asked for.
 *
 * Whatever touches the MSI-X table does so with memory decoding forced on, since
 * the user may have it off.
 */
#include <linux/eventfd.h>
#include <linux/interrupt.h>
#include <linux/irqbypass.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "vfl.h"

/*
 * struct vfl_vector - one with an eventfd
 * @trigger: the eventfd
 * @irq: Linux interrupt number
 * @producer: lets KVM have the interrupt without us
 * @name: in /proc/interrupts
 */
struct vfl_vector {
	struct eventfd_ctx *trigger;
	int irq;
	struct irq_bypass_producer producer;
	char name[40];
};

void vfl_msi_probe(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	u32 table;

	if (!pdev->msix_cap)
		return;

	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table);
	if ((table & PCI_MSIX_TABLE_BIR) >= PCI_STD_NUM_BARS)
		return;

	vfl->msix_count = pci_msix_vec_count(pdev);
	vfl->msix_bar = table & PCI_MSIX_TABLE_BIR;
	vfl->msix_table.start = table & PCI_MSIX_TABLE_OFFSET;
	vfl->msix_table.end = vfl->msix_table.start +
			      vfl->msix_count * PCI_MSIX_ENTRY_SIZE;
	vfl->dyn_msix = pci_msix_can_alloc_dyn(pdev);
}

static irqreturn_t vfl_msi_handler(int irq, void *trigger)
{
	eventfd_signal(trigger);
	return IRQ_HANDLED;
}

/* Returns 0, an errno, or how many vectors there are, if that is too few. */
static int vfl_msi_enable(struct vfl_device *vfl, unsigned int index,
			  unsigned int count)
{
	bool msix = index == VFIO_PCI_MSIX_IRQ_INDEX;
	int ret;

	guard(vfl_table)(vfl);
	ret = pci_alloc_irq_vectors(vfl->pdev, 1, count,
				    msix ? PCI_IRQ_MSIX : PCI_IRQ_MSI);
	if (ret > 0 && ret < count)
		pci_free_irq_vectors(vfl->pdev);
	/* Some cannot signal MSI without; with MSI, they do not raise INTx. */
	if (ret == count && vfl->pdev->dev_flags & PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG)
		pci_intx(vfl->pdev, 1);
	if (ret < (int)count) {
		/* INTx is on again, if there were too few: see vfl_msi_disable(). */
		vfl_intx_sync(vfl);
		return ret;
	}

	WRITE_ONCE(vfl->irq_type, index);
	if (!msix)
		WRITE_ONCE(vfl->cfg->msi_qmax, order_base_2(count));
	return 0;
}

/* An interrupt number stays allocated until the whole kind is switched off. */
static int vfl_msi_irq(struct vfl_device *vfl, unsigned int nr)
{
	int irq = pci_irq_vector(vfl->pdev, nr);
	struct msi_map map;

	if (irq > 0 || vfl->irq_type != VFIO_PCI_MSIX_IRQ_INDEX || !vfl->dyn_msix)
		return irq ?: -EINVAL;

	guard(vfl_table)(vfl);
	map = pci_msix_alloc_irq_at(vfl->pdev, nr, NULL);
	return map.index < 0 ? map.index : map.virq;
}

/* A reset behind our back may have emptied the table: write the entry again. */
static int vfl_msi_request(struct vfl_device *vfl, struct vfl_vector *vector)
{
	struct msi_msg msg;

	guard(vfl_table)(vfl);
	if (vfl->irq_type == VFIO_PCI_MSIX_IRQ_INDEX) {
		get_cached_msi_msg(vector->irq, &msg);
		pci_write_msi_msg(vector->irq, &msg);
	}
	return request_irq(vector->irq, vfl_msi_handler, 0, vector->name,
			   vector->trigger);
}

/* Without it, interrupts come the long way. */
static void vfl_msi_offer_bypass(struct vfl_device *vfl,
				 struct vfl_vector *vector)
{
	int ret = irq_bypass_register_producer(&vector->producer,
					       vector->trigger, vector->irq);

	if (ret)
		pci_info_ratelimited(vfl->pdev, "interrupt %d cannot bypass the host (%pe)\n",
				     vector->irq, ERR_PTR(ret));
}

static int vfl_vector_start(struct vfl_device *vfl, unsigned int nr,
			    struct vfl_vector *vector)
{
	int ret;

	vector->irq = vfl_msi_irq(vfl, nr);
	if (vector->irq < 0)
		return vector->irq;

	ret = xa_insert(&vfl->vectors, nr, vector, GFP_KERNEL_ACCOUNT);
	if (ret)
		return ret;

	ret = vfl_msi_request(vfl, vector);
	if (ret)
		xa_erase(&vfl->vectors, nr);
	else
		vfl_msi_offer_bypass(vfl, vector);
	return ret;
}

static int vfl_vector_add(struct vfl_device *vfl, unsigned int nr, s32 fd)
{
	struct vfl_vector *vector;
	int ret;

	vector = kzalloc(sizeof(*vector), GFP_KERNEL_ACCOUNT);
	if (!vector)
		return -ENOMEM;

	snprintf(vector->name, sizeof(vector->name), "vfio-msi%s[%u](%s)",
		 vfl->irq_type == VFIO_PCI_MSIX_IRQ_INDEX ? "x" : "", nr,
		 pci_name(vfl->pdev));
	vector->trigger = eventfd_ctx_fdget(fd);
	if (IS_ERR(vector->trigger)) {
		ret = PTR_ERR(vector->trigger);
		goto err_free;
	}

	ret = vfl_vector_start(vfl, nr, vector);
	if (ret)
		goto err_put;
	return 0;

err_put:
	eventfd_ctx_put(vector->trigger);
err_free:
	kfree(vector);
	return ret;
}

/* The eventfd goes last: others may still use it up to then. */
static void vfl_vector_remove(struct vfl_device *vfl, unsigned int nr)
{
	struct vfl_vector *vector = xa_erase(&vfl->vectors, nr);

	if (!vector)
		return;

	irq_bypass_unregister_producer(&vector->producer);
	scoped_guard(vfl_table, vfl)
		free_irq(vector->irq, vector->trigger);
	eventfd_ctx_put(vector->trigger);
	kfree(vector);
}

void vfl_msi_disable(struct vfl_device *vfl)
{
	struct vfl_vector *vector;
	unsigned long nr;

	lockdep_assert_held(&vfl->igate);

	xa_for_each(&vfl->vectors, nr, vector)
		vfl_vector_remove(vfl, nr);

	scoped_guard(vfl_table, vfl)
		pci_free_irq_vectors(vfl->pdev);

	WRITE_ONCE(vfl->irq_type, VFIO_PCI_NUM_IRQS);
	/* The PCI core switches INTx on where it switches MSI off. */
	vfl_intx_sync(vfl);
	WRITE_ONCE(vfl->cfg->msi_qmax, order_base_2(vfl->msi_count));
}

/* All or none: on an error, none of these has an eventfd. */
static int vfl_msi_set_eventfds(struct vfl_device *vfl,
				const struct vfio_irq_set *hdr, const s32 *fds)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < hdr->count && !ret; i++) {
		vfl_vector_remove(vfl, hdr->start + i);
		if (fds[i] >= 0)
			ret = vfl_vector_add(vfl, hdr->start + i, fds[i]);
	}
	while (ret && i--)
		vfl_vector_remove(vfl, hdr->start + i);
	return ret;
}

static void vfl_msi_loop_back(struct vfl_device *vfl,
			      const struct vfio_irq_set *hdr, const void *data)
{
	struct vfl_vector *vector;
	unsigned int i;

	for (i = 0; i < hdr->count; i++) {
		vector = xa_load(&vfl->vectors, hdr->start + i);
		if (vector && vfl_irq_meant(hdr, data, i))
			eventfd_signal(vector->trigger);
	}
}

int vfl_msi_trigger(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		    const void *data)
{
	bool on = vfl->irq_type == hdr->index;
	int ret;

	if (on && !hdr->count && hdr->flags & VFIO_IRQ_SET_DATA_NONE) {
		vfl_msi_disable(vfl);
		return 0;
	}
	if (!on && vfl->irq_type != VFIO_PCI_NUM_IRQS)
		return -EINVAL;

	if (!(hdr->flags & VFIO_IRQ_SET_DATA_EVENTFD)) {
		if (on)
			vfl_msi_loop_back(vfl, hdr, data);
		return on ? 0 : -EINVAL;
	}

	if (!on) {
		ret = vfl_msi_enable(vfl, hdr->index, hdr->start + hdr->count);
		if (ret)
			return ret;
	}
	ret = vfl_msi_set_eventfds(vfl, hdr, data);
	if (ret && !on)
		vfl_msi_disable(vfl);
	return ret;
}

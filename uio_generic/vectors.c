// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI-X vectors beyond the first: the attributes "vectors" and "nr_vectors".
 *
 *	device -> ug_vector_handler() -> eventfd_signal()
 *
 * Vector 0 is that of /dev/uioN.  The others are nobody's until a process writes
 * "<vector> <eventfd>", in whose table of files the eventfd is looked up, and
 * are gone with the last close at the latest.
 *
 * From 6.12 on, on x86, a vector is allocated when it is asked for.  Before, MSI-X has as
 * many as it was enabled with, at the first open: nr_vectors.
 *
 * Lifetime: a struct ug_vector lives from request_irq() to free_irq(), and holds
 * its eventfd for that time, whoever closes it meanwhile.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/interrupt.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>

#include "attrs.h"
#include "trace.h"
#include "ug.h"
#include "vector_line.h"

#define UG_LINE_LEN	32	/* of vectors_show(), more than two numbers have */

/*
 * struct ug_vector - one armed vector
 * @pdev: the function
 * @ctx: whom to signal; held
 * @map: index in the MSI-X table, Linux interrupt
 * @dynamic: allocated for this, and not at the first open
 * @count: interrupts; written by the handler only, of which one runs at a time
 * @name: the name in /proc/interrupts
 */
struct ug_vector {
	struct pci_dev *pdev;
	struct eventfd_ctx *ctx;
	struct msi_map map;
	bool dynamic;
	unsigned int count;
	char name[48];
};

static irqreturn_t ug_vector_handler(int irq, void *dev_id)
{
	struct ug_vector *vector = dev_id;

	trace_ug_interrupt(vector->pdev, irq);
	WRITE_ONCE(vector->count, vector->count + 1);
	eventfd_signal(vector->ctx);
	return IRQ_HANDLED;
}

static int ug_vector_alloc(struct ug_device *ug, struct ug_vector *vector,
			   unsigned int index)
{
	if (index < ug->got_vectors) {
		vector->map.index = index;
		vector->map.virq = pci_irq_vector(ug->pdev, index);
		return 0;
	}

	if (!pci_msix_can_alloc_dyn(ug->pdev))
		return -ENOSPC;

	vector->map = pci_msix_alloc_irq_at(ug->pdev, index, NULL);
	vector->dynamic = vector->map.index >= 0;
	return vector->dynamic ? 0 : vector->map.index;
}

static void ug_vector_dealloc(struct ug_vector *vector)
{
	if (vector->dynamic)
		pci_msix_free_irq(vector->pdev, vector->map);
}

static int ug_vector_request(struct ug_device *ug, struct ug_vector *vector,
			     unsigned int index)
{
	int ret;

	ret = ug_vector_alloc(ug, vector, index);
	if (ret)
		return ret;

	snprintf(vector->name, sizeof(vector->name), "%s-%u", ug->irq_name, index);
	ret = request_irq(vector->map.virq, ug_vector_handler, 0, vector->name,
			  vector);
	if (ret)
		ug_vector_dealloc(vector);
	return ret;
}

static void ug_vector_free(struct ug_device *ug, struct ug_vector *vector)
{
	xa_erase(&ug->vectors, vector->map.index);
	free_irq(vector->map.virq, vector);
	ug_vector_dealloc(vector);
	eventfd_ctx_put(vector->ctx);
	kfree(vector);
}

/* The reference to @ctx is the vector's if this succeeds. */
static int ug_vector_add(struct ug_device *ug, unsigned int index,
			 struct eventfd_ctx *ctx)
{
	struct ug_vector *vector;
	int ret;

	vector = kzalloc(sizeof(*vector), GFP_KERNEL);
	if (!vector)
		return -ENOMEM;

	vector->pdev = ug->pdev;
	vector->ctx = ctx;
	ret = xa_insert(&ug->vectors, index, vector, GFP_KERNEL);
	if (ret)
		goto err_free;
	ret = ug_vector_request(ug, vector, index);
	if (ret)
		goto err_erase;
	return 0;

err_erase:
	xa_erase(&ug->vectors, index);
err_free:
	kfree(vector);
	return ret;
}

/* Whatever was armed gives way; NULL puts nothing in its place. */
static int ug_vector_arm(struct ug_device *ug, unsigned int index,
			 struct eventfd_ctx *ctx)
{
	struct ug_vector *old;

	lockdep_assert_held(&ug->lock);

	if (!index || index >= ug->facts.msix_vectors)
		return -EINVAL;
	if (ug->mode != UG_MODE_MSIX)
		return -ENXIO;
	if (ug->state != UG_STATE_OK)
		return -EIO;

	old = xa_load(&ug->vectors, index);
	if (old)
		ug_vector_free(ug, old);
	return ctx ? ug_note_error(ug, "vector", ug_vector_add(ug, index, ctx)) : 0;
}

void ug_vectors_init(struct ug_device *ug)
{
	xa_init(&ug->vectors);
	ug->nr_vectors = 1;
}

void ug_vectors_stop(struct ug_device *ug)
{
	struct ug_vector *vector;
	unsigned long index;

	lockdep_assert_held(&ug->lock);

	xa_for_each(&ug->vectors, index, vector)
		ug_vector_free(ug, vector);
}

static ssize_t vectors_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	struct ug_vector *vector;
	unsigned long index;
	int at = 0;

	mutex_lock(&ug->lock);
	xa_for_each(&ug->vectors, index, vector) {
		if (at > PAGE_SIZE - UG_LINE_LEN)
			break;
		at += sysfs_emit_at(buf, at, "%lu %u\n", index,
				    READ_ONCE(vector->count));
	}
	mutex_unlock(&ug->lock);

	return at;
}

static ssize_t vectors_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	struct eventfd_ctx *ctx = NULL;
	unsigned int index;
	int fd, ret;

	if (!ug_parse_vector(buf, &index, &fd))
		return -EINVAL;

	if (fd >= 0) {
		ctx = eventfd_ctx_fdget(fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}

	mutex_lock(&ug->lock);
	ret = ug_vector_arm(ug, index, ctx);
	mutex_unlock(&ug->lock);

	if (ret && ctx)
		eventfd_ctx_put(ctx);
	return ret ?: count;
}
DEVICE_ATTR_RW(vectors);

static ssize_t nr_vectors_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct ug_device *ug = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(ug->nr_vectors));
}

static ssize_t nr_vectors_store(struct device *dev,
				struct device_attribute *attr,
				const char *buf, size_t count)
{
	struct ug_device *ug = dev_get_drvdata(dev);
	unsigned int nr;
	int ret = kstrtouint(buf, 10, &nr);

	if (ret)
		return ret;
	if (!nr || nr > ug->facts.msix_vectors)
		return -EINVAL;

	mutex_lock(&ug->lock);
	if (ug->openers)
		ret = -EBUSY;
	else
		WRITE_ONCE(ug->nr_vectors, nr);
	mutex_unlock(&ug->lock);

	return ret ?: count;
}
DEVICE_ATTR_RW(nr_vectors);

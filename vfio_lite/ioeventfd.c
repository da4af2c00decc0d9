// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds that write to a register: a doorbell without a system call.
 */
#include <linux/bitops.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfl.h"

#define VFL_MAX_IOEVENTFDS	1000

/*
 * struct vfl_ioeventfd - one of them
 * @node: in vfl_device.ioeventfds
 * @vfl: the device
 * @virqfd: what listens
 * @bar: where to write
 * @pos: offset in it
 * @len: width in bytes
 * @data: what to write
 */
struct vfl_ioeventfd {
	struct list_head node;
	struct vfl_device *vfl;
	struct virqfd *virqfd;
	unsigned int bar;
	u64 pos;
	unsigned int len;
	u64 data;
};

static void vfl_ring(const struct vfl_ioeventfd *entry)
{
	const struct vfl_window *win = &entry->vfl->bar[entry->bar];
	struct vfl_device *vfl = entry->vfl;

	lockdep_assert_held(&vfl->memory_lock);

	if (vfl->gone || vfl->pm_engaged || IS_ERR(win->io) ||
	    (win->mem && !vfl_memory_enabled(vfl)))
		return;

	vfl_io_write(win->io + entry->pos, entry->len, entry->data);
	if (win->wc) {
		/* Nobody waits for what is combined with it. */
		wmb();
	}
}

/* Called under a spinlock of the eventfd; not 0: let the thread do it. */
static int vfl_ring_now(void *opaque, void *data)
{
	struct vfl_ioeventfd *entry = opaque;

	if (!down_read_trylock(&entry->vfl->memory_lock))
		return 1;
	vfl_ring(entry);
	up_read(&entry->vfl->memory_lock);
	return 0;
}

static void vfl_ring_later(void *opaque, void *data)
{
	struct vfl_ioeventfd *entry = opaque;

	guard(rwsem_read)(&entry->vfl->memory_lock);
	vfl_ring(entry);
}

static struct vfl_ioeventfd *vfl_find_ioeventfd(const struct vfl_ioeventfd *like)
{
	struct vfl_device *vfl = like->vfl;
	struct vfl_ioeventfd *entry;

	lockdep_assert_held(&vfl->ioeventfds_lock);

	list_for_each_entry(entry, &vfl->ioeventfds, node)
		if (entry->bar == like->bar && entry->pos == like->pos &&
		    entry->len == like->len && entry->data == like->data)
			return entry;
	return NULL;
}

static void vfl_remove_ioeventfd(struct vfl_ioeventfd *entry)
{
	vfio_virqfd_disable(&entry->virqfd);
	list_del(&entry->node);
	entry->vfl->nr_ioeventfds--;
	kfree(entry);
}

static int vfl_add_ioeventfd(const struct vfl_ioeventfd *like, int fd)
{
	struct vfl_device *vfl = like->vfl;
	struct vfl_ioeventfd *entry;
	int ret;

	if (vfl->nr_ioeventfds >= VFL_MAX_IOEVENTFDS)
		return -ENOSPC;

	entry = kmemdup(like, sizeof(*like), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;

	ret = vfio_virqfd_enable(entry, vfl_ring_now, vfl_ring_later, NULL,
				 &entry->virqfd, fd);
	if (ret) {
		kfree(entry);
		return ret;
	}
	list_add(&entry->node, &vfl->ioeventfds);
	vfl->nr_ioeventfds++;
	return 0;
}

static int vfl_set_ioeventfd(const struct vfl_ioeventfd *like, int fd)
{
	struct vfl_device *vfl = like->vfl;
	struct vfl_ioeventfd *entry;

	guard(mutex)(&vfl->ioeventfds_lock);
	entry = vfl_find_ioeventfd(like);
	if (fd >= 0)
		return entry ? -EEXIST : vfl_add_ioeventfd(like, fd);
	if (!entry)
		return -ENODEV;
	vfl_remove_ioeventfd(entry);
	return 0;
}

/* The MSI-X table is not the user's to write, this way either. */
static bool vfl_may_ring(const struct vfl_ioeventfd *like)
{
	const struct vfl_window *win = &like->vfl->bar[like->bar];
	u64 end = like->pos + like->len;

	return !(like->pos % like->len) && end <= win->len &&
		(end <= win->hole.start || like->pos >= win->hole.end);
}

int vfl_ioeventfd(struct vfl_device *vfl,
		  struct vfio_device_ioeventfd __user *arg)
{
	size_t minsz = offsetofend(struct vfio_device_ioeventfd, fd);
	struct vfio_device_ioeventfd ask;
	struct vfl_ioeventfd like;

	if (copy_from_user(&ask, arg, minsz))
		return -EFAULT;
	if (ask.argsz < minsz || ask.flags & ~VFIO_DEVICE_IOEVENTFD_SIZE_MASK ||
	    hweight32(ask.flags) != 1 || ask.fd < -1)
		return -EINVAL;

	like = (struct vfl_ioeventfd){
		.vfl = vfl,
		.bar = vfl_region_index(ask.offset),
		.pos = vfl_region_pos(ask.offset),
		.len = ask.flags,	/* VFIO_DEVICE_IOEVENTFD_8 is 1, and so on */
		.data = ask.data,
	};
	if (like.bar > VFIO_PCI_BAR5_REGION_INDEX || !vfl_may_ring(&like))
		return -EINVAL;
	if (IS_ERR(vfl->bar[like.bar].io))
		return PTR_ERR(vfl->bar[like.bar].io);
	return vfl_set_ioeventfd(&like, ask.fd);
}

void vfl_ioeventfds_close(struct vfl_device *vfl)
{
	struct vfl_ioeventfd *entry, *next;

	list_for_each_entry_safe(entry, next, &vfl->ioeventfds, node)
		vfl_remove_ioeventfd(entry);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() of the device's file, whose offset says which region.
 *
 *	vfl_read() -> vfl_rw_awake() -> vfl_rw(): the region -> vfl_user_rw(): copied
 *	from or to the user -> vfl_config_read(), vfl_config_write() or vfl_bar_rw()
 */
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfl.h"

#define VFL_BATCH	256	/* bytes that are copied from or to the user at once */

/*
 * Copies of a register, with lengths that the compiler knows.  Where it does not, they
 * look up whose memory the kernel's side is: a large part of what an access costs.
 */
static unsigned long vfl_to_user(void __user *to, const void *from, unsigned long len)
{
	switch (len) {
	case 8:
		return copy_to_user(to, from, 8);
	case 4:
		return copy_to_user(to, from, 4);
	case 2:
		return copy_to_user(to, from, 2);
	case 1:
		return copy_to_user(to, from, 1);
	default:
		return copy_to_user(to, from, len);
	}
}

static unsigned long vfl_from_user(void *to, const void __user *from, unsigned long len)
{
	switch (len) {
	case 8:
		return copy_from_user(to, from, 8);
	case 4:
		return copy_from_user(to, from, 4);
	case 2:
		return copy_from_user(to, from, 2);
	case 1:
		return copy_from_user(to, from, 1);
	default:
		return copy_from_user(to, from, len);
	}
}

/* Inlined, since it takes more arguments than there are registers for. */
static __always_inline int
vfl_bounce(struct vfl_device *vfl, const struct vfl_window *win, u8 *bounce,
	   char __user *ubuf, size_t len, u64 pos, bool write)
{
	int ret;

	if (write && vfl_from_user(bounce, ubuf, len))
		return -EFAULT;

	if (win)
		ret = vfl_bar_rw(vfl, win, bounce, len, pos, write);
	else if (write)
		ret = vfl_config_write(vfl, bounce, len, pos);
	else
		ret = vfl_config_read(vfl, bounce, len, pos);

	if (!ret && !write && vfl_to_user(ubuf, bounce, len))
		return -EFAULT;
	return ret;
}

/* Batches end where the widest access may. */
static noinline int vfl_bounce_all(struct vfl_device *vfl, const struct vfl_window *win,
				   char __user *ubuf, size_t count, u64 pos, bool write)
{
	u8 batch[VFL_BATCH + VFL_BOUNCE_SLACK];
	size_t len, done;
	int ret = 0;

	for (done = 0; done < count && !ret; done += len) {
		len = min_t(size_t, count - done, VFL_BATCH - (pos + done) % VFL_BATCH);
		ret = vfl_bounce(vfl, win, batch, ubuf + done, len, pos + done, write);
		if (!win)
			continue;
		/* Two GiB of a device are minutes. */
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return ret;
}

/* A register at a time is what most ask for. */
ssize_t vfl_user_rw(struct vfl_device *vfl, const struct vfl_window *win,
		    char __user *ubuf, size_t count, u64 pos, bool write)
{
	u8 word[8 + VFL_BOUNCE_SLACK];
	int ret;

	if (win && pos >= win->len)
		return -EINVAL;
	if (!win && (pos >= vfl->cfg->size || count > vfl->cfg->size - pos))
		return -EFAULT;

	if (win)
		count = min_t(u64, count, win->len - pos);
	if (count <= 8)
		ret = vfl_bounce(vfl, win, word, ubuf, count, pos, write);
	else
		ret = vfl_bounce_all(vfl, win, ubuf, count, pos, write);
	return ret ?: count;
}

static ssize_t vfl_rw(struct vfl_device *vfl, char __user *buf, size_t count,
		      u64 offset, bool write)
{
	unsigned int index = vfl_region_index(offset);
	u64 pos = vfl_region_pos(offset);
	struct vfl_window *win;

	if (index == VFIO_PCI_CONFIG_REGION_INDEX)
		return vfl_user_rw(vfl, NULL, buf, count, pos, write);
	if (index == VFIO_PCI_ROM_REGION_INDEX)
		return write ? -EINVAL : vfl_rom_read(vfl, buf, count, pos);

	win = vfl_region_window(vfl, index);
	return win ? vfl_user_rw(vfl, win, buf, count, pos, write) : -EINVAL;
}

/* The device may be suspended, by leave of the user, and is not while we act. */
static ssize_t vfl_rw_awake(struct vfio_device *vdev, char __user *buf,
			    size_t count, loff_t *ppos, bool write)
{
	struct vfl_device *vfl = to_vfl(vdev);
	ssize_t ret;

	if (!count)
		return 0;
	if (READ_ONCE(vfl->gone))
		return -ENODEV;
	if (pm_runtime_resume_and_get(vdev->dev))
		return -EIO;

	ret = vfl_rw(vfl, buf, count, *ppos, write);
	if (ret > 0)
		*ppos += ret;

	pm_runtime_put(vdev->dev);
	return ret;
}

ssize_t vfl_read(struct vfio_device *vdev, char __user *buf, size_t count,
		 loff_t *ppos)
{
	return vfl_rw_awake(vdev, buf, count, ppos, false);
}

ssize_t vfl_write(struct vfio_device *vdev, const char __user *buf,
		  size_t count, loff_t *ppos)
{
	return vfl_rw_awake(vdev, (char __user *)buf, count, ppos, true);
}

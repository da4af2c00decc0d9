// SPDX-License-Identifier: GPL-2.0-only
/*
 * An inode for the mappings of a VFIO device, where the core has none.
 */
#include "vfio_inode.h"

#ifndef HAVE_VFIO_DEVICE_INODE

#include <linux/atomic.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/shmem_fs.h>

static int compat_release(struct inode *inode, struct file *file)
{
	fput(file->private_data);
	return 0;
}

static const struct file_operations compat_fops = {
	.owner = THIS_MODULE,
	.release = compat_release,
};

/*
 * An inode of the kernel's internal tmpfs: a file system of our own would hold
 * the module for as long as a device is bound.  Two processes may need the first
 * one at the same time.
 */
static struct file *compat_get(struct vfio_compat_inode *inode)
{
	struct file *file = READ_ONCE(inode->file), *other;

	if (file)
		return file;

	file = shmem_file_setup("vfio-device", 0, VM_NORESERVE);
	if (IS_ERR(file))
		return file;
	other = cmpxchg(&inode->file, NULL, file);
	if (!other)
		return file;
	fput(file);
	return other;
}

void vfio_compat_inode_exit(struct vfio_compat_inode *inode)
{
	if (inode->file)
		fput(inode->file);
}

int vfio_compat_inode_mmap(struct vfio_compat_inode *inode,
			   struct vm_area_struct *vma)
{
	struct file *holder = compat_get(inode), *file;
	struct inode *ours;

	if (IS_ERR(holder))
		return PTR_ERR(holder);

	ours = file_inode(holder);
	ihold(ours);
	file = alloc_file_pseudo(ours, holder->f_path.mnt, "vfio-device", O_RDWR,
				 &compat_fops);
	if (IS_ERR(file)) {
		iput(ours);
		return PTR_ERR(file);
	}

	/* Put by the last fput(), like the owner of any file. */
	__module_get(compat_fops.owner);
	file->private_data = get_file(vma->vm_file);
	vma_set_file(vma, file);
	fput(file);
	return 0;
}

#endif

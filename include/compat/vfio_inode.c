// SPDX-License-Identifier: GPL-2.0-only
/*
 * An inode for the mappings of a VFIO device, where the core has none.
 */
#include "vfio_inode.h"

#ifndef HAVE_VFIO_DEVICE_INODE

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#define VFIO_LITE_MAGIC	0x56464c49	/* "VFLI" */

static struct vfsmount *compat_mnt;
static int compat_mnt_users;

static int compat_init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, VFIO_LITE_MAGIC) ? 0 : -ENOMEM;
}

static struct file_system_type compat_fs = {
	.name = "vfio_lite",
	.owner = THIS_MODULE,
	.init_fs_context = compat_init_fs_context,
	.kill_sb = kill_anon_super,
};

static int compat_release(struct inode *inode, struct file *file)
{
	fput(file->private_data);
	return 0;
}

static const struct file_operations compat_fops = {
	.owner = THIS_MODULE,
	.release = compat_release,
};

int vfio_compat_inode_init(struct vfio_compat_inode *inode)
{
	int ret;

	ret = simple_pin_fs(&compat_fs, &compat_mnt, &compat_mnt_users);
	if (ret)
		return ret;

	inode->inode = alloc_anon_inode(compat_mnt->mnt_sb);
	if (IS_ERR(inode->inode)) {
		simple_release_fs(&compat_mnt, &compat_mnt_users);
		return PTR_ERR(inode->inode);
	}
	return 0;
}

void vfio_compat_inode_exit(struct vfio_compat_inode *inode)
{
	iput(inode->inode);
	simple_release_fs(&compat_mnt, &compat_mnt_users);
}

int vfio_compat_inode_mmap(struct vfio_compat_inode *inode,
			   struct vm_area_struct *vma)
{
	struct file *file;

	ihold(inode->inode);
	file = alloc_file_pseudo(inode->inode, compat_mnt, "vfio-device",
				 O_RDWR, &compat_fops);
	if (IS_ERR(file)) {
		iput(inode->inode);
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

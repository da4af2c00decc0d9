/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From 6.12 on, all files of a VFIO device share an inode of its own, so that its
 * mappings can be found and taken back.  In 6.1, they share one with every
 * anonymous inode of the system.  There, a mapping is moved to a file with an
 * inode of ours, which holds the device's file as long as it lives.
 */
#ifndef COMPAT_VFIO_INODE_H
#define COMPAT_VFIO_INODE_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/vfio.h>

struct vm_area_struct;

/**
 * struct vfio_compat_inode - the inode of one device's mappings
 * @file: that holds it; NULL until there is a mapping, or where the core has one
 */
struct vfio_compat_inode {
	struct file *file;
};

#ifdef HAVE_VFIO_DEVICE_INODE

static inline void vfio_compat_inode_exit(struct vfio_compat_inode *inode)
{
}

static inline int vfio_compat_inode_mmap(struct vfio_compat_inode *inode,
					 struct vm_area_struct *vma)
{
	return 0;
}

static inline void vfio_compat_zap(struct vfio_device *vdev,
				   struct vfio_compat_inode *inode, u64 len)
{
	unmap_mapping_range(vdev->inode->i_mapping, 0, len, true);
}

#else

/**
 * vfio_compat_inode_exit() - forget it; mappings keep it alive, if any
 * @inode: where it is
 */
void vfio_compat_inode_exit(struct vfio_compat_inode *inode);

/**
 * vfio_compat_inode_mmap() - move a mapping to the inode
 * @inode: of the device
 * @vma: as a mmap file operation is given it
 *
 * Context: as the file operation.
 * Return: 0 or a negative errno.
 */
int vfio_compat_inode_mmap(struct vfio_compat_inode *inode,
			   struct vm_area_struct *vma);

/* What is mapped meanwhile for the first time has no pages yet. */
static inline void vfio_compat_zap(struct vfio_device *vdev,
				   struct vfio_compat_inode *inode, u64 len)
{
	struct file *file = READ_ONCE(inode->file);

	if (file)
		unmap_mapping_range(file->f_mapping, 0, len, true);
}

#endif
#endif

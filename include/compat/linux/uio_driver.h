/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between 6.12 and 7.2, uio_info.mmap, which is given the mapping, gave way to
 * uio_info.mmap_prepare, which describes what it shall be.  The driver is
 * written for the latter; here the former learns to do what was described.
 */
#ifndef COMPAT_LINUX_UIO_DRIVER_H
#define COMPAT_LINUX_UIO_DRIVER_H

#include <linux/mm.h>
#include_next <linux/uio_driver.h>

#ifdef HAVE_UIO_INFO_MMAP_PREPARE

#define DEFINE_UIO_MMAP_PREPARE(fn)	struct fn##_needs_no_adapter
#define UIO_INFO_MMAP_PREPARE(fn)	.mmap_prepare = (fn)

#else

/* Some kernels in between have a struct of this name, with other members. */
#define vm_area_desc		uio_compat_desc
#define vma_desc_test		uio_compat_desc_test

/* As much of 7.2's as a UIO driver needs. */
struct vm_area_desc {
	pgoff_t pgoff;
	unsigned long vm_flags;
	pgprot_t page_prot;
	const struct vm_operations_struct *vm_ops;
	void *private_data;
};

#define VMA_MAYSHARE_BIT	VM_MAYSHARE
#define VMA_IO_BIT		VM_IO
#define VMA_PFNMAP_BIT		VM_PFNMAP
#define VMA_DONTEXPAND_BIT	VM_DONTEXPAND
#define VMA_DONTDUMP_BIT	VM_DONTDUMP

static inline bool vma_desc_test(const struct vm_area_desc *desc,
				 unsigned long flag)
{
	return desc->vm_flags & flag;
}

#define vma_desc_set_flags(desc, a, b, c, d)				\
	((desc)->vm_flags |= (a) | (b) | (c) | (d))

#ifdef HAVE_VM_FLAGS_SET
#define compat_set_vm_flags(vma, flags)	vm_flags_set(vma, flags)
#else
#define compat_set_vm_flags(vma, flags)	((vma)->vm_flags |= (flags))
#endif

static inline int
uio_compat_mmap(struct uio_info *info, struct vm_area_struct *vma,
		int (*prepare)(struct uio_info *, struct vm_area_desc *))
{
	struct vm_area_desc desc = {
		.pgoff = vma->vm_pgoff,
		.vm_flags = vma->vm_flags,
		.page_prot = vma->vm_page_prot,
	};
	int ret = prepare(info, &desc);

	if (ret)
		return ret;

	vma->vm_pgoff = desc.pgoff;
	vma->vm_page_prot = desc.page_prot;
	vma->vm_ops = desc.vm_ops;
	vma->vm_private_data = desc.private_data;
	compat_set_vm_flags(vma, desc.vm_flags);
	return 0;
}

#define DEFINE_UIO_MMAP_PREPARE(fn)					\
static int fn##_compat(struct uio_info *info, struct vm_area_struct *vma) \
{									\
	return uio_compat_mmap(info, vma, fn);				\
}									\
static_assert(1)
#define UIO_INFO_MMAP_PREPARE(fn)	.mmap = fn##_compat

#endif
#endif

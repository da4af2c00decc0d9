/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 7.0 replaced uio_info.mmap, which maps, by uio_info.mmap_prepare, which says
 * what is to be mapped.  The driver is written for the latter; here the former
 * learns to do what was said.
 */
#ifndef COMPAT_LINUX_UIO_DRIVER_H
#define COMPAT_LINUX_UIO_DRIVER_H

#include <linux/mm.h>
#include_next <linux/uio_driver.h>

#ifdef HAVE_UIO_INFO_MMAP_PREPARE

#define DEFINE_UIO_MMAP_PREPARE(fn)	static_assert(1)
#define UIO_INFO_MMAP_PREPARE(fn)	.mmap_prepare = (fn)

#else

/* As much of 7.2's struct vm_area_desc as a UIO driver needs. */
struct vm_area_desc {
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	unsigned long vm_flags;
	pgprot_t page_prot;
	const struct vm_operations_struct *vm_ops;
	unsigned long compat_pfn;
};

#define VMA_SHARED_BIT	VM_SHARED

static inline bool vma_desc_test(const struct vm_area_desc *desc,
				 unsigned long flag)
{
	return desc->vm_flags & flag;
}

static inline void mmap_action_ioremap_full(struct vm_area_desc *desc,
					    unsigned long start_pfn)
{
	desc->compat_pfn = start_pfn;
}

static inline int
uio_compat_mmap(struct uio_info *info, struct vm_area_struct *vma,
		int (*prepare)(struct uio_info *, struct vm_area_desc *))
{
	struct vm_area_desc desc = {
		.start = vma->vm_start,
		.end = vma->vm_end,
		.pgoff = vma->vm_pgoff,
		.vm_flags = vma->vm_flags,
		.page_prot = vma->vm_page_prot,
	};
	int ret = prepare(info, &desc);

	if (ret)
		return ret;

	vma->vm_page_prot = desc.page_prot;
	vma->vm_ops = desc.vm_ops;
	return io_remap_pfn_range(vma, desc.start, desc.compat_pfn,
				  desc.end - desc.start, desc.page_prot);
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

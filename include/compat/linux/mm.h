/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Huge page table entries for what is no memory exist from 6.12 on; there they
 * take a pfn_t, later a plain number.  Before, there is one page at a time.
 */
#ifndef COMPAT_LINUX_MM_H
#define COMPAT_LINUX_MM_H

#include_next <linux/mm.h>

#ifndef HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/* For KVM on arm64, which in 6.1 did not ask. */
#ifndef VM_ALLOW_ANY_UNCACHED
#define VM_ALLOW_ANY_UNCACHED	0
#endif

#ifdef HAVE_HUGE_PFNMAP

#ifdef HAVE_PFN_T
#include <linux/pfn_t.h>
#define compat_pfn(pfn)	__pfn_to_pfn_t(pfn, PFN_DEV)
#else
#define compat_pfn(pfn)	(pfn)
#endif

#define HUGE_PFNMAP_FAULT(fn)	(fn)

static inline vm_fault_t compat_insert_huge(struct vm_fault *vmf,
					    unsigned long pfn, unsigned int order)
{
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP) && order == PMD_ORDER)
		return vmf_insert_pfn_pmd(vmf, compat_pfn(pfn), false);
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP) && order == PUD_ORDER)
		return vmf_insert_pfn_pud(vmf, compat_pfn(pfn), false);
	return VM_FAULT_FALLBACK;
}

#else

#define HUGE_PFNMAP_FAULT(fn)	__builtin_choose_expr(0, fn, NULL)

static inline vm_fault_t compat_insert_huge(struct vm_fault *vmf,
					    unsigned long pfn, unsigned int order)
{
	return VM_FAULT_FALLBACK;
}

#endif

/**
 * vmf_insert_pfn_order() - one page table entry of any size the kernel has
 * @vmf: the fault
 * @addr: user address of the first byte, aligned to the entry's size
 * @pfn: page frame number that it maps, aligned likewise
 * @order: log2 of the number of pages
 *
 * Context: page fault, mmap_lock or the VMA's lock held.
 * Return: as a fault handler does; VM_FAULT_FALLBACK for a size that is not
 * to be had.
 */
static inline vm_fault_t vmf_insert_pfn_order(struct vm_fault *vmf,
					      unsigned long addr,
					      unsigned long pfn,
					      unsigned int order)
{
	if (!order)
		return vmf_insert_pfn(vmf->vma, addr, pfn);
	return compat_insert_huge(vmf, pfn, order);
}

#endif

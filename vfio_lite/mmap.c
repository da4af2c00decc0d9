// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of BARs: made on touch, taken back whenever memory is disabled, the
 * device is reset or sleeps.
 *
 *	mmap() -> vfl_mmap(): checks; no page is mapped yet
 *		If the BAR has an alias, it is made uncached or write-combining by
 *		the first one of either kind, and the other is refused
 *	touch  -> vfl_fault() or vfl_huge_fault(), which finds the place in the
 *		  BAR -> vfl_insert(), under memory_lock: one page table entry, as
 *		  large as alignment allows
 *	vfl_zap(), with memory_lock held for write: no entry is left, and faults
 *	wait until it is decided whether there shall be new ones
 *
 * Lifetime: a mapping holds its file, the file keeps the device open.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/vfio.h>

#include "trace.h"
#include "vfl.h"

/* The offset in the device file names the BAR, and the place in it. */
static u64 vfl_vma_offset(const struct vm_area_struct *vma)
{
	return (u64)vma->vm_pgoff << PAGE_SHIFT;
}

void vfl_zap(struct vfl_device *vfl)
{
	lockdep_assert_held_write(&vfl->memory_lock);

	vfio_compat_zap(&vfl->vdev, &vfl->inode, vfl_region_offset(VFL_NUM_REGIONS));
	trace_vfl_zap(vfl->pdev);
}

static vm_fault_t vfl_insert(struct vfl_device *vfl, struct vm_fault *vmf,
			     unsigned long addr, unsigned long pfn,
			     unsigned int order)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;

	/*
	 * Whoever has it for write may free interrupts, and wait for readers of their files
	 * in /proc; one of these may be here, by a buffer that is a mapping of ours.
	 */
	if (down_read_killable(&vfl->memory_lock))
		return ret;
	if (vfl_memory_enabled(vfl) && !vfl->pm_engaged)
		ret = vmf_insert_pfn_order(vmf, addr, pfn, order);
	up_read(&vfl->memory_lock);
	return ret;
}

static vm_fault_t vfl_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vfl_device *vfl = vma->vm_private_data;
	unsigned long len = PAGE_SIZE << order;
	unsigned long addr = ALIGN_DOWN(vmf->address, len);
	u64 offset = vfl_vma_offset(vma) + (addr - vma->vm_start);
	unsigned int bar = vfl_region_bar(vfl_region_index(offset));
	unsigned long pfn;
	vm_fault_t ret;

	if (addr < vma->vm_start || vma->vm_end - addr < len)
		return VM_FAULT_FALLBACK;

	pfn = PHYS_PFN(pci_resource_start(vfl->pdev, bar) + vfl_region_pos(offset));
	if (!IS_ALIGNED(pfn, 1UL << order))
		return VM_FAULT_FALLBACK;

	ret = vfl_insert(vfl, vmf, addr, pfn, order);
	trace_vfl_fault(vfl->pdev, offset, order, (__force unsigned int)ret);
	return ret;
}

static vm_fault_t vfl_fault(struct vm_fault *vmf)
{
	return vfl_huge_fault(vmf, 0);
}

static const struct vm_operations_struct vfl_vm_ops = {
	.fault = vfl_fault,
	.huge_fault = HUGE_PFNMAP_FAULT(vfl_huge_fault),
};

/* Of a BAR that has an alias; fork() makes more of one, and so does cutting it. */
static atomic_t *vfl_vma_count(const struct vm_area_struct *vma)
{
	struct vfl_device *vfl = vma->vm_private_data;

	return &vfl_region_window(vfl, vfl_region_index(vfl_vma_offset(vma)))->maps;
}

static void vfl_vma_open(struct vm_area_struct *vma)
{
	atomic_inc(vfl_vma_count(vma));
}

static void vfl_vma_close(struct vm_area_struct *vma)
{
	atomic_dec(vfl_vma_count(vma));
}

static const struct vm_operations_struct vfl_counted_vm_ops = {
	.open = vfl_vma_open,
	.close = vfl_vma_close,
	.fault = vfl_fault,
	.huge_fault = HUGE_PFNMAP_FAULT(vfl_huge_fault),
};

/* The first one of a BAR that has an alias decides of what type all are. */
static int vfl_count_first(struct vfl_device *vfl, struct vfl_window *win, bool wc)
{
	int ret;

	if (!win->has_alias)
		return 0;

	if (down_write_killable(&vfl->memory_lock))
		return -EINTR;
	ret = vfl_bar_set_wc(vfl, win, wc);
	if (!ret)
		atomic_inc(&win->maps);
	up_write(&vfl->memory_lock);
	return ret;
}

static int vfl_adopt(struct vfl_device *vfl, struct vfl_window *win,
		     struct vm_area_struct *vma)
{
	bool alias = vfl_region_index(vfl_vma_offset(vma)) >= VFIO_PCI_NUM_REGIONS;
	int ret;

	ret = vfl_count_first(vfl, win, alias);
	if (ret)
		return ret;

	ret = vfio_compat_inode_mmap(&vfl->inode, vma);
	if (ret && win->has_alias)
		atomic_dec(&win->maps);
	return ret;
}

int vfl_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	struct vfl_device *vfl = to_vfl(vdev);
	u64 offset = vfl_vma_offset(vma);
	struct vfl_window *win = vfl_region_window(vfl, vfl_region_index(offset));
	int ret;

	if (READ_ONCE(vfl->gone))
		return -ENODEV;
	if (!win || !win->mappable || !(vma->vm_flags & VM_SHARED) ||
	    !vfl_map_fits(offset, vma->vm_end - vma->vm_start, win->len,
			  PAGE_SIZE))
		return -EINVAL;
	if (IS_ERR(win->io))
		return PTR_ERR(win->io);

	ret = vfl_adopt(vfl, win, vma);
	if (ret)
		return ret;

	vma->vm_private_data = vfl;
	vma->vm_page_prot = pgprot_decrypted(win->wc ?
					     pgprot_writecombine(vma->vm_page_prot) :
					     pgprot_noncached(vma->vm_page_prot));
	vm_flags_set(vma, VM_ALLOW_ANY_UNCACHED | VM_IO | VM_PFNMAP |
			  VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = win->has_alias ? &vfl_counted_vm_ops : &vfl_vm_ops;
	return 0;
}

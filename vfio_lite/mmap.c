// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of BARs: made on touch, taken back whenever memory is disabled, the
 * device is reset or sleeps.
 *
 *	mmap() -> vfl_mmap(): checks, nothing more
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
	u64 end = vfl_region_offset(VFIO_PCI_ROM_REGION_INDEX);

	lockdep_assert_held_write(&vfl->memory_lock);

	unmap_mapping_range(vfio_compat_mapping(&vfl->vdev, &vfl->inode), 0, end,
			    true);
	trace_vfl_zap(vfl->pdev);
}

static vm_fault_t vfl_insert(struct vfl_device *vfl, struct vm_fault *vmf,
			     unsigned long addr, unsigned long pfn,
			     unsigned int order)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&vfl->memory_lock);
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
	unsigned long pfn;
	vm_fault_t ret;

	if (addr < vma->vm_start || vma->vm_end - addr < len)
		return VM_FAULT_FALLBACK;

	pfn = PHYS_PFN(pci_resource_start(vfl->pdev, vfl_region_index(offset)) +
		       vfl_region_pos(offset));
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

int vfl_mmap(struct vfio_device *vdev, struct vm_area_struct *vma)
{
	struct vfl_device *vfl = to_vfl(vdev);
	u64 offset = vfl_vma_offset(vma);
	unsigned int bar = vfl_region_index(offset);
	int ret;

	if (READ_ONCE(vfl->gone))
		return -ENODEV;
	if (bar > VFIO_PCI_BAR5_REGION_INDEX || !vfl->bar[bar].mappable ||
	    !(vma->vm_flags & VM_SHARED) ||
	    !vfl_map_fits(offset, vma->vm_end - vma->vm_start,
			  vfl->bar[bar].len, PAGE_SIZE))
		return -EINVAL;
	if (IS_ERR(vfl->bar[bar].io))
		return PTR_ERR(vfl->bar[bar].io);

	ret = vfio_compat_inode_mmap(&vfl->inode, vma);
	if (ret)
		return ret;

	vma->vm_private_data = vfl;
	vma->vm_page_prot = pgprot_decrypted(vfl->bar[bar].wc ?
					     pgprot_writecombine(vma->vm_page_prot) :
					     pgprot_noncached(vma->vm_page_prot));
	vm_flags_set(vma, VM_ALLOW_ANY_UNCACHED | VM_IO | VM_PFNMAP |
			  VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &vfl_vm_ops;
	return 0;
}

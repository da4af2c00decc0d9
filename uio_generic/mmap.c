// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of BARs: through /dev/uioN here, through sysfs' resourceN by the PCI
 * core.  Both die with the device: after ug_mmap_revoke() a touch is SIGBUS.
 *
 *	mmap() -> uio core, which checks that the map exists -> ug_mmap()
 *	touch  -> ug_fault() or ug_huge_fault() -> ug_insert(): one page table
 *		  entry for what is touched, as large as alignment allows
 *
 * The core's own UIO_MEM_PHYS path fills in the whole BAR at once, cannot take
 * back what it has given, does not know BARs below page size, and accepts
 * private mappings, in which the first write silently goes to a copy in RAM.
 *
 * Lifetime: a mapping holds its file, the file holds the core's uio_device, and
 * that is all that ug_fault() touches; uio_device.info tells whether there still
 * is a device.  ug_mmap_revoke() waits for the faults that have seen it before
 * it takes away what they made.  info_lock would do for that, but mmap() holds it
 * while it write-locks the new mapping, and a fault comes with that lock held.
 */
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uio_driver.h>

#include "trace.h"
#include "ug.h"

/* Read side: from the look at uio_device.info to the page table entry. */
DEFINE_STATIC_SRCU(ug_faults);

/*
 * struct ug_inode - a file that mappings may exist of
 * @node: in ug_device.inodes, guarded by ug_device.lock; once the UIO core calls us no
 *	more, in a list of ug_mmap_revoke()
 * @inode: held, and with it its superblock; several device nodes with one number have
 *	several inodes
 * @openers: open file descriptions of it
 */
struct ug_inode {
	struct list_head node;
	struct inode *inode;
	unsigned int openers;
};

static struct ug_inode *ug_find_inode(struct ug_device *ug, struct inode *inode)
{
	struct ug_inode *entry;

	lockdep_assert_held(&ug->lock);

	list_for_each_entry(entry, &ug->inodes, node)
		if (entry->inode == inode)
			return entry;
	return NULL;
}

int ug_mmap_open(struct ug_device *ug, struct inode *inode)
{
	struct ug_inode *entry = ug_find_inode(ug, inode);

	if (!entry) {
		entry = kzalloc(sizeof(*entry), GFP_KERNEL);
		if (!entry)
			return -ENOMEM;
		/* The file may go before the entry does, and with it what is mounted. */
		atomic_inc(&inode->i_sb->s_active);
		ihold(inode);
		entry->inode = inode;
		list_add(&entry->node, &ug->inodes);
	}
	entry->openers++;
	return 0;
}

static void ug_drop_inode(struct ug_inode *entry)
{
	struct super_block *sb = entry->inode->i_sb;

	list_del(&entry->node);
	iput(entry->inode);
	deactivate_super(sb);
	kfree(entry);
}

void ug_mmap_release(struct ug_device *ug, struct inode *inode)
{
	struct ug_inode *entry = ug_find_inode(ug, inode);

	if (!--entry->openers)
		ug_drop_inode(entry);
}

/* vm_pgoff is a page frame number, see ug_mmap(). */
static vm_fault_t ug_insert(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long len = PAGE_SIZE << order;
	unsigned long addr = ALIGN_DOWN(vmf->address, len);
	unsigned long pfn;

	if (addr < vma->vm_start || vma->vm_end - addr < len)
		return VM_FAULT_FALLBACK;

	pfn = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	if (!IS_ALIGNED(pfn, 1UL << order))
		return VM_FAULT_FALLBACK;

	return vmf_insert_pfn_order(vmf, addr, pfn, order);
}

static vm_fault_t ug_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct uio_device *idev = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	int idx;

	idx = srcu_read_lock(&ug_faults);
	if (READ_ONCE(idev->info))
		ret = ug_insert(vmf, order);
	srcu_read_unlock(&ug_faults, idx);

	return ret;
}

static vm_fault_t ug_fault(struct vm_fault *vmf)
{
	return ug_huge_fault(vmf, 0);
}

static const struct vm_operations_struct ug_vm_ops = {
	.fault = ug_fault,
	.huge_fault = HUGE_PFNMAP_FAULT(ug_huge_fault),
	.access = generic_access_phys,	/* gdb and /proc/PID/mem */
};

static int ug_describe(struct uio_info *info, struct vm_area_desc *desc)
{
	const struct uio_mem *mem = &info->mem[desc->pgoff];
	bool wc = ug_is_wc(to_ug(info), to_ug(info)->map_bar[desc->pgoff]);

	/* Not VMA_SHARED_BIT, which a file opened read-only does not get. */
	if (!vma_desc_test(desc, VMA_MAYSHARE_BIT))
		return -EINVAL;

	/*
	 * From here on the offset is where the BAR is, so that it stays right
	 * for each part when user space unmaps or moves some of it.
	 */
	desc->pgoff = PHYS_PFN(mem->addr);
	desc->page_prot = pgprot_decrypted(wc ? pgprot_writecombine(desc->page_prot) :
						pgprot_noncached(desc->page_prot));
	desc->vm_ops = &ug_vm_ops;
	desc->private_data = info->uio_dev;
	vma_desc_set_flags(desc, VMA_IO_BIT, VMA_PFNMAP_BIT,
			   VMA_DONTEXPAND_BIT, VMA_DONTDUMP_BIT);
	return 0;
}

int ug_mmap(struct uio_info *info, struct vm_area_desc *desc)
{
	unsigned int map = desc->pgoff;
	int ret = ug_describe(info, desc);

	trace_ug_mmap(to_ug(info)->pdev, map, ret);
	return ret;
}

/*
 * Who requests a memory region gets it free of user mappings through sysfs:
 * __request_region() in kernel/resource.c revokes them (since 5.12, where
 * CONFIG_IO_STRICT_DEVMEM is set).  If somebody else owns the region, it is not
 * ours to revoke.  The region of a BAR below page size may share its page.
 */
static void ug_revoke_resource(struct ug_device *ug, int bar)
{
	resource_size_t start = pci_resource_start(ug->pdev, bar);
	resource_size_t len = pci_resource_len(ug->pdev, bar);

	if (!(pci_resource_flags(ug->pdev, bar) & IORESOURCE_MEM) ||
	    !ug_bar_is_assigned(ug->pdev, bar) || !len || !PAGE_ALIGNED(start | len))
		return;

	if (request_mem_region(start, len, ug->info.name))
		release_mem_region(start, len);
}

void ug_mmap_revoke(struct ug_device *ug)
{
	struct ug_inode *entry, *next;
	LIST_HEAD(inodes);
	int bar, nr = 0;

	/* Who has it open may have it mapped, and be in a fault. */
	if (!list_empty(&ug->inodes))
		synchronize_srcu_expedited(&ug_faults);

	mutex_lock(&ug->lock);
	list_splice_init(&ug->inodes, &inodes);
	mutex_unlock(&ug->lock);

	list_for_each_entry_safe(entry, next, &inodes, node) {
		unmap_mapping_range(entry->inode->i_mapping, 0, 0, 1);
		ug_drop_inode(entry);
		nr++;
	}

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		ug_revoke_resource(ug, bar);

	trace_ug_revoke(ug->pdev, nr);
}

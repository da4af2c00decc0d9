// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of /dev/uioN.
 *
 * The core's own UIO_MEM_PHYS path cannot map a BAR below page size unless its
 * size is rounded up in sysfs, and it accepts private mappings, in which the
 * first write silently goes to a copy in RAM.  Hence our own.
 */
#include <linux/mm.h>
#include <linux/uio_driver.h>

#include "ug.h"

static const struct vm_operations_struct ug_vm_ops = {
	.access = generic_access_phys,	/* gdb and /proc/PID/mem */
};

int ug_mmap(struct uio_info *info, struct vm_area_desc *desc)
{
	const struct uio_mem *mem = &info->mem[desc->pgoff];

	if (!vma_desc_test(desc, VMA_SHARED_BIT))
		return -EINVAL;

	desc->page_prot = pgprot_noncached(desc->page_prot);
	desc->vm_ops = &ug_vm_ops;
	mmap_action_ioremap_full(desc, PHYS_PFN(mem->addr));
	return 0;
}

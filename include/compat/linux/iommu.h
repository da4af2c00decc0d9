/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMPAT_LINUX_IOMMU_H
#define COMPAT_LINUX_IOMMU_H

#include_next <linux/iommu.h>

/* 5.10 does not know who has a group's DMA. */
#ifndef HAVE_IOMMU_DMA_OWNER
static inline bool iommu_group_dma_owner_claimed(struct iommu_group *group)
{
	return false;
}
#endif

#endif

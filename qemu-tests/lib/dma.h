/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a device may reach by DMA: locked pages with their physical
 * addresses. This is for machines without a translating IOMMU.
 */
#ifndef LIB_DMA_H
#define LIB_DMA_H

#include "sys.h"

struct dma_page {
	void *mem;		/* one page, zeroed */
	u64 phys;
};

/* A page whose physical address lies below @limit; 0: anywhere. */
struct dma_page dma_page(u64 limit);

#endif /* LIB_DMA_H */

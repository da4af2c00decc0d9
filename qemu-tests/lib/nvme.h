/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of an NVMe controller (NVM Express base specification 1.4) as it
 * takes to make it do DMA and interrupt: its admin queue and Identify.
 */
#ifndef LIB_NVME_H
#define LIB_NVME_H

#include "dma.h"
#include "mmio.h"

struct nvme {
	void *regs;
	u32 stride;		/* bytes between two doorbells */
	struct dma_page sq;
	struct dma_page cq;
	struct dma_page data;
	u16 tail;
	u16 head;
	u16 phase;		/* of the completions of this round */
	u16 id;			/* of the last command */
};

/* Reset the controller and give it an admin queue; bus mastering must be on. */
void nvme_start(struct nvme *nvme, void *regs);
void nvme_stop(struct nvme *nvme);

/* Ask for a description of the controller, which comes into nvme->data. */
void nvme_submit_identify(struct nvme *nvme);

/* Wait for the completion in memory; then take it, which ends an INTx. */
bool nvme_completed(const struct nvme *nvme);
void nvme_complete(struct nvme *nvme);
void nvme_check_identity(const struct nvme *nvme);

#endif /* LIB_NVME_H */

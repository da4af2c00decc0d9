// SPDX-License-Identifier: GPL-2.0-only
/*
 * The admin queue of an NVMe controller. See nvme.h.
 */
#include <string.h>

#include "ktap.h"
#include "nvme.h"

#define NVME_CAP		0x00
#define NVME_CC			0x14
#define   NVME_CC_ENABLE	BIT(0)
#define   NVME_CC_ENTRY_SIZES	(6 << 16 | 4 << 20)	/* 64 and 16 bytes */
#define NVME_CSTS		0x1c
#define   NVME_CSTS_READY	BIT(0)
#define NVME_AQA		0x24
#define NVME_ASQ		0x28
#define NVME_ACQ		0x30
#define NVME_DOORBELLS		0x1000

#define DEPTH			16
#define OP_IDENTIFY		0x06
#define IDENTIFY_CONTROLLER	1

struct nvme_command {
	u8 opcode;
	u8 flags;
	u16 id;
	u32 nsid;
	u64 reserved;
	u64 metadata;
	u64 data[2];
	u32 dw10;
	u32 dw11_15[5];
};

struct nvme_completion {
	u32 result;
	u32 reserved;
	u16 sq_head;
	u16 sq_id;
	u16 id;
	u16 status;		/* bit 0: phase */
};

static void enable(struct nvme *nvme, bool on)
{
	u32 ready = on ? NVME_CSTS_READY : 0;

	mmio_write32(nvme->regs, NVME_CC, on ? NVME_CC_ENABLE | NVME_CC_ENTRY_SIZES : 0);
	CHECK(wait_for((mmio_read32(nvme->regs, NVME_CSTS) & NVME_CSTS_READY) == ready,
		       SOON_MS));
}

void nvme_start(struct nvme *nvme, void *regs)
{
	u64 cap = mmio_read64(regs, NVME_CAP);

	*nvme = (struct nvme){
		.regs = regs,
		.stride = 4 << (cap >> 32 & 0xf),
		.sq = dma_page(0),
		.cq = dma_page(0),
		.data = dma_page(0),
		.phase = 1,
	};
	enable(nvme, false);
	mmio_write32(regs, NVME_AQA, (DEPTH - 1) << 16 | (DEPTH - 1));
	mmio_write64(regs, NVME_ASQ, nvme->sq.phys);
	mmio_write64(regs, NVME_ACQ, nvme->cq.phys);
	enable(nvme, true);
}

void nvme_stop(struct nvme *nvme)
{
	enable(nvme, false);
}

void nvme_submit_identify(struct nvme *nvme)
{
	struct nvme_command *queue = nvme->sq.mem;

	memset(nvme->data.mem, 0, 4096);
	queue[nvme->tail] = (struct nvme_command){
		.opcode = OP_IDENTIFY,
		.id = ++nvme->id,
		.data = { nvme->data.phys },
		.dw10 = IDENTIFY_CONTROLLER,
	};
	nvme->tail = (nvme->tail + 1) % DEPTH;
	mmio_write32(nvme->regs, NVME_DOORBELLS, nvme->tail);
}

bool nvme_completed(const struct nvme *nvme)
{
	struct nvme_completion *queue = nvme->cq.mem;
	u16 status = __atomic_load_n(&queue[nvme->head].status, __ATOMIC_ACQUIRE);

	return (status & 1) == nvme->phase;
}

void nvme_complete(struct nvme *nvme)
{
	struct nvme_completion *queue = nvme->cq.mem;

	CHECK(wait_for(nvme_completed(nvme), SOON_MS));
	CHECK_EQ(queue[nvme->head].id, nvme->id);
	CHECK_EQ(queue[nvme->head].status >> 1, 0);
	nvme->head = (nvme->head + 1) % DEPTH;
	nvme->phase ^= !nvme->head;
	mmio_write32(nvme->regs, NVME_DOORBELLS + nvme->stride, nvme->head);
}

/* Byte 4 on: serial number, padded with blanks; the machine list says "1". */
void nvme_check_identity(const struct nvme *nvme)
{
	const char *serial = (const char *)nvme->data.mem + 4;

	CHECK_EQ(serial[0], '1');
	CHECK_EQ(serial[1], ' ');
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's teaching device. See edu.h.
 */
#include "edu.h"
#include "ktap.h"

/* The device under test, in those tests that can only be done on an edu. */
struct pci_dev edu_dut(void)
{
	u16 vendor, device;

	if (plan_dut(&vendor, &device) || vendor != EDU_VENDOR || device != EDU_DEVICE)
		skip("needs an edu device");
	return pci_find(vendor, device, 0);
}

/* The registers answer: the right device, decoded, reads and writes. */
void edu_check_alive(void *regs)
{
	static u32 token = 0x12345678;

	token = token * 1664525 + 1013904223;
	CHECK_EQ(mmio_read32(regs, EDU_ID), EDU_ID_VALUE);
	mmio_write32(regs, EDU_LIVENESS, token);
	CHECK_EQ(mmio_read32(regs, EDU_LIVENESS), (u32)~token);
}

u32 edu_factorial(void *regs, u32 n)
{
	mmio_write32(regs, EDU_FACTORIAL, n);
	CHECK(wait_for(!(mmio_read32(regs, EDU_STATUS) & EDU_STATUS_COMPUTING), SOON_MS));
	return mmio_read32(regs, EDU_FACTORIAL);
}

void edu_raise(void *regs, u32 bits)
{
	mmio_write32(regs, EDU_IRQ_RAISE, bits);
}

void edu_ack(void *regs)
{
	mmio_write32(regs, EDU_IRQ_ACK, mmio_read32(regs, EDU_IRQ_STATUS));
}

/* Returns whether the device said in time that it is done. */
bool __edu_dma(void *regs, u64 src, u64 dst, size_t len, u32 flags)
{
	mmio_write64(regs, EDU_DMA_SRC, src);
	mmio_write64(regs, EDU_DMA_DST, dst);
	mmio_write64(regs, EDU_DMA_COUNT, len);
	mmio_write64(regs, EDU_DMA_CMD, EDU_DMA_RUN | flags);
	return wait_for(!(mmio_read64(regs, EDU_DMA_CMD) & EDU_DMA_RUN), SOON_MS);
}

static void check_ram(u64 ram, size_t len)
{
	CHECK(len && len <= EDU_BUFFER_LEN);
	CHECK(ram + len <= EDU_DMA_LIMIT);
}

void edu_dma_to_device(void *regs, u64 ram, size_t len)
{
	check_ram(ram, len);
	CHECK(__edu_dma(regs, ram, EDU_BUFFER, len, 0));
}

void edu_dma_to_ram(void *regs, u64 ram, size_t len)
{
	check_ram(ram, len);
	CHECK(__edu_dma(regs, EDU_BUFFER, ram, len, EDU_DMA_TO_RAM));
}

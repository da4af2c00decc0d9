/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's teaching device "edu" (docs/specs/edu.rst of QEMU).
 */
#ifndef LIB_EDU_H
#define LIB_EDU_H

#include "arch.h"
#include "mmio.h"
#include "pci.h"

#define EDU_VENDOR	0x1234
#define EDU_DEVICE	0x11e8

/* Registers in BAR0; those below 0x80 are four bytes wide, the others eight. */
#define EDU_ID			0x00
#define   EDU_ID_VALUE		0x010000edu
#define EDU_LIVENESS		0x04	/* reads as the inverse of what was written */
#define EDU_FACTORIAL		0x08
#define EDU_STATUS		0x20
#define   EDU_STATUS_COMPUTING	0x01
#define   EDU_STATUS_IRQ	0x80	/* interrupt when the factorial is done */
#define EDU_IRQ_STATUS		0x24
#define   EDU_IRQ_FACTORIAL	0x001
#define   EDU_IRQ_DMA		0x100
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64
#define EDU_DMA_SRC		0x80
#define EDU_DMA_DST		0x88
#define EDU_DMA_COUNT		0x90
#define EDU_DMA_CMD		0x98
#define   EDU_DMA_RUN		0x1
#define   EDU_DMA_TO_RAM	0x2
#define   EDU_DMA_RAISE		0x4	/* interrupt when the copy is done */
#define EDU_BAR_LEN		0x100000
#define EDU_BUFFER		0x40000	/* only DMA reaches it */
#define EDU_BUFFER_LEN		4095	/* the most that every QEMU can copy */
#define EDU_DMA_LIMIT		BIT_ULL(ARCH_EDU_BITS)

struct pci_dev edu_dut(void);
void edu_check_alive(void *regs);
u32 edu_factorial(void *regs, u32 n);

/* Interrupts: raise with any bits, acknowledge the same bits. */
void edu_raise(void *regs, u32 bits);
void edu_ack(void *regs);

/* Copies between RAM below EDU_DMA_LIMIT and the device's buffer. */
bool __edu_dma(void *regs, u64 src, u64 dst, size_t len, u32 flags);
void edu_dma_to_device(void *regs, u64 ram, size_t len);
void edu_dma_to_ram(void *regs, u64 ram, size_t len);

#endif /* LIB_EDU_H */

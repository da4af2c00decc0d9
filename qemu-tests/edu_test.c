// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user-space driver can do everything that an edu offers: registers, DMA in
 * both directions, and the interrupt at the end of a DMA.
 *
 * Machine: edu edu-port
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/dma.h"
#include "lib/ktap.h"
#include "lib/ug.h"

static void registers_answer(void)
{
	struct ug ug = ug_open_edu("none");
	int i;

	for (i = 0; i < 100; i++)
		edu_check_alive(ug.regs);
}

static void computes_factorials(void)
{
	struct ug ug = ug_open_edu("none");

	CHECK_EQ(edu_factorial(ug.regs, 0), 1);
	CHECK_EQ(edu_factorial(ug.regs, 1), 1);
	CHECK_EQ(edu_factorial(ug.regs, 5), 120);
	CHECK_EQ(edu_factorial(ug.regs, 12), 479001600);
}

static void copies_there_and_back(void)
{
	struct ug ug = ug_open_edu("none");
	struct dma_page out = dma_page(EDU_DMA_LIMIT);
	struct dma_page in = dma_page(EDU_DMA_LIMIT);
	char *from = out.mem;
	int i;

	for (i = 0; i < EDU_BUFFER_LEN; i++)
		from[i] = i * 7;
	edu_dma_to_device(ug.regs, out.phys, EDU_BUFFER_LEN);
	edu_dma_to_ram(ug.regs, in.phys, EDU_BUFFER_LEN);
	CHECK(!memcmp(in.mem, out.mem, EDU_BUFFER_LEN));
	CHECK_EQ(((char *)in.mem)[EDU_BUFFER_LEN], 0);
}

static void interrupts_after_a_copy(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	struct dma_page page = dma_page(EDU_DMA_LIMIT);

	CHECK(__edu_dma(ug.regs, page.phys, EDU_BUFFER, 64, EDU_DMA_RAISE));
	uio_read(ug.fd);
	CHECK_EQ(mmio_read32(ug.regs, EDU_IRQ_STATUS), EDU_IRQ_DMA);
	edu_ack(ug.regs);
}

/* Without anybody who has it open, the device reaches no memory. */
static void closed_device_copies_nothing(void)
{
	struct ug ug = ug_open_edu("none");
	struct dma_page page = dma_page(EDU_DMA_LIMIT);
	void *regs = pci_map_bar(&ug.dev, 0);

	snprintf(page.mem, 64, "before");
	edu_dma_to_device(regs, page.phys, 64);
	snprintf(page.mem, 64, "after");
	ug_close(&ug);
	CHECK(__edu_dma(regs, EDU_BUFFER, page.phys, 64, EDU_DMA_TO_RAM));
	CHECK_STR(page.mem, "after");
	ug_open(&ug, &ug.dev);
	edu_dma_to_ram(ug.regs, page.phys, 64);
	CHECK_STR(page.mem, "before");
}

static const struct ktap_case cases[] = {
	CASE(registers_answer),
	CASE(computes_factorials),
	CASE(copies_there_and_back),
	CASES(interrupts_after_a_copy, "msi intx"),
	CASE(closed_device_copies_nothing),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

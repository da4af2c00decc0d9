// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes of the regions, at every boundary there is, with decoding on
 * and off. See ask.h.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "answers.h"
#include "ask.h"
#include "edu.h"
#include "ktap.h"

#define MAX_OFFSETS	64

/* Where no length that is asked for reaches the end of user space. */
#define FAR_FROM_THE_END	((void *)BIT_ULL(36))

struct offsets {
	u64 at[MAX_OFFSETS];
	int count;
};

static void add(struct offsets *offsets, u64 at)
{
	CHECK(offsets->count < MAX_OFFSETS);
	offsets->at[offsets->count++] = at;
}

static void add_around(struct offsets *offsets, u64 edge)
{
	static const int steps[] = { -8, -4, -3, -2, -1, 0, 1, 2, 4 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		if (edge || steps[i] >= 0)
			add(offsets, edge + steps[i]);
}

/* Where the MSI-X table begins and ends, if it is in this BAR. */
static void add_table(struct offsets *offsets, const struct vfio *vfio, u32 bar)
{
	int cap = vfio_find_cap(vfio, PCI_CAP_ID_MSIX);
	u32 table, vectors;

	if (!cap)
		return;
	table = vfio_read(vfio, VFIO_CONFIG, cap + PCI_MSIX_TABLE, 4);
	vectors = (vfio_read(vfio, VFIO_CONFIG, cap + PCI_MSIX_FLAGS, 2) &
		   PCI_MSIX_FLAGS_QSIZE) + 1;
	if ((table & PCI_MSIX_TABLE_BIR) != bar)
		return;
	add_around(offsets, table & PCI_MSIX_TABLE_OFFSET);
	add_around(offsets, (table & PCI_MSIX_TABLE_OFFSET) + vectors * PCI_MSIX_ENTRY_SIZE);
}

static struct offsets boundaries(const struct vfio *vfio, u32 index, u64 size)
{
	struct offsets offsets = { .count = 0 };

	add_around(&offsets, 0);
	if (size)
		add_around(&offsets, size);
	add(&offsets, size * 2);
	add(&offsets, BIT_ULL(32));
	add(&offsets, BIT_ULL(39));
	if (index < VFIO_BARS)
		add_table(&offsets, vfio, index);
	return offsets;
}

static bool is_device(const struct vfio *vfio, u16 vendor, u16 device)
{
	return pci_attr_number(&vfio->dev, "vendor") == vendor &&
	       pci_attr_number(&vfio->dev, "device") == device;
}

/*
 * Registers that count by themselves: their value says nothing of the driver.
 * 1000h of QEMU's xHCI is MFINDEX, the number of the microframe.
 */
bool ask_is_counter(const struct vfio *vfio, u32 index, u64 offset)
{
	return is_device(vfio, 0x1b36, 0x000d) && index == 0 && offset == 0x1000;
}

/* Devices that do not mind what is written where; what is read afterwards is. */
static bool is_edu(const struct vfio *vfio)
{
	return is_device(vfio, EDU_VENDOR, EDU_DEVICE);
}

static bool is_patient(const struct vfio *vfio)
{
	return is_edu(vfio) || is_device(vfio, 0x1b36, 0x0005);
}

static bool is_decoded(const struct vfio *vfio)
{
	return vfio_read(vfio, VFIO_CONFIG, PCI_COMMAND, 1) & PCI_COMMAND_MEMORY;
}

/* An edu computes beside the CPU, and shows the old value until it is done. */
static void settle(const struct vfio *vfio)
{
	if (is_edu(vfio) && is_decoded(vfio))
		CHECK(wait_for(!(vfio_read(vfio, 0, EDU_STATUS, 4) & EDU_STATUS_COMPUTING),
			       SOON_MS));
}

/* What a program before us has left in registers that keep what is written. */
static void forget_the_past(const struct vfio *vfio)
{
	if (!is_edu(vfio))
		return;
	vfio_write(vfio, 0, EDU_LIVENESS, 4, 0);
	vfio_write(vfio, 0, EDU_FACTORIAL, 4, 0);
	settle(vfio);
}

static void ask_access(const struct vfio *vfio, u32 index, u64 at, size_t len)
{
	u8 bytes[16], back[16];
	ssize_t ret;

	memset(bytes, 0x5a, sizeof(bytes));
	ret = __vfio_read(vfio, index, at, bytes, len);
	answer("region %u read %#llx/%zu: %s %s", index, at, len, answer_result(ret),
	       answer_hex(bytes, len));
	/* The last register of others may be one that acts. */
	if (ret > 0 && !is_patient(vfio))
		return;
	ret = __vfio_write(vfio, index, at, bytes, len);
	settle(vfio);
	memset(back, 0x5a, sizeof(back));
	__vfio_read(vfio, index, at, back, len);
	answer("region %u write %#llx/%zu: %s %s", index, at, len, answer_result(ret),
	       answer_hex(back, len));
}

static void ask_accesses(const struct vfio *vfio, u32 index, u64 size)
{
	static const size_t lens[] = { 0, 1, 2, 3, 4, 5, 7, 8, 16 };
	struct offsets offsets = boundaries(vfio, index, size);
	size_t j;
	int i;

	for (i = 0; i < offsets.count; i++)
		for (j = 0; j < ARRAY_SIZE(lens); j++)
			ask_access(vfio, index, offsets.at[i], lens[j]);
}

/* More than there is, and more than there is memory for. */
static void ask_long_reads(const struct vfio *vfio, u32 index, u64 size)
{
	static const size_t lens[] = { 0x7fffffff, 0x80000000, 0xffffffff, BIT_ULL(40) };
	u8 *page = mmap(FAR_FROM_THE_END, 2 * 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	size_t i;

	CHECK(page != MAP_FAILED);
	MUST(munmap(page + 4096, 4096));
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		answer("region %u read of %#zx at the end: %s", index, lens[i],
		       answer_result(__vfio_read(vfio, index, size - 16, page, lens[i])));
		answer("region %u read of %#zx without memory: %s", index, lens[i],
		       answer_result(__vfio_read(vfio, index, 0, page, lens[i])));
		answer("region %u read to nowhere: %s", index,
		       answer_result(__vfio_read(vfio, index, 0, page + 4096, 4)));
		answer("region %u write from nowhere: %s", index,
		       answer_result(__vfio_write(vfio, index, size - 16, page + 4096, 4)));
	}
	MUST(munmap(page, 4096));
}

/* The ROM as a whole: its bytes never change. */
static void ask_rom(const struct vfio *vfio, u64 size)
{
	u8 bytes[4096];
	u32 sum = 0;
	ssize_t ret;
	u64 at;
	int i;

	for (at = 0; at < size; at += sizeof(bytes)) {
		ret = __vfio_read(vfio, VFIO_PCI_ROM_REGION_INDEX, at, bytes, sizeof(bytes));
		for (i = 0; i < ret; i++)
			sum = sum * 31 + bytes[i];
	}
	answer("ROM of %#llx bytes: sum %#x", size, sum);
}

static void ask_all(const struct vfio *vfio, const char *when)
{
	struct vfio_region_info *info;
	u32 index;
	u64 size;

	answer("regions %s", when);
	for (index = 0; index <= VFIO_PCI_NUM_REGIONS; index++) {
		size = __vfio_region_info(vfio, index, &info) ? 0 : info->size;
		if (index == VFIO_CONFIG)
			continue;
		ask_accesses(vfio, index, size);
		if (size)
			ask_long_reads(vfio, index, size);
		if (size && index == VFIO_PCI_ROM_REGION_INDEX)
			ask_rom(vfio, size);
	}
}

void ask_regions(const struct vfio *vfio)
{
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	forget_the_past(vfio);
	ask_all(vfio, "with decoding on");
	vfio_command(vfio, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 0);
	ask_all(vfio, "with decoding off");
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
}

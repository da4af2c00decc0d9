// SPDX-License-Identifier: GPL-2.0-only
/*
 * Isolation: a device reaches the memory that was mapped for it, at the addresses
 * that it was mapped at, for as long as it is mapped; and nothing else.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arch.h"
#include "lib/dma.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define PAGE	4096
#define IOVA	0x1000000ULL	/* an edu reaches no further than EDU_DMA_LIMIT */
#define LEN	512
#define WAYS	"group:vfio-pci node:vfio-pci group:vfio-lite node:vfio-lite"

struct rig {
	struct vfio vfio;
	u8 *regs;
	u8 *mem;		/* two pages; the first is mapped at IOVA */
};

static void open_either_way(struct rig *rig, const char *name)
{
	struct pci_dev dev = vfio_dut(name);

	vfio_bind(&dev, vfio_driver());
	if (strncmp(ktap_variant(), "node", 4))
		vfio_open(&rig->vfio, &dev);
	else
		vfio_open_cdev(&rig->vfio, &dev);
}

static struct rig open_rig(const char *name)
{
	struct rig rig;

	open_either_way(&rig, name);
	vfio_command(&rig.vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	rig.regs = vfio_map_bar(&rig.vfio, 0);
	rig.mem = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	CHECK(rig.mem != MAP_FAILED);
	vfio_dma_map(&rig.vfio, rig.mem, PAGE, IOVA);
	return rig;
}

/* Fill the device's buffer with a pattern, by way of mapped memory. */
static void load(struct rig *rig, u8 seed)
{
	int i;

	for (i = 0; i < LEN; i++)
		rig->mem[i] = seed + i;
	edu_dma_to_device(rig->regs, IOVA, LEN);
	memset(rig->mem, 0xcc, 2 * PAGE);
}

static bool arrived(const u8 *mem, u8 seed)
{
	int i;

	for (i = 0; i < LEN; i++)
		if (mem[i] != (u8)(seed + i))
			return false;
	return true;
}

static bool untouched(const u8 *mem, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (mem[i] != 0xcc)
			return false;
	return true;
}

static void mapped_memory_is_reached(void)
{
	struct rig rig = open_rig("edu");

	load(&rig, 1);
	edu_dma_to_ram(rig.regs, IOVA + 64, LEN);
	CHECK(untouched(rig.mem, 64));
	CHECK(arrived(rig.mem + 64, 1));
	CHECK(untouched(rig.mem + 64 + LEN, 2 * PAGE - 64 - LEN));
}

/* The same address as the CPU knows it, one page on, and zero. */
static void other_memory_is_not(void)
{
	static const u64 elsewhere[] = { IOVA + PAGE, IOVA - PAGE, 0, EDU_DMA_LIMIT / 2 };
	struct dma_page victim = dma_page(EDU_DMA_LIMIT);
	struct rig rig = open_rig("edu");
	size_t i;

	load(&rig, 2);
	memset(victim.mem, 0xcc, PAGE);
	edu_dma_to_ram(rig.regs, victim.phys, LEN);
	CHECK(untouched(victim.mem, PAGE));
	for (i = 0; i < ARRAY_SIZE(elsewhere); i++)
		edu_dma_to_ram(rig.regs, elsewhere[i], LEN);
	CHECK(untouched(rig.mem, 2 * PAGE));
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(arrived(rig.mem, 2));
}

static void other_memory_cannot_be_read(void)
{
	struct dma_page secret = dma_page(EDU_DMA_LIMIT);
	struct rig rig = open_rig("edu");

	load(&rig, 3);
	memset(secret.mem, 0x77, PAGE);
	edu_dma_to_device(rig.regs, secret.phys, LEN);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(!memchr(rig.mem, 0x77, LEN) || arrived(rig.mem, 3));
}

/* The log leaves some out if there are many at a time, so try until one is there. */
static bool fault_is_logged(struct rig *rig, int log)
{
	edu_dma_to_ram(rig->regs, IOVA, LEN);
	return kmsg_has(log, ARCH_IOMMU);
}

static void unmapped_memory_is_out_of_reach(void)
{
	struct rig rig = open_rig("edu");
	int log;

	load(&rig, 4);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(arrived(rig.mem, 4));
	memset(rig.mem, 0xcc, 2 * PAGE);
	vfio_dma_unmap(&rig.vfio, PAGE, IOVA);
	log = kmsg_open();
	CHECK(wait_for(fault_is_logged(&rig, log), SOON_MS));
	CHECK(untouched(rig.mem, 2 * PAGE));
	vfio_dma_map(&rig.vfio, rig.mem + PAGE, PAGE, IOVA);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(untouched(rig.mem, PAGE));
	CHECK(arrived(rig.mem + PAGE, 4));
}

static void bus_mastering_is_needed(void)
{
	struct rig rig = open_rig("edu");

	load(&rig, 5);
	vfio_command(&rig.vfio, PCI_COMMAND_MASTER, 0);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(untouched(rig.mem, 2 * PAGE));
	vfio_command(&rig.vfio, 0, PCI_COMMAND_MASTER);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	CHECK(arrived(rig.mem, 5));
}

/* A second device in the same container, and one that is not. */
static void devices_share_only_what_their_group_has(void)
{
	struct vfio other;
	struct rig rig = open_rig("pair0");
	struct pci_dev dev = vfio_dut("pair1"), alien = vfio_dut("edu1");
	void *regs;

	if (rig.vfio.iommufd >= 0)
		skip("a node has no group to share");
	load(&rig, 6);
	vfio_bind(&dev, vfio_driver());
	vfio_open_also(&other, &dev, &rig.vfio);
	vfio_command(&other, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	regs = vfio_map_bar(&other, 0);
	edu_dma_to_ram(rig.regs, IOVA, LEN);
	edu_dma_to_device(regs, IOVA, LEN);
	memset(rig.mem, 0xcc, 2 * PAGE);
	edu_dma_to_ram(regs, IOVA, LEN);
	CHECK(arrived(rig.mem, 6));

	vfio_bind(&alien, vfio_driver());
	vfio_open(&other, &alien);
	vfio_command(&other, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	regs = vfio_map_bar(&other, 0);
	memset(rig.mem, 0xcc, 2 * PAGE);
	edu_dma_to_ram(regs, IOVA, LEN);
	CHECK(untouched(rig.mem, 2 * PAGE));
}

/* The registers of another device are memory, too: DMA between devices. */
static void registers_can_be_mapped_for_dma(void)
{
	struct rig rig = open_rig("edu");
	void *ram;

	if (rig.vfio.iommufd >= 0)
		skip("iommufd pins memory only");
	ram = vfio_map_bar(&rig.vfio, 0);
	CHECK_EQ(__vfio_dma_map(&rig.vfio, ram, EDU_BAR_LEN, IOVA + 0x100000), 0);
	vfio_dma_unmap(&rig.vfio, EDU_BAR_LEN, IOVA + 0x100000);
	edu_check_alive(rig.regs);
}

static const struct ktap_case cases[] = {
	CASES(mapped_memory_is_reached, WAYS),
	CASES(other_memory_is_not, WAYS),
	CASES(other_memory_cannot_be_read, WAYS),
	CASES(unmapped_memory_is_out_of_reach, WAYS),
	CASES(bus_mastering_is_needed, WAYS),
	CASES(devices_share_only_what_their_group_has, WAYS),
	CASES(registers_can_be_mapped_for_dma, WAYS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A complete user-space driver, in one file and with nothing but libc, for
 * QEMU's edu device (docs/specs/edu.rst in QEMU) behind uio_generic.
 *
 *	edu_uio 0000:00:05.0
 *
 * Read main() first; each step is a function above it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum edu_reg {
	EDU_ID		= 0x00,	/* 0xRRrr00ed: major and minor version */
	EDU_LIVENESS	= 0x04,	/* reads as the complement of what was written */
	EDU_FACTORIAL	= 0x08,
	EDU_STATUS	= 0x20,	/* bit 0: computing */
	EDU_RAISE	= 0x60,	/* a write raises an interrupt */
	EDU_ACK		= 0x64,	/* and this one takes it back */
	EDU_DMA_SRC	= 0x80,
	EDU_DMA_DST	= 0x88,
	EDU_DMA_COUNT	= 0x90,
	EDU_DMA_CMD	= 0x98,	/* bit 0: go, and then busy; bit 1: to memory */
	EDU_BUFFER	= 0x40000,	/* 4 KiB in the device */
};

#define EDU_COMPUTING	0x01
#define DMA_START	0x01
#define DMA_TO_MEMORY	0x02
#define DMA_LIMIT	(1UL << 28)	/* edu has 28 address bits */

static volatile uint8_t *bar0;

static uint32_t reg_read(enum edu_reg reg)
{
	return *(volatile uint32_t *)(bar0 + reg);
}

static void reg_write(enum edu_reg reg, uint32_t value)
{
	*(volatile uint32_t *)(bar0 + reg) = value;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The one entry named uioN below the PCI device tells which /dev/uioN it is. */
static int open_uio(const char *bdf)
{
	char path[300];
	struct dirent *entry;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/uio", bdf);
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((entry = readdir(dir)) && strncmp(entry->d_name, "uio", 3))
		;
	if (!entry)
		die("no uioN");
	snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
	closedir(dir);

	fd = open(path, O_RDWR);
	if (fd < 0)
		die(path);
	printf("opened %s\n", path);
	return fd;
}

/* Map N is found at offset N pages; edu's only one is map 0, BAR 0. */
static void map_registers(int fd)
{
	void *map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		die("mmap");
	bar0 = map;
	printf("id register: 0x%08x, ", reg_read(EDU_ID));
	reg_write(EDU_LIVENESS, 0x12345678);
	printf("liveness of 0x12345678: 0x%08x\n", reg_read(EDU_LIVENESS));
}

/* The two things that uio_generic switches on at the first open. */
static void show_what_is_on(const char *bdf)
{
	char path[300], line[300];
	uint16_t command = 0;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, &command, 2, PCI_COMMAND) != 2)
		die(path);
	close(fd);
	printf("while it is open: bus mastering is %s, and /proc/interrupts has\n",
	       command & PCI_COMMAND_MASTER ? "on" : "off");

	file = fopen("/proc/interrupts", "r");
	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, bdf))
			fputs(line, stdout);
	if (file)
		fclose(file);
}

static void compute_factorial(uint32_t n)
{
	reg_write(EDU_FACTORIAL, n);
	while (reg_read(EDU_STATUS) & EDU_COMPUTING)
		;
	printf("%u! = %u\n", n, reg_read(EDU_FACTORIAL));
}

static void irq_control(int fd, int32_t unmask)
{
	if (write(fd, &unmask, sizeof(unmask)) != sizeof(unmask))
		die("irqcontrol");
}

/* Returns how many interrupts came since bind; sleeps until there is one more. */
static uint32_t wait_by_read(int fd)
{
	uint32_t count;

	if (read(fd, &count, sizeof(count)) != sizeof(count))
		die("read");
	return count;
}

static int event_within(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, ms) == 1;
}

/* Acknowledge in the device first: an INTx line is high until then. */
static void take_interrupts(int fd)
{
	int i;

	for (i = 0; i < 10; i++) {
		reg_write(EDU_RAISE, 1 << i);
		if (i >= 5 && !event_within(fd, 5000))
			die("poll");
		printf("  by %s: event %u\n", i < 5 ? "read" : "poll",
		       wait_by_read(fd));
		reg_write(EDU_ACK, 1 << i);
		irq_control(fd, 1);
	}
}

static void mask_and_unmask(int fd)
{
	irq_control(fd, 0);
	reg_write(EDU_RAISE, 1);
	printf("masked with write(0) and raised: %s\n",
	       event_within(fd, 200) ? "an event, which is wrong" : "no event");
	irq_control(fd, 1);
	printf("unmasked with write(1): event %u\n", wait_by_read(fd));
	reg_write(EDU_ACK, 1);
	irq_control(fd, 1);
}

/* Needs root: /proc/self/pagemap has a page frame number for each page. */
static uint64_t physical_address(const void *p)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)p / 4096 * 8) != 8)
		die("pagemap");
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * 4096;
}

/*
 * One locked page that edu can reach, among many.  Without an IOMMU, or with
 * one in pass-through mode, the device sees physical addresses.
 */
static uint8_t *dma_page(uint64_t *address)
{
	const size_t len = 64 << 20;
	uint8_t *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED,
			  -1, 0);
	uint8_t *end = p + len;

	if (p == MAP_FAILED)
		die("mmap");
	for (; p < end; p += 4096) {
		*address = physical_address(p);
		if (*address && *address < DMA_LIMIT)
			return p;
	}
	die("no page below 256 MiB");
	return NULL;
}

static void dma(uint64_t src, uint64_t dst, uint32_t count, uint32_t direction)
{
	reg_write(EDU_DMA_SRC, src);
	reg_write(EDU_DMA_DST, dst);
	reg_write(EDU_DMA_COUNT, count);
	reg_write(EDU_DMA_CMD, DMA_START | direction);
	while (reg_read(EDU_DMA_CMD) & DMA_START)
		;
}

static void move_by_dma(void)
{
	static const char text[] = "hello from user space";
	uint64_t address;
	uint8_t *page = dma_page(&address);

	memcpy(page, text, sizeof(text));
	dma(address, EDU_BUFFER, sizeof(text), 0);
	memset(page, 0, sizeof(text));
	dma(EDU_BUFFER, address, sizeof(text), DMA_TO_MEMORY);
	printf("by DMA to the device and back, physical 0x%llx: \"%.30s\"\n",
	       (unsigned long long)address, page);
	if (memcmp(page, text, sizeof(text)))
		die("DMA");
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DOMAIN:BUS:DEVICE.FUNCTION\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);

	fd = open_uio(argv[1]);
	show_what_is_on(argv[1]);
	map_registers(fd);
	compute_factorial(10);
	take_interrupts(fd);
	mask_and_unmask(fd);
	move_by_dma();
	close(fd);
	return 0;
}

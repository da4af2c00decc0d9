// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the guest that QEMU runs within the guest: the devices that were passed on to
 * it, under the kernel's own drivers. An edu, which has none, is for edu_test.
 *
 * Deadline: 300
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/pci.h"

#define SECONDS		140
#define SLOW_MS		60000		/* this guest is emulated in an emulated one */
#define BLOCK		4096
#define BLOCKS		16
#define FRAMES		16

/* All interrupts so far of which /proc/interrupts says @name. */
static unsigned long irq_count(const char *name)
{
	static char text[1 << 16];
	char *line, *rest, *cpu;
	unsigned long sum = 0;

	MUST(__file_read("/proc/interrupts", text, sizeof(text)));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		cpu = strchr(line, ':');
		if (cpu && strstr(line, name))
			sum += strtoul(cpu + 1, NULL, 10);	/* the only CPU's */
	}
	return sum;
}

/* Its serial number comes by DMA, each block with an interrupt. */
static void nvme_reads(void)
{
	struct pci_dev dev = pci_find(0x1b36, 0x0010, 0);
	unsigned long before;
	char serial[32];
	void *block;
	int fd, i;

	module_load("nvme", "");
	CHECK(wait_for(file_exists("/dev/nvme0n1"), SLOW_MS));
	MUST(__file_read("/sys/class/nvme/nvme0/serial", serial, sizeof(serial)));
	CHECK_STR(strtok(serial, " "), "1");
	CHECK(pci_msix_enabled(&dev));
	block = aligned_alloc(BLOCK, BLOCK);
	CHECK(block);
	fd = MUST(open("/dev/nvme0n1", O_RDONLY | O_DIRECT));
	before = irq_count("nvme0q");
	for (i = 0; i < BLOCKS; i++)
		CHECK_EQ(pread(fd, block, BLOCK, i * BLOCK), BLOCK);
	diag("%lu interrupts for %d blocks", irq_count("nvme0q") - before, BLOCKS);
	CHECK_GE(irq_count("nvme0q"), before + BLOCKS);
}

static void interface_up(const char *name)
{
	struct ifreq request = { 0 };
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	MUST(ioctl(fd, SIOCGIFFLAGS, &request));
	request.ifr_flags |= IFF_UP;
	MUST(ioctl(fd, SIOCSIFFLAGS, &request));
	MUST(close(fd));
}

static u64 interface_number(const char *name, const char *attribute)
{
	char path[PATH_LEN], text[32];

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, attribute);
	return __file_read(path, text, sizeof(text)) ? 0 : strtoull(text, NULL, 10);
}

static void send_frame(const char *name)
{
	char frame[ETH_ZLEN] = { [0 ... 5] = 0xff };
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(name), .sll_halen = ETH_ALEN,
	};
	int fd = MUST(socket(AF_PACKET, SOCK_RAW, 0));

	frame[ETH_ALEN * 2] = 0x88;
	frame[ETH_ALEN * 2 + 1] = 0xb5;		/* for experiments */
	CHECK_EQ(sendto(fd, frame, sizeof(frame), 0, (void *)&to, sizeof(to)), sizeof(frame));
	MUST(close(fd));
}

/*
 * The link comes up by an interrupt, and another one takes back each frame that was
 * sent, which is counted then.
 */
static void e1000e_sends(void)
{
	struct pci_dev dev = pci_find(0x8086, 0x10d3, 0);
	const char *name = "eth0";
	unsigned long before;
	int i;

	before = irq_count(name);
	module_load("e1000e", "");
	CHECK(wait_for(if_nametoindex(name), SLOW_MS));
	interface_up(name);
	CHECK(wait_for(interface_number(name, "carrier"), SLOW_MS));
	CHECK(pci_msix_enabled(&dev));
	for (i = 0; i < FRAMES; i++) {
		send_frame(name);
		CHECK(wait_for(interface_number(name, "statistics/tx_packets") > (u64)i,
			       SLOW_MS));
	}
	diag("%lu interrupts for %d frames", irq_count(name) - before, FRAMES);
	CHECK_GE(irq_count(name), before + FRAMES);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		SLOW_CASE(nvme_reads, SECONDS),
		SLOW_CASE(e1000e_sends, SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), NULL);
}

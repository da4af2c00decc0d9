// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers by read() and write(), of each width and in bulk, and by eventfds that ring
 * a doorbell.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define NVME_AQA	0x24	/* sizes of queues: takes two bytes, too */
#define NVME_LEN	600	/* no read among them changes anything */

/* The header of BAR0 and BAR1 of a pci-testdev, which takes bytes. */
#define TEST_START	0	/* write: which test */
#define TEST_OFFSET	4
#define TEST_DATA	8
#define TEST_COUNT	12	/* of writes that were as the test wants them */

#define BULK_BAR	2	/* of a pci-testdev, with nothing behind it */
#define BULK		(64 << 20)
#define PARTS		64
#define NOT_READ	0x5a

#define ROUNDS		5
#define TRIES		100	/* until the bell rings within a reset */

static struct vfio open_decoding(const char *name)
{
	struct vfio vfio;

	vfio_open_dut(&vfio, name);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	return vfio;
}

static void each_width_is_one_access(void)
{
	struct vfio edu, nvme;

	vfio_skip_in_tree_6_1("moves eight bytes by two accesses");
	edu = open_decoding("edu");
	nvme = open_decoding("nvme");
	vfio_write(&edu, 0, EDU_DMA_SRC, 8, 0x123456789abcdef0);
	CHECK_EQ(vfio_read(&edu, 0, EDU_DMA_SRC, 8), 0x123456789abcdef0);
	vfio_write(&edu, 0, EDU_LIVENESS, 4, 0x12345678);
	CHECK_EQ(vfio_read(&edu, 0, EDU_LIVENESS, 4), 0xedcba987);
	vfio_write(&nvme, 0, NVME_AQA, 2, 0x1234);
	CHECK_EQ(vfio_read(&nvme, 0, NVME_AQA, 2), 0x1234);
}

/* On a bar of memory and on one of ports. */
static void bytes_are_counted(void)
{
	struct vfio vfio = open_decoding("testdev");
	u32 offset, bar, i;

	for (bar = 0; bar < 2; bar++) {
		vfio_write(&vfio, bar, TEST_START, 1, 0);
		offset = vfio_read(&vfio, bar, TEST_OFFSET, 4);
		for (i = 0; i < ROUNDS; i++)
			vfio_write(&vfio, bar, offset, 1, vfio_read(&vfio, bar, TEST_DATA, 1));
		CHECK_EQ(vfio_read(&vfio, bar, TEST_COUNT, 4), ROUNDS);
	}
}

static void bulk_is_as_one_by_one(void)
{
	u64 out[2] = { 0x1111222233334444, 0x5555666677778888 };
	u32 all[NVME_LEN / 4], i;
	struct vfio nvme, edu;

	vfio_skip_in_tree_6_1("moves eight bytes by two accesses");
	nvme = open_decoding("nvme");
	edu = open_decoding("edu");
	CHECK_EQ(__vfio_read(&nvme, 0, 0, all, sizeof(all)), sizeof(all));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		CHECK_EQ(all[i], vfio_read(&nvme, 0, 4 * i, 4));
	CHECK_EQ(__vfio_write(&edu, 0, EDU_DMA_SRC, out, sizeof(out)), sizeof(out));
	CHECK_EQ(vfio_read(&edu, 0, EDU_DMA_SRC, 8), out[0]);
	CHECK_EQ(vfio_read(&edu, 0, EDU_DMA_DST, 8), out[1]);
}

static bool shows(const struct vfio *vfio, int at, int size, u64 value)
{
	return wait_for(vfio_read(vfio, 0, at, size) == value, SOON_MS);
}

static int doorbell(const struct vfio *vfio, u64 at, int size, u64 data)
{
	int event = event_new();

	MUST(__vfio_ioeventfd(vfio, 0, at, size, data, event));
	return event;
}

static void doorbells_of_each_width(void)
{
	struct vfio nvme = open_decoding("nvme"), edu = open_decoding("edu");

	event_signal(doorbell(&nvme, NVME_AQA, 2, 0x1234));
	CHECK(shows(&nvme, NVME_AQA, 2, 0x1234));
	event_signal(doorbell(&edu, EDU_LIVENESS, 4, 0x12345678));
	CHECK(shows(&edu, EDU_LIVENESS, 4, 0xedcba987));
}

static void doorbell_of_a_byte(void)
{
	struct vfio vfio = open_decoding("testdev");
	u32 offset, event, i;

	vfio_write(&vfio, 0, TEST_START, 1, 0);
	offset = vfio_read(&vfio, 0, TEST_OFFSET, 4);
	event = doorbell(&vfio, offset, 1, vfio_read(&vfio, 0, TEST_DATA, 1));
	for (i = 1; i <= ROUNDS; i++) {
		event_signal(event);
		CHECK(shows(&vfio, TEST_COUNT, 4, i));
	}
}

/* The in-tree driver has none of eight bytes. */
static void doorbell_of_eight_bytes(void)
{
	struct vfio vfio = open_decoding("edu");

	event_signal(doorbell(&vfio, EDU_DMA_SRC, 8, 0x123456789abcdef0));
	CHECK(shows(&vfio, EDU_DMA_SRC, 8, 0x123456789abcdef0));
}

/*
 * Not even if the device decodes, behind the driver's back. What is signalled has been
 * taken when it cannot be read any more.
 */
static void doorbell_without_decoding_is_dumb(void)
{
	struct vfio vfio = open_decoding("edu");
	int first = doorbell(&vfio, EDU_LIVENESS, 4, 0x12345678);

	vfio_write(&vfio, 0, EDU_LIVENESS, 4, 0);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	pci_config_write(&vfio.dev, PCI_COMMAND, 2,
			 pci_config_read(&vfio.dev, PCI_COMMAND, 2) | PCI_COMMAND_MEMORY);
	event_signal(first);
	CHECK(!fd_ready(first, QUIET_MS));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK_EQ(vfio_read(&vfio, 0, EDU_LIVENESS, 4), ~0U);
}

/* Whether the device was in reset all the time, so that it counts. */
static bool ring_in_reset(const struct vfio *vfio, int event)
{
	struct vfio_resetter resetter;
	bool within;

	vfio_reset_start(&resetter, vfio);
	within = vfio_reset_under_way(&resetter);
	event_signal(event);
	within = within && vfio_reset_under_way(&resetter);
	vfio_reset_finish(&resetter);
	return within;
}

/* Who rings while the device is in reset waits for its end, and rings then. */
static void doorbell_waits_for_a_reset(void)
{
	struct vfio vfio = open_decoding("edu1");
	int event = doorbell(&vfio, EDU_LIVENESS, 4, 0x12345678), i;

	for (i = 0; i < TRIES; i++) {
		vfio_write(&vfio, 0, EDU_LIVENESS, 4, i);
		if (ring_in_reset(&vfio, event))
			break;
	}
	CHECK(i < TRIES);
	CHECK(shows(&vfio, EDU_LIVENESS, 4, 0xedcba987));
}

/* Who left too little room for capabilities learns how much they take. */
static void room_for_capabilities_is_told(void)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	struct vfio vfio = open_decoding("nvme");

	MUST(__vfio_ioctl(vfio.device, VFIO_DEVICE_GET_REGION_INFO, &info));
	CHECK(info.flags & VFIO_REGION_INFO_FLAG_CAPS);
	CHECK(info.argsz > sizeof(info));
	CHECK_EQ(info.cap_offset, 0);
}

/* Its image, too, is memory of the device's. */
static void rom_needs_decoding(void)
{
	struct vfio vfio = open_decoding("e1000e");
	u32 value;

	CHECK_EQ(vfio_read(&vfio, VFIO_PCI_ROM_REGION_INDEX, 0, 2), 0xaa55);
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	CHECK(__vfio_read(&vfio, VFIO_PCI_ROM_REGION_INDEX, 0, &value, 4) < 0);
}

static u8 *seen;	/* what was read, for the parent, too */

static void read_all(void *arg)
{
	__vfio_read(arg, BULK_BAR, 0, seen, BULK);
}

static u64 ms_for(const struct vfio *vfio, size_t len)
{
	static char buf[BULK / PARTS];
	u64 start = now_ms();

	MUST(__vfio_read(vfio, BULK_BAR, 0, buf, len));
	return now_ms() - start;
}

/* All of a BAR in one call takes its time; who asks for it may be killed meanwhile. */
static void reader_can_be_killed(void)
{
	struct vfio vfio = open_decoding("testdev");
	u64 part = ms_for(&vfio, BULK / PARTS) + 1, start;
	pid_t pid;

	seen = mmap(NULL, BULK, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(seen != MAP_FAILED);
	memset(seen, NOT_READ, 8);
	pid = helper_start(read_all, &vfio);
	CHECK(wait_for(__atomic_load_n(seen, __ATOMIC_RELAXED) != NOT_READ, SOON_MS));
	start = now_ms();
	MUST(kill(pid, SIGKILL));
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	diag("%llu ms for a part, died after %llu ms", part, now_ms() - start);
	CHECK_GE(part * PARTS / 2, now_ms() - start);
}

static const struct ktap_case cases[] = {
	CASES(each_width_is_one_access, VFIO_DRIVERS),
	CASES(bytes_are_counted, VFIO_DRIVERS),
	CASES(bulk_is_as_one_by_one, VFIO_DRIVERS),
	CASES(doorbells_of_each_width, VFIO_DRIVERS),
	CASES(doorbell_of_a_byte, VFIO_DRIVERS),
	CASES(doorbell_of_eight_bytes, "vfio-lite"),
	CASES(doorbell_without_decoding_is_dumb, VFIO_DRIVERS),
	CASES(doorbell_waits_for_a_reset, VFIO_DRIVERS),
	CASES(room_for_capabilities_is_told, VFIO_DRIVERS),
	CASES(rom_needs_decoding, VFIO_DRIVERS),
	CASES(reader_can_be_killed, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What vfio_lite costs beside the in-tree vfio-pci: interrupts, config space,
 * mappings, opening.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/count.h"
#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/uio.h"
#include "lib/vfio.h"

#define TESTDEV_VENDOR	0x1b36
#define TESTDEV_DEVICE	0x0005
#define BAR_LEN		BIT_ULL(32)
#define GIB		BIT_ULL(30)
#define STRIDE		BIT_ULL(21)
#define RW		(PROT_READ | PROT_WRITE)
#define UNMASK		(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK)

static struct count count;
static struct vfio vfio;
static void *regs;
static int event;
static bool intx;

/* Both with the same idea of what an unused device does: nothing. */
static void open_dev(const struct pci_dev *dev)
{
	vfio_allow_unsafe();
	vfio_load(vfio_driver(), "disable_idle_d3=1");
	vfio_bind(dev, vfio_driver());
	vfio_open(&vfio, dev);
}

static void open_edu(void)
{
	struct pci_dev dev = edu_dut();

	open_dev(&dev);
	regs = vfio_map_bar(&vfio, 0);
}

static void read_event(void)
{
	u64 value;

	CHECK_EQ(read(event, &value, sizeof(value)), sizeof(value));
}

static void serve(void)
{
	edu_ack(regs);
	if (intx)
		vfio_set_irqs(&vfio, VFIO_PCI_INTX_IRQ_INDEX, UNMASK, 0, 1, NULL, 0);
}

static void start(bool by_intx)
{
	open_edu();
	intx = by_intx;
	if (!by_intx) {
		event = vfio_enable_msi(&vfio);
		return;
	}
	event = MUST(eventfd(0, EFD_CLOEXEC));
	vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event);
}

/* As in irq_bench.c: let timers run, so that medians are without them. */
static void rest(int i)
{
	const struct timespec ticks = { .tv_nsec = 20000000 };

	if (i % 100 == 0)
		nanosleep(&ticks, NULL);
}

static u64 serve_one(void)
{
	u64 begin = count_now();

	edu_raise(regs, 1);
	read_event();
	serve();
	return count_now() - begin;
}

static void service(bool by_intx, const char *what)
{
	start(by_intx);
	for (count_start(&count); count_more(&count);) {
		rest(count.n);
		count_add(&count, serve_one());
	}
	count_report(&count, what);
}

static void msi_service(void)
{
	service(false, "msi-service");
}

static void intx_service(void)
{
	service(true, "intx-service");
}

static u64 raised;
static int woken;

static void *reader(void *unused)
{
	u64 now;

	while (count_more(&count)) {
		read_event();
		now = count_now();
		count_add(&count, now - __atomic_load_n(&raised, __ATOMIC_ACQUIRE));
		serve();
		__atomic_add_fetch(&woken, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* Both are real-time threads, the reader before us. */
static pthread_t start_reader(void)
{
	struct sched_param param = { .sched_priority = 40 };
	pthread_t thread;

	MUST(sched_setscheduler(0, SCHED_FIFO, &param));
	CHECK_EQ(pthread_create(&thread, NULL, reader, NULL), 0);
	param.sched_priority = 10;
	MUST(sched_setscheduler(0, SCHED_FIFO, &param));
	return thread;
}

static void wake(bool by_intx, const char *what)
{
	pthread_t thread;
	int i;

	start(by_intx);
	count_start(&count);
	thread = start_reader();
	for (i = 0; i < COUNT_MAX; i++) {
		rest(i);
		__atomic_store_n(&raised, count_now(), __ATOMIC_RELEASE);
		edu_raise(regs, 1);
		CHECK(wait_for(__atomic_load_n(&woken, __ATOMIC_ACQUIRE) > i, SOON_MS));
	}
	CHECK_EQ(pthread_join(thread, NULL), 0);
	count_report(&count, what);
}

static void msi_wake(void)
{
	wake(false, "msi-wake");
}

static void intx_wake(void)
{
	wake(true, "intx-wake");
}

static void on_and_off(int index, const char *what)
{
	u64 begin;

	open_edu();
	event = MUST(eventfd(0, EFD_CLOEXEC));
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		vfio_irq_on(&vfio, index, 0, event);
		vfio_irq_off(&vfio, index);
		count_add(&count, count_now() - begin);
	}
	count_report(&count, what);
}

static void msi_on_off(void)
{
	on_and_off(VFIO_PCI_MSI_IRQ_INDEX, "msi-on+off");
}

static void intx_on_off(void)
{
	on_and_off(VFIO_PCI_INTX_IRQ_INDEX, "intx-on+off");
}

static void read_config(u64 offset, size_t len, const char *what)
{
	u8 buf[256];
	u64 begin;

	open_edu();
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, offset, buf, len), len);
		count_add(&count, count_now() - begin);
	}
	count_report(&count, what);
}

static void config_read_virtual(void)
{
	read_config(PCI_BASE_ADDRESS_0, 4, "config-read-4-virtual");
}

static void config_read_real(void)
{
	read_config(PCI_CLASS_REVISION, 4, "config-read-4-real");
}

static void config_read_all(void)
{
	read_config(0, 256, "config-read-256");
}

static void config_write(void)
{
	u32 value = 0xffffffff;
	u64 begin;

	open_edu();
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		CHECK_EQ(__vfio_write(&vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, &value, 4), 4);
		count_add(&count, count_now() - begin);
	}
	count_report(&count, "config-write-bar");
}

static void bar_read(void)
{
	u32 value;
	u64 begin;

	open_edu();
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		CHECK_EQ(__vfio_read(&vfio, 0, EDU_ID, &value, 4), 4);
		count_add(&count, count_now() - begin);
	}
	count_report(&count, "bar-read-4");
}

static void page(void)
{
	u64 begin;
	void *map;

	open_edu();
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		map = __vfio_mmap(&vfio, 0, 0, PAGE_LEN, RW);
		CHECK(map);
		mmio_read32(map, EDU_ID);
		MUST(munmap(map, PAGE_LEN));
		count_add(&count, count_now() - begin);
	}
	count_report(&count, "page");
}

/* Address space, @shift bytes off a boundary of 1 GiB. */
static char *reserve(size_t shift)
{
	char *map = mmap(NULL, BAR_LEN + 2 * GIB, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(map != MAP_FAILED);
	return (char *)(((u64)map + GIB - 1) & ~(GIB - 1)) + shift;
}

static u64 bar_one(char *addr, u64 offset)
{
	u64 begin = count_now(), at;

	CHECK(mmap(addr, BAR_LEN, RW, MAP_SHARED | MAP_FIXED, vfio.device, offset) == addr);
	for (at = 0; at < BAR_LEN; at += STRIDE)
		mmio_read32(addr, at);
	MUST(munmap(addr, BAR_LEN));
	return count_now() - begin;
}

static void bar(size_t shift, const char *what)
{
	struct pci_dev dev = pci_find(TESTDEV_VENDOR, TESTDEV_DEVICE, 0);
	char *addr = reserve(shift);
	u64 offset;

	open_dev(&dev);
	offset = vfio_region_info(&vfio, 2).offset;
	for (count_start(&count); count_more(&count);)
		count_add(&count, bar_one(addr, offset));
	count_report(&count, what);
}

static void bar_aligned(void)
{
	bar(0, "bar-aligned");
}

static void bar_unaligned(void)
{
	bar(PAGE_LEN, "bar-unaligned");
}

static void open_close(void)
{
	char name[32];
	u64 begin;

	open_edu();
	snprintf(name, sizeof(name), "%s", vfio.dev.bdf);
	MUST(munmap(regs, EDU_BAR_LEN));
	MUST(close(vfio.device));
	for (count_start(&count); count_more(&count);) {
		begin = count_now();
		MUST(close(MUST(__vfio_group_device(vfio.group, name))));
		count_add(&count, count_now() - begin);
	}
	count_report(&count, "open+close");
}

static const struct ktap_case cases[] = {
	SLOW_CASES(msi_service, VFIO_DRIVERS, 120),
	SLOW_CASES(msi_wake, VFIO_DRIVERS, 120),
	SLOW_CASES(intx_service, VFIO_DRIVERS, 120),
	SLOW_CASES(intx_wake, VFIO_DRIVERS, 120),
	SLOW_CASES(msi_on_off, VFIO_DRIVERS, 120),
	SLOW_CASES(intx_on_off, VFIO_DRIVERS, 120),
	SLOW_CASES(config_read_virtual, VFIO_DRIVERS, 120),
	SLOW_CASES(config_read_real, VFIO_DRIVERS, 120),
	SLOW_CASES(config_read_all, VFIO_DRIVERS, 120),
	SLOW_CASES(config_write, VFIO_DRIVERS, 120),
	SLOW_CASES(bar_read, VFIO_DRIVERS, 120),
	SLOW_CASES(page, VFIO_DRIVERS, 120),
	SLOW_CASES(bar_aligned, VFIO_DRIVERS, 300),
	SLOW_CASES(bar_unaligned, VFIO_DRIVERS, 300),
	SLOW_CASES(open_close, VFIO_DRIVERS, 300),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

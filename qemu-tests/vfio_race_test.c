// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that get in each other's way: config writes that mask interrupts or end
 * decoding, SET_IRQS, touches, resets, opens and closes. Whatever the order, no
 * access finds what it should not, and the device works afterwards. With --stress, each
 * goes on ten times as long.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 360
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define RACE_MS		3000
#define MAX_THREADS	8
#define FLR_MS		100	/* as the specification has it, so at least */
#define IN_A_FAULT	-1	/* and in no system call */
#define INTX		VFIO_PCI_INTX_IRQ_INDEX

static struct vfio vfio;
static void *regs;
static int event, resample;
static bool stop;

static bool racing(void)
{
	return !__atomic_load_n(&stop, __ATOMIC_RELAXED);
}

/* Run all of them at once for a while. */
static void race(void *(*const fns[])(void *), int count)
{
	int i, ms = stress_is_wanted() ? 10 * RACE_MS : RACE_MS;
	pthread_t threads[MAX_THREADS];
	u64 end = now_ms() + ms;

	for (i = 0; i < count; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, fns[i], NULL), 0);
	wait_for(now_ms() >= end, ms);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < count; i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
}

static void *toggle_intx_disable(void *unused)
{
	while (racing()) {
		vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
		vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	}
	return unused;
}

static void *mask_and_unmask(void *unused)
{
	while (racing()) {
		__vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_MASK, 0);
		__vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	}
	return unused;
}

/*
 * An interrupt that is taken back before anybody could look is nobody's, and the
 * kernel loses patience after 100000 of them: give it a moment.
 */
static void *raise_and_acknowledge(void *unused)
{
	u64 count;

	while (racing()) {
		edu_raise(regs, 1);
		if (fd_ready(event, 1) && read(event, &count, sizeof(count)) < 0)
			CHECK_EQ(errno, EAGAIN);
		edu_ack(regs);
	}
	return unused;
}

static void *change_eventfd(void *unused)
{
	while (racing()) {
		__vfio_irq_on(&vfio, INTX, 0, -1);
		__vfio_irq_on(&vfio, INTX, 0, event);
	}
	return unused;
}

/* The last who has each of them is the driver: none may be signalled that was put. */
static void *change_lone_eventfd(void *unused)
{
	int fd;

	while (racing()) {
		fd = MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
		__vfio_irq_on(&vfio, INTX, 0, fd);
		MUST(close(fd));
	}
	return unused;
}

static void *change_resample(void *unused)
{
	const u32 flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_UNMASK;
	const s32 off = -1;
	const u64 one = 1;

	while (racing()) {
		__vfio_set_irqs(&vfio, INTX, flags, 0, 1, &resample, sizeof(resample));
		CHECK_EQ(write(resample, &one, sizeof(one)), sizeof(one));
		__vfio_set_irqs(&vfio, INTX, flags, 0, 1, &off, sizeof(off));
	}
	return unused;
}

static void *trigger_by_hand(void *unused)
{
	while (racing())
		__vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_TRIGGER, 0);
	return unused;
}

static void *switch_off_and_on(void *unused)
{
	while (racing()) {
		__vfio_irq_off(&vfio, INTX);
		__vfio_irq_on(&vfio, INTX, 0, event);
	}
	return unused;
}

/* After all that: one interrupt is one event. */
static void check_interrupts_work(void)
{
	u64 count;

	edu_ack(regs);
	vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	__vfio_irq_off(&vfio, INTX);
	while (fd_ready(event, QUIET_MS))
		CHECK_EQ(read(event, &count, sizeof(count)), sizeof(count));
	vfio_irq_on(&vfio, INTX, 0, event);
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
}

static void open_edu(const char *name)
{
	regs = vfio_open_edu(&vfio, name);
	event = MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	resample = MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* CVE-2024-26810 */
static void intx_disable_against_mask(void)
{
	static void *(*const fns[])(void *) = {
		toggle_intx_disable, mask_and_unmask, raise_and_acknowledge,
	};

	open_edu("edu");
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, ARRAY_SIZE(fns));
	check_interrupts_work();
}

/* Whatever the race has left, it is not masked for good. */
static void race_of_masks(const char *name, void *(*const fns[])(void *), int count)
{
	open_edu(name);
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, count);
	__vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	edu_raise(regs, 1);
	CHECK(fd_ready(event, SOON_MS));
	check_interrupts_work();
}

/* A line of its own is disabled as often as it is enabled. */
static void line_against_mask(void)
{
	static void *(*const fns[])(void *) = {
		mask_and_unmask, mask_and_unmask, raise_and_acknowledge,
	};

	vfio_load(vfio_driver(), "nointxmask=1");
	race_of_masks("edu", fns, ARRAY_SIZE(fns));
}

/* CVE-2024-26812 */
static void eventfds_against_triggers(void)
{
	static void *(*const fns[])(void *) = {
		change_eventfd, change_resample, trigger_by_hand, raise_and_acknowledge,
		mask_and_unmask,
	};

	open_edu("edu");
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, ARRAY_SIZE(fns));
	check_interrupts_work();
}

/* Each of those that signal, while the eventfd is given back. */
static void signals_against_the_last_put(void)
{
	static void *(*const fns[])(void *) = {
		change_lone_eventfd, toggle_intx_disable, trigger_by_hand,
		raise_and_acknowledge, mask_and_unmask, change_resample,
	};

	open_edu("edu");
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, ARRAY_SIZE(fns));
	check_interrupts_work();
}

static void off_against_everything(void)
{
	static void *(*const fns[])(void *) = {
		switch_off_and_on, change_resample, toggle_intx_disable, mask_and_unmask,
		trigger_by_hand, raise_and_acknowledge,
	};

	open_edu("edu");
	race(fns, ARRAY_SIZE(fns));
	check_interrupts_work();
}

/* CVE-2024-27437: the line comes and goes while it is masked in each way. */
static void line_off_against_everything(void)
{
	static void *(*const fns[])(void *) = {
		switch_off_and_on, change_resample, toggle_intx_disable, mask_and_unmask,
		raise_and_acknowledge,
	};

	vfio_load(vfio_driver(), "nointxmask=1");
	open_edu("edu");
	race(fns, ARRAY_SIZE(fns));
	check_interrupts_work();
}

/* --- decoding --- */

static void *toggle_decoding(void *unused)
{
	while (racing()) {
		vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
		vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	}
	return unused;
}

/* Either the register or a bus error; never what the bus makes up. */
static void *touch(void *unused)
{
	u32 value;

	while (racing())
		if (mmio_try_read32(regs, EDU_ID, &value))
			CHECK_EQ(value, EDU_ID_VALUE);
	return unused;
}

static void *read_region(void *unused)
{
	ssize_t ret;
	u32 value;

	while (racing()) {
		ret = __vfio_read(&vfio, 0, EDU_ID, &value, 4);
		CHECK(ret == -EIO || (ret == 4 && value == EDU_ID_VALUE));
	}
	return unused;
}

/* All at once, unless it can be in parts: in-tree, 6.1 gives a warning for that. */
static void unmap(void *map)
{
	u32 value;

	if (vfio_is_in_tree_6_1()) {
		MUST(munmap(map, 2 * 4096));
		return;
	}
	CHECK(mremap(map, 2 * 4096, 4096, 0) == map);
	mmio_try_read32(map, EDU_ID, &value);
	MUST(munmap(map, 4096));
}

static void *map_and_touch(void *unused)
{
	void *map;
	u32 value;

	while (racing()) {
		map = __vfio_mmap(&vfio, 0, 0, 2 * 4096, PROT_READ);
		CHECK(map);
		mmio_try_read32(map, EDU_ID, &value);
		unmap(map);
	}
	return unused;
}

static void decoding_against_touch(void)
{
	static void *(*const fns[])(void *) = {
		toggle_decoding, touch, read_region, map_and_touch,
	};

	open_edu("edu");
	race(fns, ARRAY_SIZE(fns));
	edu_check_alive(regs);
}

static bool switched_off;

static void *toggle_decoding_and_look(void *unused)
{
	while (racing()) {
		vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
		vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
		if (!(pci_config_read(&vfio.dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY))
			switched_off = true;
	}
	return unused;
}

/*
 * Both are bits of COMMAND, under different locks.  What the driver takes to be decoded
 * would not be, if a mask wrote back what it has read; as in-tree it does, which is told
 * and no failure.
 */
static void decoding_against_mask(void)
{
	static void *(*const fns[])(void *) = {
		toggle_decoding_and_look, mask_and_unmask, mask_and_unmask,
	};

	open_edu("edu");
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, ARRAY_SIZE(fns));
	if (strcmp(vfio_driver(), "vfio-lite")) {
		diag("memory was %sswitched off by a mask", switched_off ? "" : "not ");
		return;
	}
	CHECK(!switched_off);
	edu_check_alive(regs);
	check_interrupts_work();
}

/* --- reset --- */

static void *reset_again_and_again(void *unused)
{
	while (racing())
		CHECK_EQ(__vfio_reset(&vfio), 0);
	return unused;
}

static void *reset_by_sysfs(void *unused)
{
	while (racing())
		pci_attr_write(&vfio.dev, "reset", "1");
	return unused;
}

/* The PCI core restores COMMAND, and with it the mask that it found. */
static void reset_by_root_against_mask(void)
{
	static void *(*const fns[])(void *) = {
		reset_by_sysfs, mask_and_unmask,
	};

	race_of_masks("edu1", fns, ARRAY_SIZE(fns));
	edu_check_alive(regs);
}

static void *switch_decoding_on(void *unused)
{
	while (racing())
		vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return unused;
}

/*
 * INTx is not masked meanwhile: that reads and writes the command register as a
 * whole, and the in-tree driver does so without a look at resets.
 */
static void reset_against_touch(void)
{
	static void *(*const fns[])(void *) = {
		reset_again_and_again, switch_decoding_on, touch, map_and_touch,
	};

	open_edu("edu1");
	vfio_irq_on(&vfio, INTX, 0, event);
	race(fns, ARRAY_SIZE(fns));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(regs);
	check_interrupts_work();
}

static void touch_on(void *unused)
{
	u32 value;

	(void)unused;
	for (;;)
		mmio_try_read32(regs, 0, &value);
}

static void *reset_once(void *end)
{
	MUST(__vfio_reset(&vfio));
	*(u64 *)end = now_ms();
	return NULL;
}

/* How long the reset went on after the death of who waited for its end. */
static u64 outlived_by_reset(void)
{
	pid_t pid = helper_start(touch_on, NULL);
	pthread_t thread;
	u64 killed, end;

	CHECK_EQ(pthread_create(&thread, NULL, reset_once, &end), 0);
	/* It may be missed: then the reset does not go on after that, and is tried again. */
	__helper_wait_blocked(pid, IN_A_FAULT, FLR_MS);
	MUST(kill(pid, SIGKILL));
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	killed = now_ms();
	CHECK_EQ(pthread_join(thread, NULL), 0);
	return end > killed ? end - killed : 0;
}

/* Who waits for the other's files in /proc could wait for ever (vfl_insert()). */
static void touch_can_be_killed(void)
{
	int tries = 10;

	vfio_open_dut(&vfio, "igb");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	while (outlived_by_reset() < FLR_MS / 2)
		CHECK_GE(--tries, 1);
}

/* --- open and close --- */

static int open_device(void)
{
	int fd = __vfio_group_device(vfio.group, vfio.dev.bdf);

	CHECK(fd >= 0);
	return fd;
}

static void *open_and_close_device(void *unused)
{
	while (racing())
		CHECK_EQ(close(open_device()), 0);
	return unused;
}

static void *open_and_reset_and_close(void *unused)
{
	int fd, ret;

	while (racing()) {
		fd = open_device();
		ret = __vfio_ioctl(fd, VFIO_DEVICE_RESET, NULL);
		CHECK(!ret || ret == -EAGAIN);
		CHECK_EQ(close(fd), 0);
	}
	return unused;
}

/* Each of them may be the first to open and the last to close. */
static void open_against_close_and_reset(void)
{
	static void *(*const fns[])(void *) = {
		open_and_close_device, open_and_reset_and_close, open_and_close_device,
		open_and_reset_and_close,
	};

	open_edu("edu1");
	pci_unmap_bar(regs, EDU_BAR_LEN);
	MUST(close(vfio.device));
	race(fns, ARRAY_SIZE(fns));
	vfio.device = open_device();
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	edu_check_alive(vfio_map_bar(&vfio, 0));
}

/* --- bind and open --- */

static void *bind_and_unbind(void *unused)
{
	while (racing()) {
		__pci_unbind(&vfio.dev);
		__file_write("/sys/bus/pci/drivers_probe", vfio.dev.bdf);
	}
	return unused;
}

static void *open_all_and_close(void *unused)
{
	struct vfio mine;

	while (racing())
		if (!__vfio_open(&mine, &vfio.dev))
			vfio_close(&mine);
	return unused;
}

/* They are there, or not; CVE-2026-64473 was a file that came before what it showed. */
static void *read_attributes(void *unused)
{
	char text[64];

	while (racing()) {
		__pci_attr_read(&vfio.dev, "vfio_lite/holder", text, sizeof(text));
		__pci_attr_read(&vfio.dev, "vfio_lite/intr_mode", text, sizeof(text));
	}
	return unused;
}

static void open_against_unbind(void)
{
	static void *(*const fns[])(void *) = {
		bind_and_unbind, open_all_and_close, read_attributes,
	};

	open_edu("edu");
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
	race(fns, ARRAY_SIZE(fns));
	vfio_bind(&vfio.dev, vfio_driver());
	vfio_open(&vfio, &vfio.dev);
}

/*
 * Not under the in-tree driver, which loses some of these: seen were a line that
 * nobody masks any more (6.12) and a warning of untrack_pfn() (6.1).
 */
#define OURS	"vfio-lite"

static const struct ktap_case cases[] = {
	SLOW_CASES(intx_disable_against_mask, OURS, 30),
	SLOW_CASES(line_against_mask, OURS, 30),
	SLOW_CASES(eventfds_against_triggers, OURS, 30),
	SLOW_CASES(signals_against_the_last_put, OURS, 30),
	SLOW_CASES(line_off_against_everything, OURS, 30),
	SLOW_CASES(off_against_everything, OURS, 30),
	SLOW_CASES(decoding_against_touch, OURS, 30),
	SLOW_CASES(decoding_against_mask, VFIO_DRIVERS, 30),
	SLOW_CASES(reset_by_root_against_mask, OURS, 30),
	SLOW_CASES(reset_against_touch, OURS, 30),
	CASES(touch_can_be_killed, OURS),
	SLOW_CASES(open_against_close_and_reset, OURS, 30),
	SLOW_CASES(open_against_unbind, OURS, 30),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once: processes and threads open, map, mask, read, interrupt,
 * reset, choose modes, bind and unbind for half a minute, each with no regard for the
 * others. What fails may fail; afterwards all must work as on the first day.
 *
 * Machine: edu edu-port
 * Deadline: 180
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define STORM_MS	30000
#define THREADS		3

/* One kind of user; many do what they can and count what came off. */
struct actor {
	const char *name;
	bool (*act)(const struct pci_dev *dev);
	int copies;
};

/* Shared by all processes. */
struct tally {
	u32 tried;
	u32 done;
};

struct role {
	const struct actor *actor;
	struct tally *tally;
	struct pci_dev dev;
	u64 end;
};

/* Stay bound for a while, else hardly anybody would get to open it. */
static bool rebind(const struct pci_dev *dev)
{
	poll(NULL, 0, rand() % (kernel_is_slow() ? 400 : 40));
	__pci_unbind(dev);
	return !__pci_driver_write(UG, "bind", dev->bdf);
}

/* Wait a little for an event, so that some users are asleep at any time. */
static bool open_and_wait(const struct pci_dev *dev)
{
	int fd = __uio_open(dev, O_RDWR | O_NONBLOCK);
	u32 count;

	if (fd < 0)
		return false;
	__uio_irqcontrol(fd, rand() % 3);
	__uio_read(fd, &count, rand() % 20);
	close(fd);
	return true;
}

/* The device's registers, the file closed behind them; or MAP_FAILED. */
static void *map_regs(const struct pci_dev *dev)
{
	int fd = __uio_open(dev, O_RDWR);
	void *regs;

	if (fd < 0)
		return MAP_FAILED;
	regs = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return regs;
}

static bool open_and_touch(const struct pci_dev *dev)
{
	void *regs = map_regs(dev);
	u32 id;

	if (regs == MAP_FAILED)
		return false;
	mmio_try_read32(regs, EDU_ID, &id);
	munmap(regs, PAGE_LEN);
	return true;
}

static void *share_main(void *arg)
{
	int i, fd = *(int *)arg;
	void *regs;
	u32 id;

	for (i = 0; i < 20; i++) {
		__uio_irqcontrol(fd, i & 1);
		if (read(fd, &id, sizeof(id)) < 0 && i % 4)
			continue;
		regs = mmap(NULL, PAGE_LEN, PROT_READ, MAP_SHARED, fd, 0);
		if (regs == MAP_FAILED)
			continue;
		mmio_try_read32(regs, EDU_ID, &id);
		munmap(regs, PAGE_LEN);
	}
	return NULL;
}

/* Threads with one file between them. */
static bool share_a_file(const struct pci_dev *dev)
{
	int i, fd = __uio_open(dev, O_RDWR | O_NONBLOCK);
	pthread_t threads[THREADS];

	if (fd < 0)
		return false;
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, share_main, &fd));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	close(fd);
	return true;
}

static bool interrupt(const struct pci_dev *dev)
{
	void *regs = map_regs(dev);
	bool there;

	if (regs == MAP_FAILED)
		return false;
	there = mmio_try_write32(regs, EDU_IRQ_RAISE, 1) &&
		mmio_try_write32(regs, EDU_IRQ_ACK, 1);
	munmap(regs, PAGE_LEN);
	return there;
}

/* Only edu-port has one. */
static bool reset(const struct pci_dev *dev)
{
	int ret = __pci_attr_write(dev, "reset", "1");

	poll(NULL, 0, rand() % 20);
	return !ret || ret == -ENOENT;
}

static bool choose_mode(const struct pci_dev *dev)
{
	static const char * const modes[] = { "msi", "intx", "none", "auto", "msix" };

	return !__ug_set_mode(dev, modes[rand() % ARRAY_SIZE(modes)]);
}

static bool read_attributes(const struct pci_dev *dev)
{
	static const char * const names[] = {
		"intr_mode", "open_count", "irq_count", "bus_master", "last_error",
		"state", "resets", "vectors", "bar0_wc",
	};
	char path[PATH_LEN], text[1024];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "uio_generic/%s", names[i]);
		__pci_attr_read(dev, path, text, sizeof(text));
	}
	return !__pci_attr_read(dev, "uio_generic/intr_choice", text, sizeof(text));
}

static const struct actor actors[] = {
	{ "rebind", rebind, 1 },
	{ "open_and_wait", open_and_wait, 3 },
	{ "open_and_touch", open_and_touch, 2 },
	{ "share_a_file", share_a_file, 1 },
	{ "interrupt", interrupt, 1 },
	{ "reset", reset, 1 },
	{ "choose_mode", choose_mode, 1 },
	{ "read_attributes", read_attributes, 1 },
};

static void play(void *arg)
{
	struct role *role = arg;

	srand(getpid());
	while (now_ms() < role->end) {
		__atomic_add_fetch(&role->tally->tried, 1, __ATOMIC_RELAXED);
		if (role->actor->act(&role->dev))
			__atomic_add_fetch(&role->tally->done, 1, __ATOMIC_RELAXED);
		/* Or it would hardly ever be closed there, as for a change of the mode. */
		if (kernel_is_slow() && role->actor->act != choose_mode)
			poll(NULL, 0, rand() % 20);
	}
}

static void start_actors(const struct pci_dev *dev, struct tally *tallies)
{
	struct role role = { .dev = *dev, .end = now_ms() + STORM_MS };
	size_t i;
	int copy;

	for (i = 0; i < ARRAY_SIZE(actors); i++) {
		role.actor = &actors[i];
		role.tally = &tallies[i];
		for (copy = 0; copy < actors[i].copies; copy++)
			helper_start(play, &role);
	}
}

static void join_actors(const struct tally *tallies)
{
	size_t i;

	CHECK(wait_for(!helpers_left(), STORM_MS + 3 * SOON_MS));
	for (i = 0; i < ARRAY_SIZE(actors); i++) {
		diag("%s: %u of %u", actors[i].name, tallies[i].done, tallies[i].tried);
		/* Hardly ever closed and bound at once there, if the host is loaded, too. */
		if (!kernel_is_slow() || actors[i].act != choose_mode)
			CHECK_GE(tallies[i].done, 1);
	}
}

static void check_all_is_well(const struct pci_dev *dev, const char *mode)
{
	struct ug ug;
	int i;

	CHECK_EQ(ug_open_count(dev), 0);
	CHECK(ug_device_is_quiet(dev));
	ug_set_mode(dev, mode);
	ug_open(&ug, dev);
	edu_check_alive(ug.regs);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	uio_sync(ug.fd, dev);
	for (i = 0; i < 10; i++)
		ug_check_interrupt(&ug);
	ug_close(&ug);
}

static void everything_at_once(void)
{
	size_t size = sizeof(struct tally) * ARRAY_SIZE(actors);
	struct pci_dev dev = ug_bind_edu("auto");
	struct tally *tallies = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(tallies != MAP_FAILED);
	start_actors(&dev, tallies);
	join_actors(tallies);
	pci_bind(&dev, UG);
	check_all_is_well(&dev, "msi");
	check_all_is_well(&dev, "intx");
}

static const struct ktap_case cases[] = {
	SLOW_CASE(everything_at_once, 120),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

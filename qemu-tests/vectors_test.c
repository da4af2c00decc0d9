// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI-X vectors beyond the first: each to the eventfd that it was given, counted,
 * and gone when the device is closed or goes away, however busy it is.
 *
 * Machine: igb
 * Deadline: 180
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define VECTORS		4
#define LAST		9	/* the device has 10 */
#define ALL		(BIT(LAST + 1) - 1)
#define MANY		200

static int __arm(const struct pci_dev *dev, int vector, int fd)
{
	char text[32];

	snprintf(text, sizeof(text), "%d %d", vector, fd);
	return __ug_write(dev, "vectors", text);
}

static int arm(const struct pci_dev *dev, int vector)
{
	int fd = MUST(eventfd(0, EFD_CLOEXEC));

	MUST(__arm(dev, vector, fd));
	return fd;
}

/* What is pending since an earlier case would come as soon as somebody listens. */
static struct pci_dev bind_igb(const char *nr)
{
	struct pci_dev dev = ug_bind("msix");

	pci_attr_write(&dev, "reset", "1");
	ug_write(&dev, "nr_vectors", nr);
	return dev;
}

static void open_igb(struct ug *ug, const struct pci_dev *dev)
{
	ug_open(ug, dev);
	igb_enable_vectors(ug->regs, ALL);
	uio_sync(ug->fd, dev);
}

static struct ug open_with(const char *nr)
{
	struct pci_dev dev = bind_igb(nr);
	struct ug ug;

	open_igb(&ug, &dev);
	return ug;
}

/* How often it has been signalled, once it has. */
static u64 signals(int fd)
{
	u64 count;

	CHECK(fd_ready(fd, SOON_MS));
	CHECK_EQ(read(fd, &count, sizeof(count)), sizeof(count));
	return count;
}

static bool silent(int fd)
{
	return !fd_ready(fd, QUIET_MS);
}

static void each_has_its_own_eventfd(void)
{
	struct ug ug = open_with("4");
	int i, fds[VECTORS];

	for (i = 1; i < VECTORS; i++)
		fds[i] = arm(&ug.dev, i);
	for (i = 1; i < VECTORS; i++) {
		igb_trigger(ug.regs, BIT(i));
		CHECK_EQ(signals(fds[i]), 1);
	}
	CHECK(uio_quiet(ug.fd));
	igb_trigger(ug.regs, BIT(0));
	uio_read(ug.fd);
	for (i = 1; i < VECTORS; i++)
		CHECK(!fd_ready(fds[i], 0));
}

static void counts_exactly(void)
{
	struct ug ug = open_with("4");
	int i, fd = arm(&ug.dev, 3);

	ug_check_attr(&ug.dev, "vectors", "3 0");
	for (i = 0; i < MANY; i++) {
		igb_trigger(ug.regs, BIT(3));
		CHECK_EQ(signals(fd), 1);
	}
	CHECK(silent(fd));
	ug_check_attr(&ug.dev, "vectors", "3 200");
	arm(&ug.dev, 1);
	ug_check_attr(&ug.dev, "vectors", "1 0\n3 200");
}

static void comes_as_asked_for(void)
{
	struct ug ug = open_with("1");
	int ret, fd = MUST(eventfd(0, EFD_CLOEXEC));

	ret = __arm(&ug.dev, 7, fd);
	if (ret == -ENOSPC)
		skip("this kernel has all MSI-X vectors allocated at once");
	CHECK_EQ(ret, 0);
	igb_trigger(ug.regs, BIT(7));
	CHECK_EQ(signals(fd), 1);
	MUST(__arm(&ug.dev, 7, -1));
	MUST(__arm(&ug.dev, LAST, fd));
	igb_trigger(ug.regs, BIT(LAST));
	CHECK_EQ(signals(fd), 1);
	MUST(__arm(&ug.dev, 7, fd));
	igb_trigger(ug.regs, BIT(7));
	CHECK_EQ(signals(fd), 1);
}

static void can_be_taken_away(void)
{
	struct ug ug = open_with("4");
	int fd = arm(&ug.dev, 1);

	MUST(__arm(&ug.dev, 1, -1));
	MUST(__arm(&ug.dev, 1, -1));
	igb_trigger(ug.regs, BIT(1));
	CHECK(silent(fd));
	ug_check_attr(&ug.dev, "vectors", "");
}

static void can_be_given_to_another(void)
{
	struct ug ug = open_with("4");
	int old = arm(&ug.dev, 1), new = arm(&ug.dev, 1);

	igb_trigger(ug.regs, BIT(1));
	CHECK_EQ(signals(new), 1);
	CHECK(!fd_ready(old, 0));
}

/* The kernel holds it; that the user has closed it harms nobody. */
static void closed_eventfd_is_harmless(void)
{
	struct ug ug = open_with("4");

	MUST(close(arm(&ug.dev, 1)));
	igb_trigger(ug.regs, BIT(1));
	igb_trigger(ug.regs, BIT(0));
	uio_read(ug.fd);
}

/* The eventfds stay; what the device was told does not. */
static void reset_takes_none_away(void)
{
	struct ug ug = open_with("4");
	int fd = arm(&ug.dev, 3);

	pci_attr_write(&ug.dev, "reset", "1");
	igb_enable_vectors(ug.regs, ALL);
	igb_trigger(ug.regs, BIT(3));
	CHECK_EQ(signals(fd), 1);
}

static void last_close_takes_them_away(void)
{
	struct ug ug = open_with("4");
	int other = uio_open(&ug.dev), fd = arm(&ug.dev, 1);

	ug_close(&ug);
	ug_check_attr(&ug.dev, "vectors", "1 0");
	MUST(close(other));
	ug_check_attr(&ug.dev, "vectors", "");
	CHECK(ug_device_is_quiet(&ug.dev));
	open_igb(&ug, &ug.dev);
	igb_trigger(ug.regs, BIT(1));
	CHECK(silent(fd));
}

static void nonsense_is_refused(void)
{
	struct ug ug = open_with("4");
	int fd = event_new();

	CHECK_EQ(__arm(&ug.dev, 0, fd), -EINVAL);
	CHECK_EQ(__arm(&ug.dev, LAST + 1, fd), -EINVAL);
	CHECK_EQ(__arm(&ug.dev, 1, 1000), -EBADF);
	CHECK_EQ(__arm(&ug.dev, 1, ug.fd), -EINVAL);
	CHECK_EQ(__arm(&ug.dev, 1, -2), -EINVAL);
	CHECK_EQ(__ug_write(&ug.dev, "vectors", "1 x"), -EINVAL);
	CHECK_EQ(__ug_write(&ug.dev, "nr_vectors", "2"), -EBUSY);
	ug_close(&ug);
	CHECK_EQ(__arm(&ug.dev, 1, fd), -ENXIO);
	CHECK_EQ(__ug_write(&ug.dev, "nr_vectors", "0"), -EINVAL);
	CHECK_EQ(__ug_write(&ug.dev, "nr_vectors", "11"), -EINVAL);
	CHECK_EQ(__ug_write(&ug.dev, "nr_vectors", "x"), -EINVAL);
	ug_write(&ug.dev, "nr_vectors", "3");
	CHECK_EQ(ug_number(&ug.dev, "nr_vectors"), 3);
	ug_set_mode(&ug.dev, "intx");
	ug_open(&ug, &ug.dev);
	CHECK_EQ(__arm(&ug.dev, 1, fd), -ENXIO);
}

/* By way of sysfs, so that nothing of it keeps the device open. */
static void fire(void *arg)
{
	void *regs;

	for (;;) {
		regs = __pci_map_bar(arg, 0);
		while (regs && mmio_try_write32(regs, IGB_TRIGGER, ALL))
			;
	}
}

static void unbind(const struct pci_dev *dev)
{
	pci_unbind(dev);
	pci_bind(dev, UG);
}

static void remove_and_find(const struct pci_dev *dev)
{
	pci_remove(dev);
	pci_rescan();
	pci_bind(dev, UG);
}

static void close_only(const struct pci_dev *dev)
{
	ug_check_attr(dev, "vectors", "");
}

static void end_while_busy(void (*end)(const struct pci_dev *dev), bool closes)
{
	struct pci_dev dev = bind_igb("4");
	int i, j, fds[VECTORS];
	struct ug ug;
	pid_t pid;

	for (i = 0; i < stress_rounds(50, 500); i++) {
		pid = helper_start(fire, &dev);
		ug_write(&dev, "nr_vectors", "4");
		open_igb(&ug, &dev);
		for (j = 1; j < VECTORS; j++)
			fds[j] = arm(&dev, j);
		signals(fds[1]);
		close(arm(&dev, 2));
		if (closes)
			ug_close(&ug);
		end(&dev);
		if (!closes)
			ug_close(&ug);
		for (j = 1; j < VECTORS; j++)
			close(fds[j]);
		MUST(kill(pid, SIGKILL));
		CHECK_EQ(waitpid(pid, NULL, 0), pid);
	}
}

static void closed_while_busy(void)
{
	end_while_busy(close_only, true);
}

static void unbound_while_busy(void)
{
	end_while_busy(unbind, false);
}

static void removed_while_busy(void)
{
	end_while_busy(remove_and_find, false);
}

static const struct ktap_case cases[] = {
	CASE(each_has_its_own_eventfd),
	CASE(counts_exactly),
	CASE(comes_as_asked_for),
	CASE(can_be_taken_away),
	CASE(can_be_given_to_another),
	CASE(closed_eventfd_is_harmless),
	CASE(reset_takes_none_away),
	CASE(last_close_takes_them_away),
	CASE(nonsense_is_refused),
	SLOW_CASE(closed_while_busy, 40),
	SLOW_CASE(unbound_while_busy, 40),
	SLOW_CASE(removed_while_busy, 40),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

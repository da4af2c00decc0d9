// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that goes away under its users. See removal.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktap.h"
#include "removal.h"

static void reader_main(void *arg)
{
	int *fd = arg;
	u32 count;

	CHECK_EQ(read(*fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EIO);
}

static void poller_main(void *arg)
{
	struct pollfd pollfd = { .fd = *(int *)arg, .events = POLLIN };

	MUST(ppoll(&pollfd, 1, NULL, NULL));
	CHECK(pollfd.revents & POLLERR);
}

/* The core answers read() with EIO; write() and mmap() it refuses with EINVAL. */
void removal_check_dead(int fd)
{
	u32 count;

	CHECK(uio_poll(fd, 0) & POLLERR);
	CHECK_EQ(__uio_read(fd, &count, 0), -EIO);
	CHECK_EQ(__uio_irqcontrol(fd, 1), -EINVAL);
	CHECK(mmap(NULL, PAGE_LEN, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK_EQ(errno, EINVAL);
}

void removal_round(const struct pci_dev *dev, removal_way away)
{
	pid_t reader, poller;
	struct ug ug;

	ug_open(&ug, dev);
	edu_check_alive(ug.regs);
	ug_check_interrupt(&ug);
	reader = helper_start(reader_main, &ug.fd);
	poller = helper_start(poller_main, &ug.fd);
	helper_wait_blocked(reader, SYS_read);
	helper_wait_blocked(poller, SYS_ppoll);
	away(dev);
	helper_join(reader);
	helper_join(poller);
	removal_check_dead(ug.fd);
	ug_close(&ug);
}

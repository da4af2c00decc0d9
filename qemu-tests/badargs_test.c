// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() of /dev/uioN: four bytes, sane values, and no surprises.
 *
 * Machine: edu
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define BAD_ADDRESS	((void *)8)

static void read_takes_four_bytes(void)
{
	struct ug ug = ug_open_edu("msi");
	char buf[8];
	int size;

	for (size = 0; size <= 8; size++) {
		if (size == 4)
			continue;
		CHECK_EQ(read(ug.fd, buf, size), -1);
		CHECK_EQ(errno, EINVAL);
	}
	ug_check_interrupt(&ug);
}

static void write_takes_four_bytes(void)
{
	const char one[8] = { 1 };
	struct ug ug = ug_open_edu("msi");
	int size;

	uio_mask(ug.fd);
	for (size = 0; size <= 8; size++) {
		if (size == 4)
			continue;
		CHECK_EQ(write(ug.fd, one, size), -1);
		CHECK_EQ(errno, EINVAL);
	}
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
}

/* Neither masked nor unmasked by anything but 0 and 1. */
static void write_takes_zero_or_one(void)
{
	static const int wild[] = {
		2, 3, 255, 256, 65536, 0x01000000, 0x7fffffff, -2147483647 - 1, -1, -2
	};
	struct ug ug = ug_open_edu(ktap_variant());
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wild); i++)
		CHECK_EQ(__uio_irqcontrol(ug.fd, wild[i]), -EINVAL);
	ug_check_interrupt(&ug);
	uio_mask(ug.fd);
	for (i = 0; i < ARRAY_SIZE(wild); i++)
		CHECK_EQ(__uio_irqcontrol(ug.fd, wild[i]), -EINVAL);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	uio_read(ug.fd);
}

static void bad_addresses_fault(void)
{
	struct ug ug = ug_open_edu("msi");

	CHECK_EQ(syscall(SYS_write, ug.fd, BAD_ADDRESS, 4), -1);
	CHECK_EQ(errno, EFAULT);
	edu_raise(ug.regs, 1);
	CHECK(fd_ready(ug.fd, SOON_MS));
	CHECK_EQ(syscall(SYS_read, ug.fd, BAD_ADDRESS, 4), -1);
	CHECK_EQ(errno, EFAULT);
	uio_read(ug.fd);
}

static void nonblocking_read_returns(void)
{
	struct pci_dev dev = ug_bind_edu("msi");
	int fd = MUST(__uio_open(&dev, O_RDWR | O_NONBLOCK));
	void *regs = uio_mmap(fd, &dev, 0);
	u32 count;

	CHECK_EQ(read(fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EAGAIN);
	edu_raise(regs, 1);
	uio_read(fd);
	CHECK_EQ(read(fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EAGAIN);
}

static void ignore_signal(int number)
{
	(void)number;
}

static void interrupted_reader(void *arg)
{
	struct sigaction action = { .sa_handler = ignore_signal };
	struct ug *ug = arg;
	u32 count;

	MUST(sigaction(SIGUSR1, &action, NULL));
	CHECK_EQ(read(ug->fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EINTR);
}

static void signal_ends_blocked_read(void)
{
	struct ug ug = ug_open_edu("msi");
	pid_t pid = helper_start(interrupted_reader, &ug);

	helper_wait_blocked(pid, SYS_read);
	MUST(kill(pid, SIGUSR1));
	helper_join(pid);
	ug_check_interrupt(&ug);
}

static void rights_of_the_file(void)
{
	struct pci_dev dev = ug_bind_edu("msi");
	int fd = MUST(__uio_open(&dev, O_RDONLY));

	CHECK_EQ(__uio_irqcontrol(fd, 1), -EBADF);
}

static void no_ioctls(void)
{
	struct ug ug = ug_open_edu("msi");

	CHECK_EQ(ioctl(ug.fd, 0), -1);
	CHECK_EQ(errno, ENOTTY);
}

/* An edu cannot be reset by itself. */
static void no_reset_is_promised_in_vain(void)
{
	struct pci_dev dev = ug_bind_edu("auto");

	CHECK_EQ(__ug_write(&dev, "reset_on_release", "1"), -EOPNOTSUPP);
	CHECK_EQ(ug_number(&dev, "reset_on_release"), 0);
}

static const struct ktap_case cases[] = {
	CASE(read_takes_four_bytes),
	CASE(write_takes_four_bytes),
	CASES(write_takes_zero_or_one, "msi intx"),
	CASE(bad_addresses_fault),
	CASE(nonblocking_read_returns),
	CASE(signal_ends_blocked_read),
	CASE(rights_of_the_file),
	CASE(no_ioctls),
	CASE(no_reset_is_promised_in_vain),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

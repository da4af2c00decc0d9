// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time, small files, the plan of this boot, the kernel log, helper processes.
 * See sys.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"
#include "sys.h"

#define PLAN		"/plan"
#define PLAN_LEN	65536

u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* The pause between two looks at a condition that has no file to poll. */
void wait_a_moment(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	nanosleep(&moment, NULL);
}

bool kernel_is_slow(void)
{
	return file_exists("/sys/kernel/debug/kmemleak") ||
		file_exists("/sys/kernel/debug/kcsan");
}

bool stress_is_wanted(void)
{
	return plan_word("stress");
}

int rounds(int usual)
{
	return kernel_is_slow() ? usual / 10 : usual;
}

int stress_rounds(int usual, int stress)
{
	return rounds(stress_is_wanted() ? stress : usual);
}

int patience(void)
{
	return (kernel_is_slow() ? 4 : 1) * (stress_is_wanted() ? 10 : 1);
}

bool kernel_is_before(int major, int minor)
{
	struct utsname name;
	int x, y, read;

	MUST(uname(&name));
	read = sscanf(name.release, "%d.%d", &x, &y);
	CHECK_EQ(read, 2);
	return x < major || (x == major && y < minor);
}

int __file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int err;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (len < 0)
		return -err;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return 0;
}

int __file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

bool file_exists(const char *path)
{
	return !access(path, F_OK);
}

/* How many entries a directory has; -errno if it is not there. */
int dir_count(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int count = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* The rest of the plan's line that begins with @word. */
const char *plan_word(const char *word)
{
	static char plan[PLAN_LEN];
	size_t len = strlen(word);
	char *line, *rest;

	if (__file_read(PLAN, plan, sizeof(plan)))
		return NULL;
	for (line = strtok_r(plan, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, word, len) && line[len] == ' ')
			return line + len + 1;
	return NULL;
}

const char *plan_machine(void)
{
	return plan_word("machine") ?: "";
}

int plan_dut(u16 *vendor, u16 *device)
{
	const char *id = plan_word("dut");

	if (!id || sscanf(id, "%hx:%hx", vendor, device) != 2)
		return -ENODEV;
	return 0;
}

/* A descriptor whose reader sees only what the kernel says from now on. */
int kmsg_open(void)
{
	int fd = MUST(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));

	MUST(lseek(fd, 0, SEEK_END));
	return fd;
}

/* Reads on to the first record with @text, or to the end of the log. */
bool kmsg_has(int fd, const char *text)
{
	char record[8192];
	ssize_t len;

	while ((len = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		record[len > 0 ? len : 0] = '\0';
		if (strstr(record, text))
			return true;
	}
	return false;
}

void kmsg_write(const char *text)
{
	__file_write("/dev/kmsg", text);
}

pid_t helper_start(void (*fn)(void *arg), void *arg)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		fn(arg);
		_exit(KTAP_PASS);
	}
	return pid;
}

/* The helper's own checks count as those of the case. */
void helper_join(pid_t pid)
{
	int status;

	if (!wait_for(waitpid(pid, &status, WNOHANG) == pid, 2 * SOON_MS))
		FAIL("helper %d does not end", pid);
	if (status)
		FAIL("helper %d ended with status %#x", pid, status);
}

/* Join those that have ended; are there others? */
bool helpers_left(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (status)
			FAIL("helper %d ended with status %#x", pid, status);
	return !pid;
}

static bool blocked(pid_t pid, long syscall)
{
	char path[PATH_LEN], text[PATH_LEN], *end;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	MUST(__file_read(path, text, sizeof(text)));
	return strtol(text, &end, 10) == syscall && end != text;
}

/* Until the helper sleeps in a certain system call. */
bool __helper_wait_blocked(pid_t pid, long syscall, u64 ms)
{
	return wait_for(blocked(pid, syscall), ms);
}

void helper_wait_blocked(pid_t pid, long syscall)
{
	if (!__helper_wait_blocked(pid, syscall, SOON_MS))
		FAIL("helper %d does not get to sleep in system call %ld", pid, syscall);
}

int event_new(void)
{
	return MUST(eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE));
}

void event_signal(int event)
{
	const u64 one = 1;

	CHECK_EQ(write(event, &one, sizeof(one)), sizeof(one));
}

void event_wait(int event)
{
	u64 value;

	CHECK(fd_ready(event, SOON_MS));
	CHECK_EQ(read(event, &value, sizeof(value)), sizeof(value));
}

bool fd_ready(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return MUST(poll(&pollfd, 1, ms)) == 1;
}

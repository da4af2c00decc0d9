// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's own monitor. See qmp.h, and docs/interop/qmp-spec of QEMU.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "qmp.h"
#include "tty.h"

#define UNPLUG_MS	20000
#define NUDGE_MS	500
#define HELLO_TRIES	10
#define HELLO_MS	1000

/* Move the first whole line out of the buffer. */
static bool take_line(struct qmp *qmp, char *line, size_t size)
{
	char *end = memchr(qmp->buf, '\n', qmp->len);
	size_t len;

	if (!end)
		return false;
	len = end - qmp->buf;
	snprintf(line, size, "%.*s", (int)len, qmp->buf);
	qmp->len -= len + 1;
	memmove(qmp->buf, end + 1, qmp->len);
	return true;
}

/*
 * Wait for more to read. On a busy host an interrupt of the port goes missing now
 * and then; to send a blank, which the monitor ignores, makes the kernel look.
 */
static bool more_to_read(int fd, u64 end)
{
	while (!fd_ready(fd, NUDGE_MS)) {
		if (now_ms() >= end || write(fd, " ", 1) != 1)
			return false;
	}
	return true;
}

static int next_line(struct qmp *qmp, char *line, size_t size, u64 end)
{
	ssize_t len;

	while (!take_line(qmp, line, size)) {
		if (!more_to_read(qmp->fd, end))
			return -ETIMEDOUT;
		if (qmp->len == sizeof(qmp->buf))
			return -EMSGSIZE;
		len = read(qmp->fd, qmp->buf + qmp->len, sizeof(qmp->buf) - qmp->len);
		if (len <= 0)
			return -EIO;
		qmp->len += len;
	}
	return 0;
}

static int send_command(struct qmp *qmp, const char *command, const char *arguments)
{
	char text[1024];
	int len;

	len = snprintf(text, sizeof(text), "{\"execute\":\"%s\",\"arguments\":%s,\"id\":%d}\n",
		       command, arguments, qmp->serial);
	return write(qmp->fd, text, len) == len ? 0 : -EIO;
}

/* The answer to the last command, past all events. */
static int answer(struct qmp *qmp, int ms)
{
	u64 end = now_ms() + ms;
	char line[4096], id[32];
	int ret;

	snprintf(id, sizeof(id), "\"id\": %d", qmp->serial);
	for (;;) {
		ret = next_line(qmp, line, sizeof(line), end);
		if (ret)
			return ret;
		if (!strstr(line, id))
			continue;
		if (strstr(line, "\"return\""))
			return 0;
		diag("monitor: %s", line);
		return -EPROTO;
	}
}

int __qmp_command(struct qmp *qmp, const char *command, const char *arguments)
{
	qmp->serial++;
	return send_command(qmp, command, arguments) ?: answer(qmp, SOON_MS);
}

void qmp_command(struct qmp *qmp, const char *command, const char *arguments)
{
	int ret = __qmp_command(qmp, command, arguments);

	if (ret)
		FAIL("%s %s: %s, unread: %.*s", command, arguments, strerror(-ret),
		     (int)qmp->len, qmp->buf);
}

/*
 * The greeting may be long gone, and the mode may have been entered already by
 * another program: what shows is whether a harmless command is understood. Each
 * try has the same number, so that a late answer to an early one counts, too.
 *
 * Until tty_open() has switched it off, the port echoes, so that the monitor may
 * have got a half of its own greeting, and take all that follows for the rest of
 * it; a byte that JSON does not have makes it begin anew.
 */
int __qmp_open(struct qmp *qmp)
{
	int try;

	memset(qmp, 0, sizeof(*qmp));
	qmp->serial = getpid() * 1000;
	qmp->fd = tty_open(plan_word("monitor") ?: "");
	if (qmp->fd < 0)
		return -ENODEV;
	for (try = 0; try < HELLO_TRIES; try++) {
		if (write(qmp->fd, "\xff", 1) != 1)
			break;
		send_command(qmp, "qmp_capabilities", "{}");
		send_command(qmp, "query-status", "{}");
		if (!answer(qmp, HELLO_MS))
			return 0;
	}
	close(qmp->fd);
	return -ENODEV;
}

void qmp_open(struct qmp *qmp)
{
	if (__qmp_open(qmp))
		skip("this machine has no monitor of its own");
}

void qmp_tell(struct qmp *qmp, const char *line)
{
	char arguments[128];

	snprintf(arguments, sizeof(arguments), "{\"command-line\":\"%s\"}", line);
	qmp_command(qmp, "human-monitor-command", arguments);
}

void qmp_close(struct qmp *qmp)
{
	close(qmp->fd);
}

int __qmp_wait_event(struct qmp *qmp, const char *event, const char *device, int ms)
{
	u64 end = now_ms() + ms;
	char line[4096], what[64], which[64];
	int ret;

	snprintf(what, sizeof(what), "\"event\": \"%s\"", event);
	snprintf(which, sizeof(which), "\"device\": \"%s\"", device);
	do {
		ret = next_line(qmp, line, sizeof(line), end);
		if (ret)
			return ret;
	} while (!strstr(line, what) || !strstr(line, which));
	return 0;
}

void qmp_device_del(struct qmp *qmp, const char *id)
{
	char arguments[128];

	snprintf(arguments, sizeof(arguments), "{\"id\":\"%s\"}", id);
	qmp_command(qmp, "device_del", arguments);
	MUST(__qmp_wait_event(qmp, "DEVICE_DELETED", id, UNPLUG_MS));
}

void qmp_device_add(struct qmp *qmp, const char *driver, const char *id, const char *bus)
{
	char arguments[256];

	snprintf(arguments, sizeof(arguments),
		 "{\"driver\":\"%s\",\"id\":\"%s\",\"bus\":\"%s\"}", driver, id, bus);
	qmp_command(qmp, "device_add", arguments);
}

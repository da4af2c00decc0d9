// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program on a terminal of its own. See program.h.
 *
 * A terminal and not a pipe, because stdio would keep the lines back from a
 * pipe. It does not become the controlling one: that would take a session of
 * its own, and the harness ends what a case leaves behind by process group.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "program.h"

static char *const environment[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C", "TERM=dumb", NULL
};

__noreturn static void become(const char *terminal, const char *root,
			      const char *const argv[])
{
	int i, fd = open(terminal, O_RDWR | O_NOCTTY);

	for (i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	if (!chroot(root) && !chdir("/"))
		execvpe(argv[0], (char *const *)argv, environment);
	printf("cannot run %s: %s\n", argv[0], strerror(errno));
	fflush(NULL);
	_exit(127);
}

void program_start(struct program *program, const char *root, const char *const argv[])
{
	char terminal[64];

	memset(program, 0, offsetof(struct program, text));
	program->name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	program->fd = MUST(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
	MUST(unlockpt(program->fd));
	CHECK_EQ(ptsname_r(program->fd, terminal, sizeof(terminal)), 0);
	program->pid = MUST(fork());
	if (!program->pid)
		become(terminal, root, argv);
}

/* Pass whole lines on to the report; @all: the last one, too. */
static void report_lines(struct program *program, bool all)
{
	char *line, *end, *stop = program->text + program->len;
	size_t len;

	for (;;) {
		line = program->text + program->reported;
		end = memchr(line, '\n', stop - line);
		if (!end && (!all || line == stop))
			return;
		len = (end ?: stop) - line;
		diag("%s| %.*s", program->name, (int)strcspn(line, "\r\n"), line);
		program->reported += len + !!end;
		if (!end)
			return;
	}
}

void program_forget(struct program *program)
{
	report_lines(program, true);
	program->len = 0;
	program->reported = 0;
	program->text[0] = '\0';
}

/* Control characters, but for those that end lines, are the terminal's. */
static void append(struct program *program, const char *data, size_t len)
{
	if (program->len + len >= sizeof(program->text))
		program_forget(program);
	for (; len; len--, data++)
		if ((unsigned char)*data >= ' ' || *data == '\n')
			program->text[program->len++] = *data;
	program->text[program->len] = '\0';
	report_lines(program, false);
}

/* One read; false at the end, for which a terminal's word is EIO. */
static bool listen(struct program *program, u64 end)
{
	u64 now = now_ms();
	char data[4096];
	ssize_t len;

	if (program->fd < 0 || now >= end || !fd_ready(program->fd, end - now))
		return false;
	len = read(program->fd, data, sizeof(data));
	if (len <= 0) {
		close(program->fd);
		program->fd = -1;
		return false;
	}
	append(program, data, len);
	return true;
}

void program_say(struct program *program, const char *line)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "%s\n", line);

	if (program->fd < 0)
		FAIL("%s has gone, cannot say \"%s\"", program->name, line);
	CHECK_EQ(write(program->fd, text, len), len);
}

bool __program_expect(struct program *program, const char *text, int ms)
{
	u64 end = now_ms() + ms;

	while (!strstr(program->text, text))
		if (!listen(program, end))
			return strstr(program->text, text);
	return true;
}

void program_expect(struct program *program, const char *text, int ms)
{
	if (__program_expect(program, text, ms))
		return;
	report_lines(program, true);
	if (program->fd < 0)
		FAIL("%s ended (status %#x) without \"%s\"", program->name,
		     program_end(program, SOON_MS), text);
	FAIL("%s does not say \"%s\" within %d s", program->name, text, ms / 1000);
}

int program_end(struct program *program, int ms)
{
	u64 end = now_ms() + ms;
	int status;

	while (listen(program, end))
		;
	report_lines(program, true);
	if (!wait_for(waitpid(program->pid, &status, WNOHANG) == program->pid,
		      now_ms() < end ? end - now_ms() : 0))
		FAIL("%s does not end within %d s", program->name, ms / 1000);
	return status;
}

void program_run(struct program *program, const char *root, const char *const argv[],
		 int ms)
{
	int status;

	program_start(program, root, argv);
	status = program_end(program, ms);
	if (status)
		FAIL("%s %s: wait status %#x", argv[0], argv[1] ?: "", status);
}

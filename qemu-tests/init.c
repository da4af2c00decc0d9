// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of a test machine.
 *
 * It mounts what tests need, reads /plan, runs one program after the other and
 * reports all of it as nested KTAP on the second serial port. Then it powers
 * off. It never exits, whatever becomes of the programs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/sys.h"
#include "lib/tty.h"

#define PLAN_LEN	65536
#define LINE_LEN	1024
#define MAX_STEPS	256
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define KMEMLEAK_AGE_MS	6000	/* it does not report younger objects */

enum step_kind { STEP_TEST, STEP_PRINT, STEP_SHELL };

struct step {
	enum step_kind kind;
	char name[64];
	int deadline;
};

/* What the output of a program has said so far. */
struct outcome {
	int planned;		/* -1: no plan seen */
	int results;
	int failures;
	bool skipped;		/* the last result, or the whole plan */
	int skips;
	char why[128];		/* empty: ok */
};

static int report = -1;

static void say(const char *fmt, ...) __printf(1, 2);
static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vdprintf(report, fmt, args);
	va_end(args);
}

/* --- the machine --- */

static void mount_at(const char *type, const char *where)
{
	mkdir(where, 0755);
	mount(type, where, type, 0, NULL);
}

static void mount_all(void)
{
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("devtmpfs", "/dev");
	mount_at("devpts", "/dev/pts");
	mount_at("tmpfs", "/tmp");
	mount_at("tmpfs", "/run");
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
}

static void open_console(void)
{
	int i, fd = open("/dev/console", O_RDWR);

	for (i = 0; i < 3 && fd >= 0; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void run_and_wait(const char *const argv[])
{
	pid_t pid = fork();

	if (!pid) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void install_busybox(void)
{
	static const char *const argv[] = {
		"/bin/busybox", "--install", "-s", "/bin", NULL
	};

	if (file_exists(argv[0]))
		run_and_wait(argv);
}

__noreturn static void power_off(void)
{
	if (report >= 0)
		tcdrain(report);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* --- the plan --- */

static bool parse_step(const char *line, struct step *step)
{
	*step = (struct step){ .kind = STEP_TEST };
	if (sscanf(line, "test %63s %d", step->name, &step->deadline) == 2)
		return true;
	step->kind = STEP_PRINT;
	if (sscanf(line, "print %63s", step->name) == 1)
		return true;
	step->kind = STEP_SHELL;
	return !strcmp(line, "shell");
}

static int read_plan(struct step *steps, int max)
{
	static char plan[PLAN_LEN];
	char *line, *rest;
	int count = 0;

	if (__file_read("/plan", plan, sizeof(plan)))
		return 0;
	for (line = strtok_r(plan, "\n", &rest); line && count < max;
	     line = strtok_r(NULL, "\n", &rest))
		count += parse_step(line, &steps[count]);
	return count;
}

/* --- reading a program's KTAP --- */

static void judge_line(struct outcome *outcome, const char *line)
{
	int number;

	if (sscanf(line, "1..%d", &number) == 1) {
		outcome->planned = number;
		outcome->skipped = !number;
	} else if (!strncmp(line, "ok ", 3)) {
		outcome->results++;
		outcome->skips += !!strstr(line, "# SKIP");
	} else if (!strncmp(line, "not ok ", 7)) {
		outcome->results++;
		outcome->failures++;
	}
}

static void take_line(struct outcome *outcome, const char *line)
{
	if (!strncmp(line, "KTAP version", 12))
		return;		/* said before the program was started */
	judge_line(outcome, line);
	say("    %s\n", line);
}

/* Whole lines are passed on; @keep is what the last one lacks. */
static void take_output(struct outcome *outcome, char *buf, size_t *keep)
{
	char *line = buf, *end;

	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		take_line(outcome, line);
		line = end + 1;
	}
	*keep = strlen(line);
	memmove(buf, line, *keep + 1);
}

/* One read; false at the end of the output. */
static bool relay(int fd, struct outcome *outcome, char *buf, size_t *keep)
{
	ssize_t len = read(fd, buf + *keep, LINE_LEN - 2 - *keep);
	size_t i;

	if (len <= 0)
		return false;
	for (i = *keep; i < *keep + len; i++)
		if (!buf[i])
			buf[i] = '?';
	buf[*keep + len] = '\0';
	if (*keep + len == LINE_LEN - 2 && !strchr(buf, '\n'))
		strcat(buf, "\n");
	take_output(outcome, buf, keep);
	return true;
}

/* --- running a program --- */

static pid_t start(const struct step *step, int out)
{
	char path[PATH_LEN];
	pid_t pid = fork();

	if (pid)
		return pid;
	snprintf(path, sizeof(path), "/tests/%s", step->name);
	setsid();
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execl(path, path, NULL);
	dprintf(STDOUT_FILENO, "# cannot run %s: %s\n", path, strerror(errno));
	_exit(127);
}

static void fault(struct outcome *outcome, const char *fmt, ...) __printf(2, 3);
static void fault(struct outcome *outcome, const char *fmt, ...)
{
	va_list args;

	if (outcome->why[0])
		return;
	va_start(args, fmt);
	vsnprintf(outcome->why, sizeof(outcome->why), fmt, args);
	va_end(args);
}

/* Pass on all that comes before @end; false if the program did not stop. */
static bool relay_until(int fd, struct outcome *outcome, u64 end)
{
	char buf[LINE_LEN];
	size_t keep = 0;
	bool more = true;
	u64 now;

	while (more) {
		now = now_ms();
		if (now >= end || !fd_ready(fd, end - now))
			break;
		more = relay(fd, outcome, buf, &keep);
	}
	if (keep)
		take_line(outcome, buf);
	return !more;
}

static bool reaped(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

/* Everything but ourselves goes: what a program leaves behind, too. */
static void end_all(void)
{
	kill(-1, SIGKILL);
	if (!wait_for(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, SOON_MS))
		say("    # some process cannot be killed\n");
}

static void judge_exit(struct outcome *outcome, int status)
{
	if (WIFSIGNALED(status))
		fault(outcome, "died by signal %d", WTERMSIG(status));
	else if (outcome->planned < 0)
		fault(outcome, "no plan, exit status %d", WEXITSTATUS(status));
	else if (outcome->planned != outcome->results)
		fault(outcome, "%d results of %d planned", outcome->results, outcome->planned);
	else if (outcome->failures)
		fault(outcome, "%d of %d failed", outcome->failures, outcome->planned);
	else if (WEXITSTATUS(status) && WEXITSTATUS(status) != KTAP_SKIP)
		fault(outcome, "exit status %d", WEXITSTATUS(status));
	outcome->skipped = outcome->skips == outcome->planned;
}

static void run_program(const struct step *step, struct outcome *outcome)
{
	u64 end = now_ms() + step->deadline * 1000ULL;
	int status = 0, out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC)) {
		fault(outcome, "no pipe");
		return;
	}
	pid = start(step, out[1]);
	close(out[1]);
	if (!relay_until(out[0], outcome, end) || !wait_for(reaped(pid, &status), SOON_MS))
		fault(outcome, "timed out");
	close(out[0]);
	end_all();
	judge_exit(outcome, status);
}

/* --- the steps --- */

static void mark(const char *what, const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "<6>ktap: %s %s\n", what, name);
	kmsg_write(text);
}

static void run_test(const struct step *step, int number)
{
	struct outcome outcome = { .planned = -1 };

	say("    KTAP version 1\n    # Subtest: %s\n", step->name);
	mark("begin", step->name);
	run_program(step, &outcome);
	mark("end", step->name);
	if (outcome.why[0])
		say("not ok %d %s # %s\n", number, step->name, outcome.why);
	else
		say("ok %d %s%s\n", number, step->name, outcome.skipped ? " # SKIP" : "");
}

/*
 * Once for all programs, since an object must be some seconds old to be reported.
 * The first scan takes check sums, the second one believes them.
 */
static void run_kmemleak(int number)
{
	static char text[8192];
	u64 end = now_ms() + KMEMLEAK_AGE_MS;
	char *line, *rest;
	bool leaked;

	wait_for(now_ms() >= end, KMEMLEAK_AGE_MS);
	__file_write(KMEMLEAK, "scan");
	__file_write(KMEMLEAK, "scan");
	leaked = __file_read(KMEMLEAK, text, sizeof(text)) || text[0];

	say("    KTAP version 1\n    # Subtest: kmemleak\n    1..1\n");
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say("    # %s\n", line);
	say("    %s 1 nothing_leaked\n", leaked ? "not ok" : "ok");
	say("%s %d kmemleak\n", leaked ? "not ok" : "ok", number);
}

/* What it prints is the report's own. */
static void run_printer(const struct step *step)
{
	pid_t pid;

	mark("begin", step->name);
	pid = start(step, report);
	waitpid(pid, NULL, 0);
	end_all();
	mark("end", step->name);
}

/* The device behind /dev/console, which cannot control a session itself. */
static void console_path(char *path, size_t size)
{
	char active[128] = "ttyS0";
	const char *last;

	__file_read("/sys/class/tty/console/active", active, sizeof(active));
	last = strrchr(active, ' ');
	snprintf(path, size, "/dev/%s", last ? last + 1 : active);
}

__noreturn static void exec_shell(void)
{
	char path[PATH_LEN];
	int fd, i;

	setsid();
	console_path(path, sizeof(path));
	fd = open(path, O_RDWR);
	ioctl(fd, TIOCSCTTY, 1);
	for (i = 0; i < 3; i++)
		dup2(fd, i);
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin:/tests", 1);
	execl("/bin/busybox", "sh", NULL);
	_exit(127);
}

/* A shell that is killed comes back; one that exits has ended the session. */
static void run_shell(void)
{
	int status;
	pid_t pid;

	do {
		pid = fork();
		if (!pid)
			exec_shell();
		while (waitpid(-1, &status, 0) != pid)
			;
	} while (WIFSIGNALED(status));
	end_all();
}

static void run_step(const struct step *step, int *tests)
{
	if (step->kind == STEP_TEST)
		run_test(step, ++*tests);
	else if (step->kind == STEP_PRINT)
		run_printer(step);
	else
		run_shell();
}

static void run_steps(const struct step *steps, int count)
{
	int i, tests = 0;
	bool kmemleak;

	for (i = 0; i < count; i++)
		tests += steps[i].kind == STEP_TEST;
	kmemleak = tests && !__file_write(KMEMLEAK, "clear");
	say("KTAP version 1\n1..%d\n", tests + kmemleak);
	for (i = 0, tests = 0; i < count; i++)
		run_step(&steps[i], &tests);
	if (kmemleak)
		run_kmemleak(tests + 1);
	say("# end: %d programs\n", count);
}

int main(void)
{
	static struct step steps[MAX_STEPS];
	int count;

	mount_all();
	open_console();
	install_busybox();
	report = tty_open(plan_word("report") ?: "/dev/null");
	count = read_plan(steps, MAX_STEPS);
	run_steps(steps, count);
	power_off();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KTAP harness: runs each case of a program in a child process, judges how
 * it ended and prints the result line. See ktap.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"

#define LINE_LEN	512

/* Why the running case was skipped: the child writes, the parent reads. */
static int skip_pipe[2];

/* The variant of the case that is being run; empty if it has none. */
static char variant[64];

static void say(const char *prefix, const char *fmt, va_list args)
{
	char line[LINE_LEN];
	int len = snprintf(line, sizeof(line), "%s", prefix);

	vsnprintf(line + len, sizeof(line) - len, fmt, args);
	dprintf(STDOUT_FILENO, "%s\n", line);
}

void diag(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("# ", fmt, args);
	va_end(args);
}

void skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vdprintf(skip_pipe[1], fmt, args);
	va_end(args);
	_exit(KTAP_SKIP);
}

void ktap_fail(const struct ktap_place *at, const char *fmt, ...)
{
	va_list args;

	if (at->text)
		diag("%s:%d: %s", at->file, at->line, at->text);
	else
		diag("%s:%d", at->file, at->line);
	va_start(args, fmt);
	say("#   ", fmt, args);
	va_end(args);
	_exit(KTAP_FAIL);
}

void ktap_check(bool good, const struct ktap_place *at)
{
	if (!good)
		ktap_fail(at, "does not hold (errno %d, %s)", errno, strerror(errno));
}

void ktap_compare(bool good, const struct ktap_place *at, long long a, long long b)
{
	if (!good)
		ktap_fail(at, "left %lld (%#llx), right %lld (%#llx)", a, a, b, b);
}

void ktap_compare_str(const char *a, const char *b, const struct ktap_place *at)
{
	if (strcmp(a, b))
		ktap_fail(at, "left \"%s\", right \"%s\"", a, b);
}

long long ktap_must(long long result, const struct ktap_place *at)
{
	if (result == -1)
		ktap_fail(at, "-1, errno %d (%s)", errno, strerror(errno));
	if (result < 0)
		ktap_fail(at, "%lld (%s)", result, strerror(-result));
	return result;
}

const char *ktap_variant(void)
{
	return variant;
}

static void run_child(const struct ktap_case *test)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	test->fn();
	_exit(KTAP_PASS);
}

/* Wait for @pid until @end; SIGCHLD is blocked and ends the pause early. */
static bool reap_until(pid_t pid, int *status, u64 end)
{
	struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (waitpid(pid, status, WNOHANG) != pid) {
		if (now_ms() >= end)
			return false;
		sigtimedwait(&child, NULL, &pause);
	}
	return true;
}

/* End whatever the case started; its orphans become our children. */
static bool end_group(pid_t group)
{
	u64 end = now_ms() + SOON_MS;
	int status;

	kill(-group, SIGKILL);
	while (now_ms() < end) {
		if (waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD)
			return true;
		wait_a_moment();
	}
	return false;
}

static int judge(int status)
{
	if (WIFSIGNALED(status)) {
		diag("died by signal %d (%s)", WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
		return KTAP_FAIL;
	}
	return WEXITSTATUS(status);
}

static int run_case(const struct ktap_case *test)
{
	int seconds = (test->deadline ? test->deadline : CASE_DEADLINE) * patience();
	int status = 0, verdict;
	bool in_time;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		run_child(test);
	setpgid(pid, pid);
	in_time = reap_until(pid, &status, now_ms() + seconds * 1000ULL);
	if (!in_time)
		diag("still running after %d seconds", seconds);
	verdict = in_time ? judge(status) : KTAP_FAIL;
	if (!end_group(pid)) {
		dprintf(STDOUT_FILENO, "Bail out! %s cannot be killed\n", test->name);
		_exit(KTAP_FAIL);
	}
	return verdict;
}

static void print_result(const struct ktap_case *test, int number, int verdict)
{
	char reason[LINE_LEN] = "";
	ssize_t len = 0;

	if (verdict == KTAP_SKIP) {
		len = read(skip_pipe[0], reason, sizeof(reason) - 1);
		reason[len > 0 ? len : 0] = '\0';
	}
	dprintf(STDOUT_FILENO, "%sok %d %s%s%s%s%s\n",
		verdict == KTAP_PASS || verdict == KTAP_SKIP ? "" : "not ",
		number, test->name, variant[0] ? "." : "", variant,
		verdict == KTAP_SKIP ? " # SKIP " : "", reason);
}

/* The hook is run in a child: its own failure is reported, not suffered. */
static bool run_cleanup(void (*cleanup)(void))
{
	const struct ktap_case hook = { "cleanup", cleanup, 0, NULL };

	return !cleanup || run_case(&hook) == KTAP_PASS;
}

/*
 * Take the next word of @variants, and step over it. A case without variants
 * is run once, for no word.
 */
static const char *next_variant(const char *variants)
{
	size_t len;

	if (!variants)
		variants = "";
	len = strcspn(variants, " ");
	snprintf(variant, sizeof(variant), "%.*s", (int)len, variants);
	variants += len;
	return variants + strspn(variants, " ");
}

static int count_results(const struct ktap_case *cases, int count)
{
	const char *rest;
	int i, results = 0;

	for (i = 0; i < count; i++) {
		rest = cases[i].variants;
		do {
			rest = next_variant(rest);
			results++;
		} while (*rest);
	}
	return results;
}

static void prepare(int results)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(skip_pipe))
		_exit(KTAP_FAIL);
	dprintf(STDOUT_FILENO, "KTAP version 1\n1..%d\n", results);
}

struct tally {
	int number;
	int failed;
	int skipped;
};

static void run_variant(const struct ktap_case *test, void (*cleanup)(void),
			struct tally *tally)
{
	int verdict = run_case(test);

	if (!run_cleanup(cleanup)) {
		diag("the state it left behind could not be undone");
		verdict = KTAP_FAIL;
	}
	print_result(test, ++tally->number, verdict);
	tally->skipped += verdict == KTAP_SKIP;
	tally->failed += verdict != KTAP_SKIP && verdict != KTAP_PASS;
}

int ktap_run(const struct ktap_case *cases, int count, void (*cleanup)(void))
{
	struct tally tally = { 0 };
	const char *rest;
	int i;

	prepare(count_results(cases, count));
	for (i = 0; i < count; i++) {
		rest = cases[i].variants;
		do {
			rest = next_variant(rest);
			run_variant(&cases[i], cleanup, &tally);
		} while (*rest);
	}
	if (tally.failed)
		return KTAP_FAIL;
	return tally.skipped == tally.number ? KTAP_SKIP : KTAP_PASS;
}

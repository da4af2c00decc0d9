// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on demand. See fail.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "ktap.h"

#define FIXTURE		"fault_fixture"
#define CONTROL		"/sys/module/" FIXTURE "/parameters/fail"
#define DEBUGFS		"/sys/kernel/debug/"
#define MOST		5000	/* no step gets that far */
#define DENSE		8	/* so many one after the other, then ever fewer */
#define EACH		0	/* instead of the Nth */
#define NEVER		1000000

/* Allocations of all kinds may fail, without a word. */
static const char * const settings[][2] = {
	{ "failslab/ignore-gfp-wait", "N" },
	{ "failslab/verbose", "0" },
	{ "fail_page_alloc/ignore-gfp-wait", "N" },
	{ "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "fail_page_alloc/min-order", "0" },
	{ "fail_page_alloc/verbose", "0" },
	{ "fail_usercopy/verbose", "0" },
};

/* Whoever asks for them. */
static const char * const callers[][2] = {
	{ "failslab/require-start", "0" },
	{ "failslab/require-end", "0xffffffffffffffff" },
	{ "fail_page_alloc/require-start", "0" },
	{ "fail_page_alloc/require-end", "0xffffffffffffffff" },
};

/*
 * What fails: the Nth of all allocations and copies, or of the calls of a function.
 */
struct fail {
	const char *function;	/* NULL: allocations and copies */
	int error;
	int nth_fd;
};

static void set(const char *name, const char *value)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DEBUGFS "%s", name);
	MUST(__file_write(path, value));
}

/* Before 6.3, x86-64 does not look at who it is. */
static bool callers_count(void)
{
	return file_exists(DEBUGFS "failslab/require-start");
}

void fail_begin(const char *function, int error, int nth)
{
	char text[128];
	int ret;

	snprintf(text, sizeof(text), "%s %d %d", function, error, nth);
	ret = __file_write(CONTROL, text);
	if (ret)
		FAIL("%s cannot be made to fail: %s", function, strerror(-ret));
}

void fail_end(void)
{
	MUST(__file_write(CONTROL, "none"));
}

/* Where in the kernel a function is; /proc/kallsyms takes its time to tell. */
static unsigned long long address_of(const char *function)
{
	unsigned long long address;
	char text[64];
	int found;

	fail_begin(function, 0, NEVER);
	MUST(__file_read(CONTROL, text, sizeof(text)));
	fail_end();
	found = sscanf(text, "%*u %*u %llx", &address);
	CHECK_EQ(found, 1);
	return address;
}

static void set_address(const char *attr, const char *end, const char *function)
{
	char name[64], text[32];

	snprintf(name, sizeof(name), "%s-%s", attr, end);
	snprintf(text, sizeof(text), "%#llx", address_of(function));
	set(name, text);
}

static void set_range(const char *attr, const char *first, const char *last)
{
	if (!callers_count())
		skip("this kernel cannot choose whose allocations fail");
	set_address(attr, "start", first);
	set_address(attr, "end", last);
}

void fail_spare(const char *first, const char *last)
{
	set_range("failslab/reject", first, last);
	set_range("fail_page_alloc/reject", first, last);
}

void fail_only(const char *first, const char *last)
{
	set_range("failslab/require", first, last);
	set_range("fail_page_alloc/require", first, last);
}

void fail_init(void)
{
	size_t i;

	if (!module_available(FIXTURE))
		skip("this kernel cannot inject faults");
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		set(settings[i][0], settings[i][1]);
	if (!module_loaded(FIXTURE))
		module_load(FIXTURE, "");
	if (!callers_count())
		return;
	for (i = 0; i < ARRAY_SIZE(callers); i++)
		set(callers[i][0], callers[i][1]);
	/* Its own are half of all, and it can do without. */
	if (file_exists("/sys/kernel/debug/kmemleak"))
		fail_spare("__alloc_object", "kmemleak_write");
}

void fail_cleanup(void)
{
	if (module_loaded(FIXTURE))
		module_unload(FIXTURE);
}

static void arm(const struct fail *fail, int nth)
{
	char text[16];

	if (fail->function) {
		fail_begin(fail->function, fail->error, nth);
		return;
	}
	snprintf(text, sizeof(text), "%d", nth);
	CHECK(pwrite(fail->nth_fd, text, strlen(text), 0) > 0);
}

/* Reading the number copies it to user space, which is the last that may fail. */
static bool memory_failed(const struct fail *fail)
{
	char text[16] = "";
	ssize_t len = pread(fail->nth_fd, text, sizeof(text) - 1, 0);

	/* So does writing one. */
	while (pwrite(fail->nth_fd, "0", 1, 0) < 0)
		CHECK_EQ(errno, EFAULT);
	return len > 0 && !atoi(text);
}

static bool function_failed(const struct fail *fail)
{
	unsigned int calls, failed;
	char text[64];
	int found;

	MUST(__file_read(CONTROL, text, sizeof(text)));
	found = sscanf(text, "%u %u", &calls, &failed);
	CHECK_EQ(found, 2);
	fail_begin(fail->function, fail->error, NEVER);
	return failed;
}

/* Did anything fail since arm()?  Nothing does from now on. */
static bool disarm(const struct fail *fail)
{
	return fail->function ? function_failed(fail) : memory_failed(fail);
}

static void finish(const struct fail_step *step)
{
	if (step->undo)
		step->undo();
	if (step->check)
		step->check();
}

static void try_again(const struct fail_step *step, int nth)
{
	int ret;

	if (step->prepare)
		step->prepare();
	ret = step->act();
	if (ret < 0)
		FAIL("%s, after failure %d: %s", step->what, nth, strerror(-ret));
	finish(step);
}

/* One try; returns whether it got to the fault, and counts if it failed by it. */
static bool try_with(const struct fail *fail, const struct fail_step *step,
		     int nth, int *failures)
{
	bool reached;
	int ret;

	if (step->prepare)
		step->prepare();
	arm(fail, nth);
	ret = step->act();
	reached = disarm(fail);
	if (ret < 0 && (!reached || step->never))
		FAIL("%s, with failure %d: %s", step->what, nth, strerror(-ret));
	if (ret >= 0) {
		finish(step);
		return reached;
	}
	++*failures;
	if (step->check)
		step->check();
	try_again(step, nth);
	return true;
}

static int after(int nth)
{
	return stress_is_wanted() ? nth + 1 : nth + 1 + nth / DENSE;
}

static int try_each(const struct fail *fail, const struct fail_step *step)
{
	int nth = 1, tries = 0, failures = 0;
	u64 start = now_ms();

	while (try_with(fail, step, nth, &failures)) {
		tries++;
		nth = after(nth);
		CHECK(nth < MOST);
	}
	if (fail->function) {
		CHECK(tries);
		tries++;
		try_with(fail, step, EACH, &failures);
	}
	diag("%s: %d failures of %s, %d became its own, %llu ms", step->what, tries,
	     fail->function ?: "memory", failures, now_ms() - start);
	return failures;
}

int fail_put(int fd, const char *text)
{
	return pwrite(fd, text, strlen(text), 0) < 0 ? -errno : 0;
}

int fail_memory(const struct fail_step *step)
{
	struct fail fail = {
		.nth_fd = MUST(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)),
	};
	int failures = try_each(&fail, step);

	MUST(close(fail.nth_fd));
	return failures;
}

int fail_function(const char *function, int error, const struct fail_step *step)
{
	const struct fail fail = { .function = function, .error = error };
	int failures = try_each(&fail, step);

	fail_end();
	return failures;
}

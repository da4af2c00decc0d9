// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations by chance: the threads, their sequences, and what came of it. See
 * fuzz.h.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"
#include "ktap.h"

#define THREADS		4
#define MAX_OPS		64
#define SEED		1
#define SEASON		256
#define PER_SECOND	50	/* operations, at the slowest; also in host/fuzz.py */
#define HANG_MS		40000	/* for one operation; longer where the kernel is slow */
#define WATCH_US	20000
#define FEW		500	/* of these at least one must succeed */

struct tally {
	u32 tried;
	u32 done;
	u32 ms;
};

struct worker {
	pthread_t thread;
	int number;
	pid_t tid;
	u32 at;			/* number of the operation */
	const struct fuzz_op *op;
	u64 since;
};

static struct {
	unsigned long long seed;
	u32 each;		/* operations of a thread */
	struct fuzz_op ops[MAX_OPS];
	int count;
	u32 weight;		/* of all */
	struct tally tallies[MAX_OPS];
	struct worker workers[THREADS];
} run;

/* --- chance --- */

/* Every step gives all bits of the sum a say in all bits of the result. */
static u64 mix(u64 value)
{
	value = (value ^ (value >> 31)) * 0x7fb5d329728ea185;
	value = (value ^ (value >> 27)) * 0x81dadef4bc2dd44d;
	return value ^ (value >> 33);
}

static u64 chance_of(u64 a, u64 b, u64 c)
{
	return mix(mix(mix(a + 1) + b) + c);
}

u32 fuzz_below(struct fuzz *fuzz, u32 limit)
{
	fuzz->chance += 0x9e3779b97f4a7c15;
	return (mix(fuzz->chance) >> 32) * limit >> 32;
}

bool fuzz_percent(struct fuzz *fuzz, u32 percent)
{
	return fuzz_below(fuzz, 100) < percent;
}

u32 fuzz_favourite(struct fuzz *fuzz, u32 limit)
{
	return fuzz_percent(fuzz, 75) ? fuzz->season % limit : fuzz_below(fuzz, limit);
}

/* --- what is asked for --- */

static u32 read_plan(u32 total)
{
	const char *words = plan_word("fuzz");

	run.seed = SEED;
	if (words && sscanf(words, "%llu %u", &run.seed, &total) < 1)
		FAIL("the plan's line \"fuzz %s\" is no seed and number", words);
	return total;
}

int fuzz_deadline(u32 ops)
{
	return 60 + read_plan(ops) / PER_SECOND;
}

static void take_ops(const struct fuzz_op *ops, int count)
{
	int i;

	CHECK(count <= MAX_OPS);
	for (i = 0; i < count; i++) {
		if (ops[i].needs && !file_exists(ops[i].needs))
			continue;
		run.weight += ops[i].weight;
		run.ops[run.count++] = ops[i];
	}
}

/* --- the threads --- */

static int choose(struct fuzz *fuzz)
{
	u32 at = fuzz_below(fuzz, run.weight);
	int i;

	for (i = 0; at >= run.ops[i].weight; i++)
		at -= run.ops[i].weight;
	return i;
}

static void do_one(struct worker *worker, u32 number)
{
	struct fuzz fuzz = {
		.chance = chance_of(run.seed, worker->number, number),
		.season = chance_of(run.seed, THREADS, number / SEASON),
		.thread = worker->number,
		.number = number,
	};
	int i = choose(&fuzz);

	worker->at = number;
	worker->op = &run.ops[i];
	__atomic_store_n(&worker->since, now_ms(), __ATOMIC_RELEASE);
	__atomic_add_fetch(&run.tallies[i].tried, 1, __ATOMIC_RELAXED);
	if (run.ops[i].act(&fuzz))
		__atomic_add_fetch(&run.tallies[i].done, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&run.tallies[i].ms, now_ms() - worker->since, __ATOMIC_RELAXED);
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	u32 number;

	worker->tid = syscall(SYS_gettid);
	for (number = 0; number < run.each; number++)
		do_one(worker, number);
	__atomic_store_n(&worker->since, 0, __ATOMIC_RELEASE);
	return NULL;
}

/* --- watching them --- */

static void tell_stack(const struct worker *worker)
{
	char path[PATH_LEN], text[4096] = "", *line, *rest;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stack", worker->tid);
	__file_read(path, text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		diag("  %s", line);
}

static void tell_workers(void)
{
	u64 now = now_ms();
	int i;

	for (i = 0; i < THREADS; i++) {
		const struct worker *worker = &run.workers[i];

		if (!worker->since)
			continue;
		diag("thread %d is at operation %u, %s, for %llu ms", i, worker->at,
		     worker->op->name, now - worker->since);
		tell_stack(worker);
	}
}

static bool all_done(void)
{
	u64 since, limit = kernel_is_slow() ? 3 * HANG_MS : HANG_MS;
	bool done = true;
	int i;

	for (i = 0; i < THREADS; i++) {
		since = __atomic_load_n(&run.workers[i].since, __ATOMIC_ACQUIRE);
		done = done && !since;
		if (since && now_ms() > since + limit) {
			tell_workers();
			FAIL("thread %d hangs", i);
		}
	}
	return done;
}

static void start_workers(void)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		struct worker *worker = &run.workers[i];

		worker->number = i;
		worker->op = &run.ops[0];
		worker->since = now_ms();
		CHECK_EQ(pthread_create(&worker->thread, NULL, work, worker), 0);
	}
}

static void judge(void)
{
	int i;

	for (i = 0; i < run.count; i++)
		diag("%s: %u of %u, %u ms", run.ops[i].name, run.tallies[i].done,
		     run.tallies[i].tried, run.tallies[i].ms);
	for (i = 0; i < run.count; i++)
		if (run.tallies[i].tried >= FEW && !run.tallies[i].done)
			FAIL("%s never succeeds", run.ops[i].name);
}

void fuzz_run(const struct fuzz_op *ops, int count, u32 total)
{
	u64 start = now_ms();
	int i;

	total = read_plan(total);
	run.each = total / THREADS;
	take_ops(ops, count);
	diag("%u operations of %d kinds in %d threads, FUZZ_SEED=%llu FUZZ_OPS=%u",
	     total, run.count, THREADS, run.seed, total);
	fuzz_survive_touches();
	start_workers();
	while (!all_done())
		usleep(WATCH_US);
	for (i = 0; i < THREADS; i++)
		CHECK_EQ(pthread_join(run.workers[i].thread, NULL), 0);
	diag("%llu ms", now_ms() - start);
	judge();
}

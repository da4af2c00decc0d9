// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an interrupt costs, and opening the device that sends it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/count.h"
#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/subject.h"
#include "lib/uio.h"

#define OPENED		"uio_generic:msi igb_uio:msi uio_generic:intx igb_uio:intx "	\
			"dropin:write in-tree:config"
#define INTERRUPTED	"uio_generic:msi igb_uio:msi vfio-pci:msi "			\
			"uio_generic:msi+write igb_uio:msi+write "			\
			"uio_generic:intx igb_uio:intx "				\
			"dropin:write dropin:config in-tree:config"

static struct count count;
static struct rig rig;

static u64 serve_one(void)
{
	u64 begin = count_now();

	edu_raise(rig.regs, 1);
	rig_read(&rig);
	rig_serve(&rig);
	return count_now() - begin;
}

/*
 * Once in 1024 interrupts the kernel wants to stir its entropy pool, by a timer,
 * and until that has run each interrupt takes some instructions less.  Let timers
 * run often enough for the median to be without that.
 */
static void rest(int i)
{
	const struct timespec ticks = { .tv_nsec = 20000000 };

	if (i % 100 == 0)
		nanosleep(&ticks, NULL);
}

/* All in one thread: raise, handler, read(), acknowledge, re-arm. */
static void service(void)
{
	rig_open_edu(&rig);
	for (count_start(&count); count_more(&count);) {
		rest(count.n);
		count_add(&count, serve_one());
	}
	count_report(&count, "service");
}

static u64 raised;
static int woken;

/* On the only CPU, before anything else that wants it. */
static void *reader(void *unused)
{
	u64 now;

	while (count_more(&count)) {
		rig_read(&rig);
		now = count_now();
		count_add(&count, now - __atomic_load_n(&raised, __ATOMIC_ACQUIRE));
		rig_serve(&rig);
		__atomic_add_fetch(&woken, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* Both are real-time threads, the reader before us: nothing else comes between. */
static pthread_t start_reader(void)
{
	struct sched_param param = { .sched_priority = 40 };
	pthread_t thread;

	MUST(sched_setscheduler(0, SCHED_FIFO, &param));
	CHECK_EQ(pthread_create(&thread, NULL, reader, NULL), 0);
	param.sched_priority = 10;
	MUST(sched_setscheduler(0, SCHED_FIFO, &param));
	return thread;
}

/* From the raise to the return of another thread's read(). */
static void wake(void)
{
	pthread_t thread;
	int i;

	rig_open_edu(&rig);
	count_start(&count);
	thread = start_reader();
	for (i = 0; i < COUNT_MAX; i++) {
		rest(i);
		__atomic_store_n(&raised, count_now(), __ATOMIC_RELEASE);
		edu_raise(rig.regs, 1);
		CHECK(wait_for(__atomic_load_n(&woken, __ATOMIC_ACQUIRE) > i, SOON_MS));
	}
	CHECK_EQ(pthread_join(thread, NULL), 0);
	count_report(&count, "wake");
}

static u64 open_one(const char *path)
{
	u64 begin = count_now();

	MUST(close(MUST(open(path, O_RDWR))));
	return count_now() - begin;
}

static void open_close(void)
{
	char path[PATH_LEN];

	rig_open_edu(&rig);
	snprintf(path, sizeof(path), "/dev/uio%d", uio_number(&rig.dev));
	MUST(close(rig.fd));
	for (count_start(&count); count_more(&count);)
		count_add(&count, open_one(path));
	count_report(&count, "open+close");
}

static const struct ktap_case cases[] = {
	SLOW_CASES(service, INTERRUPTED, 120),
	SLOW_CASES(wake, INTERRUPTED, 120),
	SLOW_CASES(open_close, OPENED, 120),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), subject_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one of many devices costs: to bind and unbind it as one of 1, 8 and 64, and
 * in memory, bound and open.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/count.h"
#include "lib/edu.h"
#include "lib/heap.h"
#include "lib/ktap.h"
#include "lib/subject.h"
#include "lib/uio.h"
#include "lib/vfio.h"

#define FUNCTIONS	64
#define SERIES		9	/* one is like the other, but for what the kernel does besides */
#define SUBJECTS	"uio_generic:msi igb_uio:msi in-tree:config "	\
			"vfio-lite:msi vfio-pci:msi"

static struct pci_dev devs[FUNCTIONS];
static struct vfio vfios[FUNCTIONS];
static const struct subject *subject;

/* The driver is there, and every device is for it, but not bound yet. */
static void prepare(void)
{
	int i;

	subject = subject_wanted();
	subject_load(subject);
	for (i = 0; i < FUNCTIONS; i++) {
		devs[i] = pci_find(EDU_VENDOR, EDU_DEVICE, i);
		pci_attr_write(&devs[i], "driver_override", subject->driver);
		/* It was for a driver of this name before. */
		if (!pci_driven_by(&devs[i], ""))
			pci_unbind(&devs[i]);
	}
}

static int open_driver_file(const char *name)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", subject->driver, name);
	return MUST(open(path, O_WRONLY | O_CLOEXEC));
}

/* What it costs for each of the first @number devices. */
static u64 write_all(int fd, int number)
{
	u64 begin = count_now();
	int i;

	for (i = 0; i < number; i++)
		CHECK_EQ(write(fd, devs[i].bdf, strlen(devs[i].bdf)), strlen(devs[i].bdf));
	return (count_now() - begin) / number;
}

/* What was put off, by RCU for one, is done when this returns. */
static void settle(void)
{
	const struct timespec time = { .tv_nsec = 300000000 };

	nanosleep(&time, NULL);
}

static void bind_some(int bind, int unbind, int number)
{
	static struct count binding, unbinding;
	char what[32];
	int i;

	count_start(&binding);
	count_start(&unbinding);
	for (i = 0; i < SERIES; i++) {
		count_add(&binding, write_all(bind, number));
		settle();
		count_add(&unbinding, write_all(unbind, number));
		settle();
	}
	snprintf(what, sizeof(what), "bind-%d", number);
	count_report(&binding, what);
	snprintf(what, sizeof(what), "unbind-%d", number);
	count_report(&unbinding, what);
}

static void bind_and_unbind(void)
{
	int bind, unbind;

	prepare();
	bind = open_driver_file("bind");
	unbind = open_driver_file("unbind");
	bind_some(bind, unbind, 1);
	bind_some(bind, unbind, 8);
	bind_some(bind, unbind, FUNCTIONS);
}

/* --- memory --- */

static void open_all(void)
{
	int i;

	if (subject_is_vfio(subject))
		return vfio_open_all(vfios, devs, FUNCTIONS);
	for (i = 0; i < FUNCTIONS; i++)
		uio_open(&devs[i]);
}

static void report_heap(const char *what)
{
	diag("bytes %s %s %ld", what, subject->name, heap_stop() / FUNCTIONS);
}

static void memory(void)
{
	int bind;

	prepare();
	bind = open_driver_file("bind");
	heap_start();
	write_all(bind, FUNCTIONS);
	report_heap("bound");
	heap_start();
	open_all();
	report_heap("open");
}

static const struct ktap_case cases[] = {
	SLOW_CASES(bind_and_unbind, SUBJECTS, 600),
	SLOW_CASES(memory, SUBJECTS, 300),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), subject_cleanup);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints tell the life of a device in the order in which it happens.
 *
 * Machine: edu
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define TRACING		"/sys/kernel/tracing/"
#define EVENTS		TRACING "events/uio_generic/"
#define TRACE_LEN	65536

static char trace[TRACE_LEN];

/* Without the module there are no events; opening the trace so empties it. */
static void trace_start(void)
{
	if (!file_exists(TRACING "trace"))
		skip("this kernel has no tracing");
	MUST(close(MUST(open(TRACING "trace", O_WRONLY | O_TRUNC))));
	MUST(__file_write(EVENTS "enable", "1"));
}

static void trace_stop(void)
{
	int fd = MUST(open(TRACING "trace", O_RDONLY));
	size_t len = 0;
	ssize_t more;

	MUST(__file_write(EVENTS "enable", "0"));
	while ((more = MUST(read(fd, trace + len, TRACE_LEN - 1 - len))) > 0)
		len += more;
	trace[len] = '\0';
	close(fd);
}

/* The event is in the trace, after those that were asked for before. */
static void expect(const struct pci_dev *dev, const char *event, const char *values)
{
	static const char *at = trace;
	char text[128];

	snprintf(text, sizeof(text), "%s: %s %s", event, dev->bdf, values);
	at = strstr(at, text);
	if (!at)
		FAIL("no \"%s\", or not in its place, in:\n%s", text, trace);
}

static void live_a_life(struct pci_dev *dev)
{
	struct ug ug;

	pci_bind(dev, UG);
	ug_open(&ug, dev);
	edu_ack(ug.regs);
	edu_raise(ug.regs, 1);
	uio_read(ug.fd);
	edu_ack(ug.regs);
	uio_mask(ug.fd);
	uio_unmask(ug.fd);
	ug_close(&ug);
	pci_unbind(dev);
}

static void a_life_is_told(void)
{
	struct pci_dev dev = edu_dut();

	ug_load(ktap_variant());
	trace_start();
	live_a_life(&dev);
	trace_stop();
	expect(&dev, "ug_probe", "value=0\n");
	expect(&dev, "ug_open", "value=1 ret=0\n");
	expect(&dev, "ug_mmap", "value=0 ret=0\n");
	expect(&dev, "ug_interrupt", "value=");
	expect(&dev, "ug_irqcontrol", "value=0 ret=0\n");
	expect(&dev, "ug_irqcontrol", "value=1 ret=0\n");
	expect(&dev, "ug_release", "value=0\n");
	expect(&dev, "ug_revoke", "value=0\n");
}

static void failures_are_told(void)
{
	struct pci_dev dev = ug_bind_edu("none");
	int fd = uio_open(&dev);

	trace_start();
	__uio_irqcontrol(fd, 1);
	pci_unbind(&dev);
	trace_stop();
	expect(&dev, "ug_irqcontrol", "value=1 ret=-5\n");
	expect(&dev, "ug_revoke", "value=1\n");
}

static const struct ktap_case cases[] = {
	CASES(a_life_is_told, "msi intx"),
	CASE(failures_are_told),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}

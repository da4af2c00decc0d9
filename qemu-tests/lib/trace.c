// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints. See trace.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "trace.h"

#define TRACING		"/sys/kernel/tracing/"
#define TRACE_LEN	65536

static char enable[PATH_LEN];
static size_t expected;		/* how much of the text is before what comes next */

void trace_start(const char *events)
{
	if (!file_exists(TRACING "trace"))
		skip("this kernel has no tracing");
	snprintf(enable, sizeof(enable), TRACING "events/%s/enable", events);
	expected = 0;
	MUST(close(MUST(open(TRACING "trace", O_WRONLY | O_TRUNC))));
	MUST(__file_write(enable, "1"));
}

void trace_stop(void)
{
	MUST(__file_write(enable, "0"));
}

/* Each read gives a page at most. */
const char *trace_text(void)
{
	static char text[TRACE_LEN];
	int fd = MUST(open(TRACING "trace", O_RDONLY));
	size_t len = 0;
	ssize_t more;

	while ((more = MUST(read(fd, text + len, sizeof(text) - 1 - len))) > 0)
		len += more;
	text[len] = '\0';
	close(fd);
	return text;
}

void trace_expect(const struct pci_dev *dev, const char *event, const char *values)
{
	const char *text = trace_text(), *at;
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "%s: %s%s%s", event, dev->bdf, *values ? " " : "\n",
		 values);
	at = strstr(text + expected, wanted);
	if (!at)
		FAIL("no \"%s\", or not in its place, in:\n%s", wanted, text);
	expected = at - text + strlen(wanted);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tracepoints of our modules tell.
 */
#ifndef LIB_TRACE_H
#define LIB_TRACE_H

#include "pci.h"

/*
 * Empty the trace, and let events into it: a directory or an event below "events",
 * which is there once the module is.  The case is skipped where nothing can be traced.
 */
void trace_start(const char *events);

/* Let nothing more into it. */
void trace_stop(void);

/* All there is now, until the next call. */
const char *trace_text(void);

/*
 * The event, with all or the first of what it tells after the device's name ("" for
 * nothing), is in the trace, behind those that were expected before since trace_start().
 */
void trace_expect(const struct pci_dev *dev, const char *event, const char *values);

#endif /* LIB_TRACE_H */

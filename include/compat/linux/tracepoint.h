/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In 6.1, a string of an event is named again where it is copied.
 */
#ifndef COMPAT_LINUX_TRACEPOINT_H
#define COMPAT_LINUX_TRACEPOINT_H

#include_next <linux/tracepoint.h>

#ifdef HAVE_ASSIGN_STR_ONE
#define COMPAT_ASSIGN_STR(dst, ...)	__assign_str(dst)
#else
#define COMPAT_ASSIGN_STR(dst, src)	__assign_str(dst, src)
#endif

#endif

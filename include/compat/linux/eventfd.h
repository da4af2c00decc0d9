/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Until 6.1, eventfd_signal() is told how much to add, which is 1 in drivers.
 */
/* Before 6.8, how much to add was an argument; it always is one. */
#ifndef COMPAT_LINUX_EVENTFD_H
#define COMPAT_LINUX_EVENTFD_H

#include_next <linux/eventfd.h>

#ifndef HAVE_EVENTFD_SIGNAL_ONE
#ifdef HAVE_EVENTFD_SIGNAL_COUNT
#define eventfd_signal(ctx)	eventfd_signal(ctx, 1)
#endif

#endif

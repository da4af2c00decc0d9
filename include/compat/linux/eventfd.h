/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.8, how much to add was an argument; it always is one. */
#ifndef COMPAT_LINUX_EVENTFD_H
#define COMPAT_LINUX_EVENTFD_H

#include_next <linux/eventfd.h>

#ifdef HAVE_EVENTFD_SIGNAL_COUNT
#define eventfd_signal(ctx)	eventfd_signal(ctx, 1)
#endif

#endif

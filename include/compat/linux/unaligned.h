/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Until 6.11, each architecture has its own, or the generic one.
 */
#ifndef COMPAT_LINUX_UNALIGNED_H
#define COMPAT_LINUX_UNALIGNED_H

#ifdef HAVE_UNALIGNED
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif

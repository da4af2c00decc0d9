/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting instructions.  Under QEMU's "-icount shift=0" the time-stamp counter
 * advances by one for each instruction that the guest executes, user space and
 * kernel together.  Anywhere else the numbers mean something else.
 */
#ifndef LIB_COUNT_H
#define LIB_COUNT_H

#include "sys.h"

#define COUNT_MAX	1000
#define COUNT_FEW	5		/* of what takes long */
#define COUNT_LONG	10000000

struct count {
	int wanted;		/* how many values make the series complete */
	int n;
	u64 value[COUNT_MAX];
};

static inline u64 count_now(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	return 0;		/* nothing is counted on other machines */
#endif
}

/* Begin a series, and add to it until it is complete. */
void count_start(struct count *count);
bool count_more(const struct count *count);
void count_add(struct count *count, u64 instructions);

/* Print median and 99th percentile as a line that bench/run understands. */
void count_report(struct count *count, const char *what);

#endif /* LIB_COUNT_H */

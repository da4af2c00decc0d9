// SPDX-License-Identifier: GPL-2.0-only
/*
 * Series of instruction counts. See count.h.
 */
#include <stdlib.h>

#include "count.h"
#include "ktap.h"

void count_start(struct count *count)
{
	count->n = 0;
	count->wanted = COUNT_MAX;
}

bool count_more(const struct count *count)
{
	return count->n < count->wanted;
}

/* The first value tells whether there is time for many. */
void count_add(struct count *count, u64 instructions)
{
	if (!count->n && instructions > COUNT_LONG)
		count->wanted = COUNT_FEW;
	count->value[count->n++] = instructions;
}

static int compare(const void *a, const void *b)
{
	const u64 *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

void count_report(struct count *count, const char *what)
{
	CHECK(count->n);
	qsort(count->value, count->n, sizeof(count->value[0]), compare);
	diag("count %s %s %llu %llu %d", what, ktap_variant(),
	     count->value[count->n / 2], count->value[(count->n - 1) * 99 / 100],
	     count->n);
}

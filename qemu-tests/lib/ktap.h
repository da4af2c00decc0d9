/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small test harness that speaks KTAP (Documentation/dev-tools/ktap.rst).
 *
 * A program is a table of cases. Each case runs in a child process of its own
 * with a deadline; the first failed check ends it. After each case the
 * program's cleanup hook runs in the parent, so that no case can see what
 * another one left behind.
 */
#ifndef LIB_KTAP_H
#define LIB_KTAP_H

#include "sys.h"

struct ktap_case {
	const char *name;
	void (*fn)(void);
	int deadline;		/* seconds; 0: CASE_DEADLINE */
	const char *variants;	/* words; the case is run once for each */
};

#define CASE_DEADLINE	20

#define CASE(function)			{ #function, function, 0, NULL }
#define SLOW_CASE(function, seconds)	{ #function, function, seconds, NULL }
#define CASES(function, variants)	{ #function, function, 0, variants }
#define SLOW_CASES(function, variants, seconds)	{ #function, function, seconds, variants }

#define KTAP_PASS	0
#define KTAP_FAIL	1
#define KTAP_SKIP	4

int ktap_run(const struct ktap_case *cases, int count, void (*cleanup)(void));

/* For which of the words the case is running. */
const char *ktap_variant(void);

/* A line of explanation, shown above the result of the case. */
void diag(const char *fmt, ...) __printf(1, 2);

/* The case cannot be run here; @fmt says why. */
__noreturn void skip(const char *fmt, ...) __printf(1, 2);

struct ktap_place {
	const char *file;
	int line;
	const char *text;
};

#define HERE(expression)	(&(struct ktap_place){ __FILE__, __LINE__, expression })

__noreturn void ktap_fail(const struct ktap_place *at, const char *fmt, ...)
	__printf(2, 3);
void ktap_check(bool good, const struct ktap_place *at);
void ktap_compare(bool good, const struct ktap_place *at, long long a, long long b);
void ktap_compare_str(const char *a, const char *b, const struct ktap_place *at);

#define FAIL(...)	ktap_fail(HERE(NULL), __VA_ARGS__)

/* Assertions; each prints what it saw if it fails. */
#define CHECK(condition)	ktap_check(!!(condition), HERE(#condition))
#define CHECK_STR(a, b)		ktap_compare_str(a, b, HERE(#a " is " #b))

#define KTAP_COMPARE(a, op, b)						\
do {									\
	long long compare_a = (long long)(a);				\
	long long compare_b = (long long)(b);				\
									\
	ktap_compare(compare_a op compare_b, HERE(#a " " #op " " #b),	\
		     compare_a, compare_b);				\
} while (0)

#define CHECK_EQ(a, b)	KTAP_COMPARE(a, ==, b)
#define CHECK_NE(a, b)	KTAP_COMPARE(a, !=, b)
#define CHECK_GE(a, b)	KTAP_COMPARE(a, >=, b)

/* A system call or __verb() that must succeed; its value is returned. */
long long ktap_must(long long result, const struct ktap_place *at);

#define MUST(call)	ktap_must((call), HERE(#call))

#endif /* LIB_KTAP_H */

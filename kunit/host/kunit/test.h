/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as our tests use, for user space: the same test files run
 * under ASan and UBSan in a second.  Each file becomes a program that prints
 * KTAP and exits with 1 if a test failed.
 */
#ifndef HOST_KUNIT_TEST_H
#define HOST_KUNIT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/types.h>

/* What kunit_kzalloc() returned ends with the case. */
struct kunit {
	bool failed;
	unsigned int nr_mem;
	void **mem;
};

#define GFP_KERNEL	0

static inline void *kunit_kzalloc(struct kunit *test, size_t size, int flags)
{
	size_t nr = test->nr_mem + 1;

	(void)flags;
	test->mem = realloc(test->mem, nr * sizeof(*test->mem));
	if (!test->mem)
		abort();
	return test->mem[test->nr_mem++] = calloc(1, size);
}

static inline void host_free_all(struct kunit *test)
{
	while (test->nr_mem)
		free(test->mem[--test->nr_mem]);
	free(test->mem);
}

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(fn)	{ .run_case = (fn), .name = #fn }

#define host_expect(test, cond, text, leave, ...) do {			\
	if (!(cond)) {							\
		(test)->failed = true;					\
		printf("    # %s:%d: expected %s ", __FILE__, __LINE__, text); \
		printf("" __VA_ARGS__);					\
		putchar('\n');						\
		leave;							\
	}								\
} while (0)

#define host_cmp(test, a, op, b, leave, ...)				\
	host_expect(test, (a) op (b), #a " " #op " " #b, leave, __VA_ARGS__)

#define KUNIT_EXPECT_EQ(t, a, b)	host_cmp(t, a, ==, b, (void)0, "")
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) host_cmp(t, a, ==, b, (void)0, __VA_ARGS__)
#define KUNIT_EXPECT_STREQ(t, a, b)	\
	host_expect(t, !strcmp(a, b), #a " is " #b, (void)0, "")
#define KUNIT_EXPECT_TRUE(t, a)		host_expect(t, a, #a, (void)0, "")
#define KUNIT_EXPECT_TRUE_MSG(t, a, ...) host_expect(t, a, #a, (void)0, __VA_ARGS__)
#define KUNIT_ASSERT_EQ(t, a, b)	host_cmp(t, a, ==, b, return, "")
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...) host_cmp(t, a, ==, b, return, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(t, a)	host_expect(t, a, #a, return, "")
#define KUNIT_ASSERT_LE(t, a, b)	host_cmp(t, a, <=, b, return, "")
#define KUNIT_ASSERT_LT(t, a, b)	host_cmp(t, a, <, b, return, "")
#define KUNIT_ASSERT_GE(t, a, b)	host_cmp(t, a, >=, b, return, "")
#define KUNIT_ASSERT_TRUE(t, a)		host_expect(t, a, #a, return, "")

static int host_run_suite(const struct kunit_suite *suite)
{
	struct kunit_case *c = suite->test_cases;
	unsigned int nr = 0;
	int ret = 0;

	while (c[nr].run_case)
		nr++;
	printf("KTAP version 1\n1..%u\n", nr);

	for (nr = 1; c->run_case; c++, nr++) {
		struct kunit test = { };

		c->run_case(&test);
		host_free_all(&test);
		printf("%s %u %s.%s\n", test.failed ? "not ok" : "ok", nr,
		       suite->name, c->name);
		ret |= test.failed;
	}
	return ret;
}

#define kunit_test_suite(suite)						\
int main(void)								\
{									\
	return host_run_suite(&(suite));				\
}									\
_Static_assert(1, "")

#endif

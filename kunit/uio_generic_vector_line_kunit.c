// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the attribute "vectors" takes, and what it does not.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../uio_generic/vector_line.c"

struct line_case {
	const char *text;
	bool good;
	unsigned int vector;
	int fd;
};

static const struct line_case line_cases[] = {
	{ "1 5", true, 1, 5 },
	{ "1 5\n", true, 1, 5 },
	{ "0 0", true, 0, 0 },
	{ "12    34", true, 12, 34 },
	{ "2047 2147483647\n", true, 2047, 2147483647 },
	{ "3 -1", true, 3, -1 },
	{ "3 -1\n", true, 3, -1 },
	{ "007 08", true, 7, 8 },
	{ "" }, { "\n" }, { " " }, { "1" }, { "1 " }, { "1\n5" },
	{ " 1 5" }, { "1 5 " }, { "1 5 6" }, { "1 5x" }, { "1 5\n\n" },
	{ "1 5\n6" }, { "x 5" }, { "1 x" }, { "1,5" }, { "1\t5" }, { "0x1 5" },
	{ "1 0x5" }, { "+1 5" }, { "1 +5" }, { "-1 5" }, { "1 -" }, { "1 -0" },
	{ "1 -2" }, { "1 -10" }, { "1 --1" }, { "1 - 1" },
	{ "2048 5" }, { "1 2147483648" }, { "4294967297 5" },
	{ "18446744073709551617 5" }, { "1 18446744073709551617" },
};

static void line_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(line_cases); i++) {
		const struct line_case *c = &line_cases[i];
		unsigned int vector = 4711;
		int fd = 4712;

		KUNIT_EXPECT_EQ_MSG(test, ug_parse_vector(c->text, &vector, &fd),
				    c->good, "\"%s\"", c->text);
		KUNIT_EXPECT_EQ_MSG(test, vector, c->good ? c->vector : 4711,
				    "\"%s\"", c->text);
		KUNIT_EXPECT_EQ_MSG(test, fd, c->good ? c->fd : 4712,
				    "\"%s\"", c->text);
	}
}

static struct kunit_case line_tests[] = {
	KUNIT_CASE(line_table),
	{ }
};

static struct kunit_suite line_suite = {
	.name = "uio_generic_vector_line",
	.test_cases = line_tests,
};

kunit_test_suite(line_suite);

MODULE_DESCRIPTION("KUnit tests of what uio_generic's attribute vectors takes");
MODULE_LICENSE("GPL");

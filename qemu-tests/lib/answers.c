// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts of answers, and their comparison. See answers.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "answers.h"
#include "ktap.h"

#define MAX_KNOWN	64
#define WINDOW		400	/* lines that one text may lack in a row */
#define MAX_TOLD	300
#define NAMES		8	/* results that one line may have */

static FILE *out;

void answers_begin(const char *path)
{
	out = fopen(path, "w");
	CHECK(out);
}

void answers_end(void)
{
	CHECK_EQ(fclose(out), 0);
	out = NULL;
}

void answer(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(out, fmt, args);
	va_end(args);
	fputc('\n', out);
}

const char *answer_result(long long ret)
{
	static char text[NAMES][32];
	static int next;
	const char *name = ret < 0 && ret > -4096 ? strerrorname_np(-ret) : NULL;

	next = (next + 1) % NAMES;
	if (name)
		snprintf(text[next], sizeof(text[next]), "%s", name);
	else
		snprintf(text[next], sizeof(text[next]), "%lld", ret);
	return text[next];
}

const char *answer_hex(const void *bytes, size_t len)
{
	static char text[NAMES][2 * 64 + 1];
	static int next;
	const u8 *byte = bytes;
	size_t i;

	next = (next + 1) % NAMES;
	text[next][0] = '\0';
	for (i = 0; i < len && i < 64; i++)
		sprintf(text[next] + 2 * i, "%02x", byte[i]);
	return text[next];
}

/* --- comparing --- */

struct text {
	char *all;
	char **line;
	int count;
};

static struct text read_text(const char *path)
{
	struct text text = { 0 };
	FILE *file = fopen(path, "r");
	char *line, *rest;
	size_t size = 0;

	CHECK(file);
	if (getdelim(&text.all, &size, '\0', file) < 0)
		FAIL("%s is empty", path);
	fclose(file);
	for (line = strtok_r(text.all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		text.line = realloc(text.line, (text.count + 1) * sizeof(*text.line));
		text.line[text.count++] = line;
	}
	return text;
}

struct known {
	regex_t regex[MAX_KNOWN];
	int count;
};

static void read_known(struct known *known, const char *path)
{
	struct text text = read_text(path);
	char *end;
	int i;

	for (i = 0; i < text.count; i++) {
		if (text.line[i][0] == '#')
			continue;
		end = strstr(text.line[i], "  # ");
		if (!end)
			FAIL("%s: no reason given for %s", path, text.line[i]);
		*end = '\0';
		CHECK(known->count < MAX_KNOWN);
		if (regcomp(&known->regex[known->count++], text.line[i],
			    REG_EXTENDED | REG_NOSUB))
			FAIL("%s: not a regular expression: %s", path, text.line[i]);
	}
}

static bool is_known(const struct known *known, const char *line)
{
	int i;

	for (i = 0; i < known->count; i++)
		if (!regexec(&known->regex[i], line, 0, NULL, 0))
			return true;
	return false;
}

struct diff {
	const char *name;
	char kernel[16];	/* as in "6.1" */
	struct known known;
	int unknown;
};

static void differ(struct diff *diff, char sign, const char *line)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s %s %s", diff->kernel, diff->name, line);
	if (is_known(&diff->known, text))
		return;
	if (diff->unknown++ < MAX_TOLD)
		diag("%c%s", sign, text);
}

static bool same(const struct text *a, int i, const struct text *b, int j)
{
	return i < a->count && j < b->count && !strcmp(a->line[i], b->line[j]);
}

/*
 * The nearest place where both go on alike: *i and *j lines from here. If there is
 * none in sight, one line of each is skipped.
 */
static void find_next(const struct text *a, const struct text *b, int at_a, int at_b,
		      int *i, int *j)
{
	int sum;

	for (sum = 1; sum < WINDOW; sum++)
		for (*i = 0; *i <= sum; ++*i) {
			*j = sum - *i;
			if (same(a, at_a + *i, b, at_b + *j))
				return;
		}
	*i = 1;
	*j = 1;
}

static void compare(struct diff *diff, const struct text *a, const struct text *b)
{
	int at_a = 0, at_b = 0, i, j;

	while (at_a < a->count || at_b < b->count) {
		if (same(a, at_a, b, at_b)) {
			at_a++;
			at_b++;
			continue;
		}
		find_next(a, b, at_a, at_b, &i, &j);
		for (; i > 0 && at_a < a->count; i--)
			differ(diff, '-', a->line[at_a++]);
		for (; j > 0 && at_b < b->count; j--)
			differ(diff, '+', b->line[at_b++]);
	}
}

static void name_kernel(char *name, size_t size)
{
	struct utsname uts;
	int major, minor, read;

	MUST(uname(&uts));
	read = sscanf(uts.release, "%d.%d", &major, &minor);
	CHECK_EQ(read, 2);
	snprintf(name, size, "%d.%d", major, minor);
}

int answers_compare(const char *name, const char *a, const char *b, const char *known)
{
	struct text text_a = read_text(a), text_b = read_text(b);
	static struct diff diff;

	diff = (struct diff){ .name = name };
	name_kernel(diff.kernel, sizeof(diff.kernel));
	read_known(&diff.known, known);
	compare(&diff, &text_a, &text_b);
	diag("%s: %d and %d answers, %d differences that are not known", name,
	     text_a.count, text_b.count, diff.unknown);
	return diff.unknown;
}

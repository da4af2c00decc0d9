// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes while things fail. See fail_attr.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail_attr.h"
#include "ktap.h"

#define TEXT_LEN	4096	/* of any attribute */

static char directory[PATH_LEN], path[PATH_LEN + 64];
static char before[TEXT_LEN], text[TEXT_LEN];
static const char *wanted;
static void (*check_more)(void);
static int attr_fd;

void fail_attr_prepare(const char *dir, void (*check)(void))
{
	snprintf(directory, sizeof(directory), "%s", dir);
	check_more = check;
}

void fail_attr_prepare_dev(const struct pci_dev *dev, const char *dir, void (*check)(void))
{
	pci_path(dev, dir, directory, sizeof(directory));
	check_more = check;
}

static void choose(const char *name)
{
	diag("%s", name);
	snprintf(path, sizeof(path), "%s/%.63s", directory, name);
	MUST(__file_read(path, before, sizeof(before)));
}

static void check_says(const char *expected)
{
	char now[TEXT_LEN];

	MUST(__file_read(path, now, sizeof(now)));
	CHECK_STR(now, expected);
}

/* What the kernel keeps of an open file it allocates with the first read or write. */
static void open_attr(int flags)
{
	attr_fd = MUST(open(path, flags | O_CLOEXEC));
}

static void check_as_before(void)
{
	MUST(close(attr_fd));
	check_says(before);
	if (check_more)
		check_more();
}

static void open_to_read(void)
{
	open_attr(O_RDONLY);
	memset(text, 0, sizeof(text));
}

static int try_read(void)
{
	return pread(attr_fd, text, sizeof(text) - 1, 0) < 0 ? -errno : 0;
}

static void check_text(void)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	CHECK_STR(text, before);
}

static void open_to_write(void)
{
	open_attr(O_WRONLY);
}

static int try_write(void)
{
	return fail_put(attr_fd, wanted);
}

static void write_back(void)
{
	check_says(wanted);
	MUST(__file_write(path, before));
}

static const struct fail_step reading = {
	.what = "read", .prepare = open_to_read, .act = try_read, .undo = check_text,
	.check = check_as_before,
};

static const struct fail_step writing = {
	.what = "write", .prepare = open_to_write, .act = try_write, .undo = write_back,
	.check = check_as_before,
};

/* Calls @fn for each attribute that has a bit of @mode; the sum of what it returns. */
static int for_each(mode_t mode, int (*fn)(const char *name))
{
	struct dirent **names;
	struct stat st;
	int i, sum = 0, count = MUST(scandir(directory, &names, NULL, alphasort));

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%.63s", directory, names[i]->d_name);
		MUST(stat(path, &st));
		if (S_ISREG(st.st_mode) && st.st_mode & mode)
			sum += fn(names[i]->d_name);
	}
	return sum;
}

static int fail_read(const char *name)
{
	choose(name);
	CHECK(fail_memory(&reading));
	return 1;
}

int fail_attr_reads(void)
{
	return for_each(0400, fail_read);
}

static const struct fail_value *known;
static int nr_known;

static int fail_write(const char *name)
{
	int i;

	for (i = 0; i < nr_known; i++)
		if (!strcmp(known[i].name, name))
			break;
	if (i == nr_known)
		FAIL("nothing is known that %s could be set to", name);
	if (!known[i].text)
		return 0;
	wanted = known[i].text;
	choose(name);
	CHECK(strcmp(wanted, before));
	CHECK(fail_memory(&writing));
	return 1;
}

int fail_attr_writes(const struct fail_value *values, int count)
{
	known = values;
	nr_known = count;
	return for_each(0200, fail_write);
}

int fail_attr_read_function(const char *name, const char *function, int error)
{
	choose(name);
	return fail_function(function, error, &reading);
}

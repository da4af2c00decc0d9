// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what gcov has counted in our modules, loaded or not: a line "gcda PATH HEX"
 * for each object file. The kernel keeps the counts of a module that is unloaded.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"

#define GCOV	"/sys/kernel/debug/gcov"

static void print_file(const char *path)
{
	unsigned char data[4096];
	int fd = open(path, O_RDONLY);
	ssize_t len, i;

	printf("gcda %s ", path + strlen(GCOV));
	while ((len = read(fd, data, sizeof(data))) > 0)
		for (i = 0; i < len; i++)
			printf("%02x", data[i]);
	printf("\n");
	close(fd);
}

static int visit(const char *path, const struct stat *, int type, struct FTW *)
{
	const char *end = strrchr(path, '.');

	if (type == FTW_F && end && !strcmp(end, ".gcda"))
		print_file(path);
	return 0;
}

int main(void)
{
	nftw(GCOV, visit, 8, FTW_PHYS);
	return 0;
}

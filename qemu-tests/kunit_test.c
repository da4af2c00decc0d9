// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the KUnit suites: loads each module named *_kunit, which runs what is in
 * it, and passes on what KUnit says in debugfs.
 *
 * Machine: bare
 * Needs: uio_generic_bars_kunit
 * Deadline: 120
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ktap.h"
#include "lib/sys.h"

#define RESULTS	"/sys/kernel/debug/kunit"

static int total;

/* "    ok 1 name" of a suite becomes "ok N suite.name" of this program. */
static void pass_on(const char *suite, char *text)
{
	char *line, *rest, name[128];
	int number;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "    ok %d %127[^\n]", &number, name) == 2)
			printf("ok %d %s.%s\n", ++total, suite, name);
		else if (sscanf(line, "    not ok %d %127[^\n]", &number, name) == 2)
			printf("not ok %d %s.%s\n", ++total, suite, name);
		else if (strstr(line, " # "))
			printf("#%s\n", line);
	}
}

static bool is_suite_module(const struct dirent *entry)
{
	const char *end = strstr(entry->d_name, "_kunit.ko");

	return end && !strcmp(end, "_kunit.ko");
}

static int load_suites(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/modules");
	char name[256];
	int count = 0;

	while (dir && (entry = readdir(dir)))
		if (is_suite_module(entry)) {
			snprintf(name, sizeof(name), "%.*s",
				 (int)strlen(entry->d_name) - 3, entry->d_name);
			module_load(name, "");
			count++;
		}
	return count;
}

/* A suite whose module is loaded but which has no result has not run. */
int main(void)
{
	static char text[65536];
	struct dirent *entry;
	int suites = 0, modules;
	char path[PATH_LEN + 32];
	DIR *dir;

	setvbuf(stdout, NULL, _IOLBF, 0);
	modules = load_suites();
	dir = opendir(RESULTS);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), RESULTS "/%s/results", entry->d_name);
		if (entry->d_name[0] == '.' || __file_read(path, text, sizeof(text)))
			continue;
		suites++;
		pass_on(entry->d_name, text);
	}
	printf("%s %d all %d suites ran\n", suites == modules && suites ? "ok" : "not ok",
	       ++total, modules);
	printf("1..%d\n", total);
	return 0;
}

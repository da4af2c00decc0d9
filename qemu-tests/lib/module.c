// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading of kernel modules from /modules, dependencies first.
 * /modules/order has one line per module, "NAME: DEP DEP ...", with the
 * dependencies in the order in which they are to be loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktap.h"

#define MODULES		"/modules"
#define ORDER_LEN	65536

static int load_file(const char *name, const char *params)
{
	char path[PATH_LEN];
	int fd, ret = 0;

	snprintf(path, sizeof(path), MODULES "/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		ret = -errno;
	close(fd);
	return ret;
}

/* Find the line of @name in the order and return what follows the colon. */
static char *order_line(char *order, const char *name)
{
	size_t len = strlen(name);
	char *line, *rest;

	for (line = strtok_r(order, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, name, len) && line[len] == ':')
			return line + len + 1;
	return NULL;
}

static int load_needs(const char *name)
{
	char order[ORDER_LEN];
	char *needs, *word, *rest;
	int ret;

	ret = __file_read(MODULES "/order", order, sizeof(order));
	if (ret)
		return ret;
	needs = order_line(order, name);
	if (!needs)
		return -ENOENT;
	for (word = strtok_r(needs, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		ret = load_file(word, "");
		if (ret && ret != -EEXIST)
			return ret;
	}
	return 0;
}

int __module_load(const char *name, const char *params)
{
	return load_needs(name) ?: load_file(name, params);
}

void module_load(const char *name, const char *params)
{
	int ret = __module_load(name, params);

	if (ret)
		FAIL("load of %s with \"%s\": %s", name, params, strerror(-ret));
}

int __module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

void module_unload(const char *name)
{
	int ret = __module_unload(name);

	if (ret)
		FAIL("unload of %s: %s", name, strerror(-ret));
}

bool module_loaded(const char *name)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return file_exists(path);
}

bool module_available(const char *name)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), MODULES "/%s.ko", name);
	return file_exists(path);
}

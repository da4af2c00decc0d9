// SPDX-License-Identifier: GPL-2.0-only
/*
 * A suite's tree as a root file system. See debian.h.
 *
 * The tree is the host's cache, read-only over 9p; programs write to an overlay
 * in memory. Kernel file systems are this guest's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "debian.h"
#include "ktap.h"

#define P9_OPTIONS	"trans=virtio,version=9p2000.L,cache=loose,msize=524288"

/* Those that are built into this kernel are not there, and need not be. */
static void load_modules(void)
{
	static const char *const names[] = { "virtio_pci", "9pnet_virtio", "9p", "overlay" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		__module_load(names[i], "");
}

/* A directory below that of the suite, made if need be. */
static const char *place(const char *suite, const char *name)
{
	static char path[4][PATH_LEN];
	static unsigned int next;
	char *mine = path[next++ % ARRAY_SIZE(path)];

	snprintf(mine, PATH_LEN, "/run/%s", suite);
	mkdir(mine, 0755);
	snprintf(mine, PATH_LEN, "/run/%s/%s", suite, name);
	mkdir(mine, 0755);
	return mine;
}

static void mount_overlay(const char *suite, const char *root)
{
	char options[4 * PATH_LEN];

	MUST(mount(suite, place(suite, "lower"), "9p", MS_RDONLY, P9_OPTIONS));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 place(suite, "lower"), place(suite, "upper"), place(suite, "work"));
	MUST(mount("overlay", root, "overlay", 0, options));
}

/* A link that is made when a package is installed and not when it is unpacked. */
static void link_alternatives(const char *root)
{
	char path[2 * PATH_LEN];

	snprintf(path, sizeof(path), "%s/usr/bin/which", root);
	if (symlink("which.debianutils", path))
		CHECK_EQ(errno, EEXIST);
}

static void mount_hugepages(void)
{
	static const char path[] = "/dev/hugepages";

	if (mkdir(path, 0755) && errno == EEXIST)
		return;
	MUST(mount("hugetlbfs", path, "hugetlbfs", 0, NULL));
}

const char *debian_root(const char *suite)
{
	static const char *const kernel[] = { "dev", "proc", "sys" };
	static char root[PATH_LEN];
	char from[PATH_LEN], to[2 * PATH_LEN];
	size_t i;

	snprintf(root, sizeof(root), "%s", place(suite, "root"));
	snprintf(to, sizeof(to), "%s/proc/self", root);
	if (file_exists(to))
		return root;
	load_modules();
	mount_overlay(suite, root);
	link_alternatives(root);
	mount_hugepages();
	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		snprintf(from, sizeof(from), "/%s", kernel[i]);
		snprintf(to, sizeof(to), "%s/%s", root, kernel[i]);
		MUST(mount(from, to, NULL, MS_BIND | MS_REC, NULL));
	}
	return root;
}

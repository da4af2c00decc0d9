// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "make demo" shows: a PCI device goes to user space through uio_generic,
 * step by step.  A line that starts with "#" or "$" is what a person would
 * type; the program does just that and shows what comes of it.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/pci.h"
#include "lib/sys.h"

#define DRIVER	"/sys/bus/pci/drivers/uio_generic"

static struct pci_dev edu;

static void caption(const char *text)
{
	printf("\n--- %s\n", text);
}

static void load(const char *name)
{
	printf("# modprobe %s\n", name);
	module_load(name, "");
}

static void write_to(const char *text, const char *fmt, ...) __printf(2, 3);
static void write_to(const char *text, const char *fmt, ...)
{
	char path[PATH_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	printf("# echo %s > %s\n", text, path);
	MUST(__file_write(path, text));
}

/* The file's lines, each behind its path; @cut is the part not worth repeating. */
static void show_file(const char *path, size_t cut)
{
	char text[1024], *line, *rest;

	if (__file_read(path, text, sizeof(text)))
		return;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		printf("  %-28s %s\n", path + cut, line);
}

static void show_tree(const char *path, size_t cut)
{
	struct dirent **entries;
	struct stat st;
	char below[2 * PATH_LEN];
	int i, count = scandir(path, &entries, NULL, alphasort);

	for (i = 0; i < count; i++) {
		snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && !lstat(below, &st)) {
			if (S_ISREG(st.st_mode))
				show_file(below, cut);
			else if (S_ISDIR(st.st_mode) && strcmp(entries[i]->d_name, "power"))
				show_tree(below, cut);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void bind_and_unbind(void)
{
	caption("the driver matches nothing by itself: tell it the device's kind");
	load("uio");
	load("uio_generic");
	write_to("1234 11e8", DRIVER "/new_id");
	printf("  %s is now driven by uio_generic\n", edu.bdf);

	caption("or name the one device");
	write_to(edu.bdf, DRIVER "/unbind");
	write_to(edu.bdf, DRIVER "/bind");
}

static void show_sysfs(const struct pci_dev *dev, const char *directory)
{
	char path[PATH_LEN];

	pci_path(dev, directory, path, sizeof(path));
	printf("$ cd %s; grep -r .\n", path);
	show_tree(path, strlen(path) + 1);
}

/* edu has no ports; a network card of the nineties does. */
static void show_ports(void)
{
	struct pci_dev nic = pci_find(0x8086, 0x100e, 0);

	caption("another device, which has I/O ports, bound by driver_override");
	write_to("uio_generic", "/sys/bus/pci/devices/%s/driver_override", nic.bdf);
	write_to(nic.bdf, "/sys/bus/pci/drivers_probe");
	show_sysfs(&nic, "uio");
	show_sysfs(&nic, "uio_generic");
}

static bool interrupt_exists(void)
{
	static char text[65536];

	MUST(__file_read("/proc/interrupts", text, sizeof(text)));
	return strstr(text, edu.bdf);
}

static void drive(const char *mode)
{
	pid_t pid;
	int status;

	printf("\n--- the user-space driver edu_uio, interrupts by %s\n", mode);
	write_to(mode, "/sys/bus/pci/devices/%s/uio_generic/intr_mode", edu.bdf);
	printf("# edu_uio %s\n", edu.bdf);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		execl("/tests/edu_uio", "edu_uio", edu.bdf, NULL);
		_exit(127);
	}
	MUST(waitpid(pid, &status, 0));
	CHECK_EQ(status, 0);
	printf("it has closed: bus mastering is %s, its interrupt is %s\n",
	       pci_bus_master(&edu) ? "on" : "off",
	       interrupt_exists() ? "still there" : "gone");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	edu = pci_find(0x1234, 0x11e8, 0);
	printf("\nA PCI device, 1234:11e8 at %s, and no driver for it.\n", edu.bdf);
	bind_and_unbind();
	caption("what sysfs tells: the UIO device");
	show_sysfs(&edu, "uio");
	caption("and the PCI device: how it interrupts, and why no better");
	show_sysfs(&edu, "uio_generic");
	drive("intx");
	drive("msi");
	show_ports();
	caption("give them back");
	write_to(edu.bdf, DRIVER "/unbind");
	printf("\nThat was all.\n");
	return 0;
}

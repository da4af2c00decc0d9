// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU, which passes three devices on to a guest of its own.  That guest's programs
 * (inner_test, edu_test) drive them and count interrupts.
 *
 * Machine: vfio
 * Deadline: 900
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/consumer.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define SECONDS		800
#define CONSOLE		"/tmp/inner-console"
#define LAST_WORDS	2000

static struct program qemu;

/* QEMU is the suite's and sees the kernel and the programs of its guest in /inner. */
static const char *root_with_inner(void)
{
	const char *root = consumer_root();
	char path[2 * PATH_LEN];

	snprintf(path, sizeof(path), "%s/inner", root);
	MUST(mkdir(path, 0755));
	MUST(mount("/tests/inner", path, NULL, MS_BIND, NULL));
	return root;
}

static void bind(const char *name, char *option, size_t size)
{
	struct pci_dev dev = vfio_dut(name);

	pci_bind(&dev, consumer_driver());
	snprintf(option, size, "vfio-pci,host=%s,rombar=0", dev.bdf);
}

/* What the inner kernel said last, if it did not come to its end. */
static void show_console(const char *root)
{
	static char text[1 << 20];
	char path[2 * PATH_LEN], *line, *rest;
	size_t len;

	snprintf(path, sizeof(path), "%s" CONSOLE, root);
	if (__file_read(path, text, sizeof(text)))
		return;
	len = strlen(text);
	line = strtok_r(text + (len > LAST_WORDS ? len - LAST_WORDS : 0), "\r\n", &rest);
	for (; line; line = strtok_r(NULL, "\r\n", &rest))
		diag("inner kernel| %s", line);
}

static void inner_guest_drives(void)
{
	char edu[64], e1000e[64], nvme[64];
	const char *const argv[] = {
		"/usr/bin/qemu-system-x86_64", "-nodefaults", "-display", "none",
		"-no-reboot", "-machine", "q35", "-accel", "tcg,thread=single",
		"-cpu", "max", "-m", "224M",
		"-kernel", "/inner/vmlinux", "-initrd", "/inner/initramfs",
		"-append", "console=ttyS0,115200 panic=-1 no_timer_check",
		"-serial", "file:" CONSOLE,
		"-chardev", "stdio,id=report,signal=off", "-serial", "chardev:report",
		"-device", edu, "-device", e1000e, "-device", nvme, NULL
	};
	const char *root = root_with_inner();
	int status;

	bind("edu", edu, sizeof(edu));
	bind("e1000e", e1000e, sizeof(e1000e));
	bind("nvme", nvme, sizeof(nvme));
	program_start(&qemu, root, argv);
	status = program_end(&qemu, SECONDS * 1000);
	if (!strstr(qemu.text, "# end: 2 programs"))
		show_console(root);
	CHECK(strstr(qemu.text, "# end: 2 programs"));
	CHECK(strstr(qemu.text, "ok 1 inner_test"));
	CHECK(strstr(qemu.text, "ok 2 edu_test"));
	CHECK(!strstr(qemu.text, "not ok"));
	CHECK(!strstr(qemu.text, "# SKIP"));
	CHECK_EQ(status, 0);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		SLOW_CASE(inner_guest_drives, SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), NULL);
}

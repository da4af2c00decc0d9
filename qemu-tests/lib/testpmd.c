// SPDX-License-Identifier: GPL-2.0-only
/*
 * DPDK's testpmd, led at its prompt. See consumer.h.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "consumer.h"
#include "ktap.h"

#define PROMPT		"testpmd> "
#define HUGE_PAGES	"40"		/* of 2 MiB */

/*
 * Huge pages for its memory, and the same addresses in each process, without
 * which a second one cannot attach.
 */
static void prepare_memory(void)
{
	MUST(__file_write("/proc/sys/vm/nr_hugepages", HUGE_PAGES));
	MUST(__file_write("/proc/sys/kernel/randomize_va_space", "0"));
}

void testpmd_start(struct testpmd *testpmd, const struct nic *nic, const char *option)
{
	const struct pci_dev *port = testpmd->port;
	const char *const argv[] = {
		"/usr/bin/dpdk-testpmd", "-l", "0,1", "-a", port[0].bdf, "-a", port[1].bdf,
		"--log-level=lib.eal:debug",	/* tells of SIGBUS */
		"--vfio-intr", consumer_vfio_intr(),
		"--", "-i", "--total-num-mbufs=4096", "--rxd=512", "--txd=512",
		option, NULL,
	};
	const char *root = consumer_root();
	const char *driver = consumer_driver();
	int i;

	prepare_memory();
	testpmd->nic = nic;
	nic_pair(nic, testpmd->port);
	for (i = 0; i < PORTS; i++)
		pci_bind(&port[i], driver);
	program_start(&testpmd->program, root, argv);
	program_expect(&testpmd->program, PROMPT, PROGRAM_MS);
}

void testpmd_ask(struct testpmd *testpmd, const char *command, const char *answer)
{
	program_forget(&testpmd->program);
	program_say(&testpmd->program, command);
	program_expect(&testpmd->program, answer, PROGRAM_MS);
}

static unsigned long long number_after(const char *text, const char *label)
{
	const char *at = strstr(text, label);
	unsigned long long number;

	if (!at || sscanf(at + strlen(label), " %llu", &number) != 1)
		FAIL("no number after \"%s\"", label);
	return number;
}

struct testpmd_stats testpmd_stats(struct testpmd *testpmd, int port)
{
	const char *text = testpmd->program.text;
	char command[32];

	snprintf(command, sizeof(command), "show port stats %d", port);
	testpmd_ask(testpmd, command, "Tx-bps:");
	return (struct testpmd_stats){
		.rx = number_after(text, "RX-packets:"),
		.tx = number_after(text, "TX-packets:"),
	};
}

static bool has_moved(struct testpmd *testpmd, int port, const struct testpmd_stats *before)
{
	struct testpmd_stats now = testpmd_stats(testpmd, port);

	return now.rx > before->rx && now.tx > before->tx;
}

void testpmd_check_alive(struct testpmd *testpmd)
{
	struct testpmd_stats before;
	int port;

	for (port = 0; port < PORTS; port++) {
		before = testpmd_stats(testpmd, port);
		if (!wait_for(has_moved(testpmd, port, &before), PROGRAM_MS))
			FAIL("port %d: rx stays at %llu or tx at %llu", port,
			     before.rx, before.tx);
	}
}

/* What "tx_first" sends once goes round between the two for ever. */
void testpmd_forward(struct testpmd *testpmd)
{
	testpmd_ask(testpmd, "start tx_first", "packet forwarding");
	testpmd_check_alive(testpmd);
}

/* The line that /proc has of one thread says: does it forward? */
static bool thread_forwards(const char *process, const char *thread)
{
	char path[3 * PATH_LEN], text[PATH_LEN];
	const char *name, *state;

	snprintf(path, sizeof(path), "%s/%s/stat", process, thread);
	if (__file_read(path, text, sizeof(text)))
		return false;
	name = strstr(text, "worker");
	state = strrchr(text, ')');
	return name && state && !strncmp(state, ") R", 3);
}

/* A worker thread sleeps, or it is in the loop of forwarding, which never does. */
static bool forwards_now(struct testpmd *testpmd)
{
	struct dirent *thread;
	char path[PATH_LEN];
	bool forwards = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", testpmd->program.pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((thread = readdir(dir)))
		forwards = forwards || thread_forwards(path, thread->d_name);
	closedir(dir);
	return forwards;
}

void testpmd_wait_forwarding(struct testpmd *testpmd)
{
	CHECK(wait_for(forwards_now(testpmd), PROGRAM_MS));
}

void testpmd_quit(struct testpmd *testpmd)
{
	int status;

	program_say(&testpmd->program, "quit");
	status = program_end(&testpmd->program, PROGRAM_MS);
	if (status)
		FAIL("testpmd ended with wait status %#x", status);
}

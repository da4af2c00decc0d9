// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt, from raise to re-arm, with QEMU logging each instruction that
 * the guest executes.  The host reads that log; from here it gets the symbols,
 * and where in the log to look.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/subject.h"

#define WARM	100
#define LINE	512
#define ALL	"uio_generic:msi igb_uio:msi uio_generic:msi+write igb_uio:msi+write "	\
		"uio_generic:intx igb_uio:intx dropin:config in-tree:config vfio-pci:msi"

/* The first and the last thing of interest in the log. */
__compiler((noinline)) static void hops_begin(void)
{
	asm volatile("");
}

__compiler((noinline)) static void hops_end(void)
{
	asm volatile("");
}

/*
 * Time flies while the CPU is idle, faster than the monitor answers; a spinner
 * that nobody else has to wait for keeps the CPU busy.
 */
static void spin(void *unused)
{
	const struct sched_param param = { 0 };

	MUST(sched_setscheduler(0, SCHED_IDLE, &param));
	for (;;)
		asm volatile("" : : "r" (unused));
}

static void tell(struct qmp *qmp, const char *line)
{
	char arguments[128];

	snprintf(arguments, sizeof(arguments), "{\"command-line\":\"%s\"}", line);
	qmp_command(qmp, "human-monitor-command", arguments);
}

static bool first_variant(void)
{
	size_t len = strlen(ktap_variant());

	return !strncmp(ALL, ktap_variant(), len) && ALL[len] == ' ';
}

/* Those of the kernel once, those of modules each time they were loaded. */
static void print_symbol(const char *line)
{
	bool module = strchr(line, '[');
	char name[LINE], type;
	unsigned long addr;

	if (sscanf(line, "%lx %c %s", &addr, &type, name) == 3 &&
	    strchr("tTwW", type) && (module || first_variant()))
		printf("# %s %lx %s\n", module ? "module" : "kernel", addr, name);
}

static void print_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[LINE];

	CHECK(file);
	while (fgets(line, sizeof(line), file))
		print_symbol(line);
	fclose(file);
	fflush(stdout);
}

__compiler((noinline)) static void serve_one(const struct rig *rig)
{
	hops_begin();
	edu_raise(rig->regs, 1);
	rig_read(rig);
	rig_serve(rig);
	hops_end();
}

static void trace_one(const struct rig *rig)
{
	struct qmp qmp;

	qmp_open(&qmp);
	tell(&qmp, "one-insn-per-tb on");
	tell(&qmp, "log exec,nochain");
	serve_one(rig);
	tell(&qmp, "log none");
	tell(&qmp, "one-insn-per-tb off");
	qmp_close(&qmp);
}

static void trace_service(void)
{
	struct rig rig;
	pid_t spinner;
	int i;

	rig_open_edu(&rig);
	print_symbols();
	spinner = helper_start(spin, NULL);
	for (i = 0; i < WARM; i++)
		serve_one(&rig);
	trace_one(&rig);
	MUST(kill(spinner, SIGKILL));
	diag("hops %s %lx %lx", ktap_variant(), (long)hops_begin, (long)hops_end);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(trace_service, ALL, 300),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), subject_cleanup);
}

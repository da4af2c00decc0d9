// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives a fuzzer where there is no libFuzzer.  Speaks KTAP.
 *
 * Usage: PROGRAM [SEED [RUNS [FIRST]]]
 *
 * A run depends on the seed and its number only: a failure names the command
 * that repeats it, and leaves its input in PROGRAM.failed.
 */
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define BYTES_MAX	64	/* of an input, where any do */

static const char *program;
static u64 seed = 1;
static unsigned long run;
static u8 input[FUZZ_MAX];
static size_t size;

/* A fuzzer's own come first. */
#pragma weak fuzz_load
#pragma weak fuzz_make

unsigned int fuzz_load(const char *corpora)
{
	return 1;
}

size_t fuzz_make(u8 *to, unsigned long run, u64 *state)
{
	size_t len = fuzz_any(state, BYTES_MAX + 1), i;

	for (i = 0; i < len; i++)
		to[i] = fuzz_any(state, 256);
	return len;
}

static void died(void)
{
	char name[4096];
	FILE *file;

	printf("# run %lu of seed %llu, repeat: %s %llu 1 %lu\n", run, seed, program,
	       seed, run);
	fflush(stdout);
	snprintf(name, sizeof(name), "%s.failed", program);
	file = fopen(name, "w");
	if (file) {
		fwrite(input, 1, size, file);
		fclose(file);
	}
}

static void aborted(int sig)
{
	signal(sig, SIG_DFL);
	died();
	raise(sig);
}

int main(int argc, char **argv)
{
	unsigned long runs = 50000, first = 0;
	u64 state;

	program = argv[0];
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		runs = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		first = strtoul(argv[3], NULL, 0);
	signal(SIGABRT, aborted);
	__sanitizer_set_death_callback(died);

	printf("KTAP version 1\n1..2\n");
	if (!fuzz_load(CORPORA)) {
		printf("not ok 1 the corpus is there\n");
		return 1;
	}
	printf("ok 1 the corpus is there\n");
	for (run = first; run < first + runs; run++) {
		state = (seed << 32 ^ (run + 1)) * 0x9e3779b97f4a7c15;
		size = fuzz_make(input, run, &state);
		LLVMFuzzerTestOneInput(input, size);
	}
	printf("# seed %llu, runs %lu to %lu\n", seed, first, first + runs - 1);
	printf("ok 2 what must hold does\n");
	return 0;
}

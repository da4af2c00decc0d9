// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives vfio_lite_cfg_fuzz.c where there is no libFuzzer: all of the corpus as
 * it is, then variations of it.  Without coverage to steer by, these are such as
 * capability lists suggest.  Speaks KTAP.
 *
 * Usage: PROGRAM [SEED [RUNS [FIRST]]]
 *
 * A run depends on the seed and its number only: a failure names the command
 * that repeats it, and leaves its input in PROGRAM.failed.
 */
#include <dirent.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/pci_regs.h>

#include "input.h"

#define MAX_CORPUS	256
#define MAX_ACCESSES	32

/* An input before its parts are put behind each other. */
struct input {
	struct input_head head;
	struct input_access access[MAX_ACCESSES];
	u8 bytes[PCI_CFG_SPACE_EXP_SIZE];
};

static struct input corpus[MAX_CORPUS];
static unsigned int nr_corpus;
static const char *program;
static u64 seed = 1, state;
static unsigned long run;
static u8 packed[sizeof(struct input)];
static size_t packed_size;

/* xorshift64*, by Marsaglia and Vigna */
static u32 any(u32 below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (u32)(state * 0x2545f4914f6cdd1d >> 32) % below;
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
		fwrite(packed, 1, packed_size, file);
		fclose(file);
	}
}

static void aborted(int sig)
{
	signal(sig, SIG_DFL);
	died();
	raise(sig);
}

static void load(const char *name)
{
	struct input *input = &corpus[nr_corpus];
	FILE *file = fopen(name, "r");
	size_t nr;

	if (!file)
		return;
	if (fread(&input->head, sizeof(input->head), 1, file)) {
		nr = min_t(size_t, input->head.nr, MAX_ACCESSES);
		input->head.nr = fread(input->access, sizeof(*input->access), nr, file);
		if (fread(input->bytes, 1, sizeof(input->bytes), file))
			nr_corpus++;
	}
	fclose(file);
}

static int load_corpus(void)
{
	struct dirent **entry;
	int nr = scandir(CORPUS, &entry, NULL, alphasort), i;
	char name[4096];

	for (i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), CORPUS "/%s", entry[i]->d_name);
		if (entry[i]->d_name[0] != '.' && nr_corpus < MAX_CORPUS)
			load(name);
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	return nr_corpus > 0;
}

static void pack(const struct input *input)
{
	size_t accesses = input->head.nr * sizeof(*input->access);
	size_t bytes = input->head.flags & INPUT_EXTENDED ? 4096 : 256;

	memcpy(packed, &input->head, sizeof(input->head));
	memcpy(packed + sizeof(input->head), input->access, accesses);
	memcpy(packed + sizeof(input->head) + accesses, input->bytes, bytes);
	packed_size = sizeof(input->head) + accesses + bytes;
}

/* Aligned or not, at either end or anywhere. */
static u32 any_place(u32 from, u32 to)
{
	u32 pos = from + any(to - from);

	switch (any(8)) {
	case 0:
		return from;
	case 1:
		return to - 4;
	case 2:
		return pos;
	default:
		return pos & ~3;
	}
}

static void put(struct input *input, u32 pos, unsigned int len, u32 val)
{
	for (; len && pos < sizeof(input->bytes); len--, pos++, val >>= 8)
		input->bytes[pos] = val;
}

static void vary_cap(struct input *input)
{
	u32 pos = any_place(0x40, 0x100) & ~3, next = any_place(0x40, 0x100);

	put(input, pos, 2, any(PCI_CAP_ID_MAX + 2) | next << 8);
	if (any(2))
		put(input, pos + 2, 2, any(0x10000));
	if (any(4) == 0)
		put(input, PCI_CAPABILITY_LIST, 1, pos);
	if (any(4))
		put(input, PCI_STATUS, 1, PCI_STATUS_CAP_LIST);
}

static void vary_ext_cap(struct input *input)
{
	u32 pos = any(4) ? any_place(0x100, 0x1000) & ~3 : 0x100;
	u32 next = any_place(0, 0x1000);

	put(input, pos, 4, any(PCI_EXT_CAP_ID_MAX + 2) | 1 << 16 | next << 20);
	if (any(2))
		put(input, pos + 4 + any(8), 4, any(0xffffffff));
	if (any(2))
		input->head.flags |= INPUT_EXTENDED;
}

static void vary_access(struct input *input)
{
	u32 limit = input->head.flags & INPUT_EXTENDED ? 4096 : 256;
	u32 pos = any_place(any(2) ? 0 : 0x40, any(2) ? limit : 0x100);
	u32 val = any(3) ? any(0xffffffff) : 0xffffffff;
	struct input_access access = {
		.pos = { pos, pos >> 8 },
		.len = (any(2) ? 3 : any(16)) | (any(4) ? INPUT_WRITE : 0),
		.val = { val, val >> 8, val >> 16, val >> 24 },
	};

	if (input->head.nr < MAX_ACCESSES)
		input->head.nr++;
	input->access[any(input->head.nr)] = access;
}

static void vary(struct input *input)
{
	switch (any(8)) {
	case 0:
		input->head.flags ^= 1 << any(6);
		break;
	case 1:
		input->head.bar[any(7)] = any(256);
		break;
	case 2:
		put(input, any_place(0, 0x200), 1, any(256));
		break;
	case 3:
	case 4:
		vary_cap(input);
		break;
	case 5:
		vary_ext_cap(input);
		break;
	default:
		vary_access(input);
		break;
	}
}

static void run_one(unsigned long number)
{
	static struct input input;
	unsigned int times;

	run = number;
	state = (seed << 32 ^ (number + 1)) * 0x9e3779b97f4a7c15;
	if (number < nr_corpus) {
		input = corpus[number];
	} else {
		input = corpus[any(nr_corpus)];
		for (times = 1 + any(32); times; times--)
			vary(&input);
	}
	pack(&input);
	LLVMFuzzerTestOneInput(packed, packed_size);
}

int main(int argc, char **argv)
{
	unsigned long runs = 50000, first = 0, i;

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
	printf("%s 1 the corpus is there\n", load_corpus() ? "ok" : "not ok");
	if (!nr_corpus)
		return 1;
	for (i = first; i < first + runs; i++)
		run_one(i);
	printf("# %u inputs, seed %llu, runs %lu to %lu\n", nr_corpus, seed, first,
	       first + runs - 1);
	printf("ok 2 what must hold does\n");
	return 0;
}

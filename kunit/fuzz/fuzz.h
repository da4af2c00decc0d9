/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fuzzers have in common, and what they and driver.c have of each other.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/types.h>

#define FUZZ_MAX	8192	/* bytes of an input */

#define must(cond) do {							\
	if (!(cond)) {							\
		printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
		fflush(stdout);						\
		abort();						\
	}								\
} while (0)

/* xorshift64*, by Marsaglia and Vigna */
static inline u32 fuzz_any(u64 *state, u32 below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (u32)(*state * 0x2545f4914f6cdd1d >> 32) % below;
}

/* The fuzzer: what must hold of these bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * For driver.c, where there is no libFuzzer; a fuzzer without these two gets any bytes.
 * fuzz_load() returns the number of inputs in the fuzzer's corpus, which is a directory
 * in @corpora; fuzz_make() the length of an input, that of this run.
 */
unsigned int fuzz_load(const char *corpora);
size_t fuzz_make(u8 *to, unsigned long run, u64 *state);

#endif

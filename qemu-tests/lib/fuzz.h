/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations by chance, from several threads. All that an operation does by
 * chance comes from the seed, the number of its thread and its own number in it,
 * whatever the operations before it came to. So a seed gives each thread the same
 * sequence again; how the threads get in each other's way is not repeated.
 *
 * The plan's line "fuzz SEED OPERATIONS", which FUZZ_SEED and FUZZ_OPS of the host
 * make, takes the place of the program's own seed and number.
 */
#ifndef LIB_FUZZ_H
#define LIB_FUZZ_H

#include "sys.h"

/* One operation that is being done: where its chances come from. */
struct fuzz {
	u64 chance;
	u64 season;		/* the same for some hundred operations of all threads */
	int thread;
	u32 number;		/* within the thread */
};

u32 fuzz_below(struct fuzz *fuzz, u32 limit);
bool fuzz_percent(struct fuzz *fuzz, u32 percent);

#define fuzz_one_of(fuzz, array)	\
	((array)[fuzz_below(fuzz, sizeof(array) / sizeof((array)[0]))])

/* As fuzz_below(), but three times in four the season's favourite. */
u32 fuzz_favourite(struct fuzz *fuzz, u32 limit);

/*
 * A kind of operation. @act returns whether it came to what a careful user would
 * call a success; some of each kind must.
 */
struct fuzz_op {
	const char *name;
	u32 weight;
	bool (*act)(struct fuzz *fuzz);
	const char *needs;	/* a path without which it is left out, or NULL */
};

#define FUZZ_OP_WITH(kind, name, weight, needs)	{ #name, weight, fuzz_##kind##_##name, needs }
#define FUZZ_OP(kind, name, weight)		FUZZ_OP_WITH(kind, name, weight, NULL)

/* What is to be done: seconds that @ops operations may take; and doing them. */
int fuzz_deadline(u32 ops);
void fuzz_run(const struct fuzz_op *ops, int count, u32 total);

/*
 * File descriptors that all threads share. One that is borrowed, or -1, is not
 * closed before it is returned; one that is given to keep is closed some time.
 */
struct fuzz_pool {
	int fd[4];		/* 0: none */
};

int fuzz_borrow(struct fuzz *fuzz, struct fuzz_pool *pool);
void fuzz_return(int fd);
void fuzz_keep(struct fuzz *fuzz, struct fuzz_pool *pool, int fd);
bool fuzz_drop(struct fuzz *fuzz, struct fuzz_pool *pool);
void fuzz_drop_all(struct fuzz_pool *pool);

/*
 * Mappings that all threads share: an arena has some places, each of FUZZ_PLACE
 * bytes, and nothing else of the process ever comes to lie there.
 */
#define FUZZ_PLACE	(4UL << 20)

struct fuzz_arena {
	char *mem;
};

void fuzz_arena_init(struct fuzz_arena *arena);
void fuzz_arena_clear(struct fuzz_arena *arena);
char *fuzz_place(struct fuzz *fuzz, const struct fuzz_arena *arena);

/* Map at a place; unmap all or a part of it; move it, or its beginning, to another. */
bool fuzz_map(char *place, size_t len, int prot, int fd, u64 offset);
bool fuzz_unmap(struct fuzz *fuzz, char *place);
bool fuzz_move(struct fuzz *fuzz, const struct fuzz_arena *arena);

/* One load or store of four bytes, which may raise a signal: whether it did not. */
void fuzz_survive_touches(void);
bool fuzz_load(void *at, u32 *value);
bool fuzz_store(void *at, u32 value);

/*
 * A child that does @fn with all that its parent has open and mapped, and then
 * ends, or stays until a later one takes its place.
 */
bool fuzz_fork(struct fuzz *fuzz, void (*fn)(struct fuzz *fuzz));
bool fuzz_end_child(struct fuzz *fuzz);
void fuzz_end_children(void);

#endif /* LIB_FUZZ_H */

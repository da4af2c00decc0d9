// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the threads of a fuzzer share: descriptors, mappings, children. See fuzz.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "ktap.h"
#include "mmio.h"

#define PLACES		4
#define PAGE_LEN	4096UL
#define CHILDREN	2

/* --- descriptors --- */

#define MAX_FDS		1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* By number: who uses it, and whether the last of these is to close it. */
static struct {
	int users;
	bool doomed;
} files[MAX_FDS];

/* A place by chance, or the next that is not empty. */
static int *any_fd(struct fuzz *fuzz, struct fuzz_pool *pool)
{
	u32 i, start = fuzz_below(fuzz, ARRAY_SIZE(pool->fd));
	int *place = &pool->fd[start];

	for (i = 1; i < ARRAY_SIZE(pool->fd) && !*place; i++)
		place = &pool->fd[(start + i) % ARRAY_SIZE(pool->fd)];
	return place;
}

int fuzz_borrow(struct fuzz *fuzz, struct fuzz_pool *pool)
{
	int fd;

	pthread_mutex_lock(&lock);
	fd = *any_fd(fuzz, pool);
	files[fd].users += !!fd;
	pthread_mutex_unlock(&lock);
	return fd ?: -1;
}

static void close_unused(int fd, bool unused)
{
	if (fd > 0 && unused)
		MUST(close(fd));
}

void fuzz_return(int fd)
{
	bool unused = false;

	if (fd < 0)
		return;
	pthread_mutex_lock(&lock);
	if (!--files[fd].users && files[fd].doomed) {
		files[fd].doomed = false;
		unused = true;
	}
	pthread_mutex_unlock(&lock);
	close_unused(fd, unused);
}

/* Give up what is there, and have @fd there instead; was there any? */
static bool replace(int *place, int fd)
{
	bool unused;
	int old;

	CHECK(fd < MAX_FDS);
	pthread_mutex_lock(&lock);
	old = *place;
	*place = fd;
	unused = !files[old].users;
	files[old].doomed = old && !unused;
	pthread_mutex_unlock(&lock);
	close_unused(old, unused);
	return old;
}

void fuzz_keep(struct fuzz *fuzz, struct fuzz_pool *pool, int fd)
{
	replace(&pool->fd[fuzz_below(fuzz, ARRAY_SIZE(pool->fd))], fd);
}

bool fuzz_drop(struct fuzz *fuzz, struct fuzz_pool *pool)
{
	return replace(any_fd(fuzz, pool), 0);
}

void fuzz_drop_all(struct fuzz_pool *pool)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pool->fd); i++)
		replace(&pool->fd[i], 0);
}

/* --- mappings --- */

static void *reserve(void *at, size_t len, int fixed)
{
	return mmap(at, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed,
		    -1, 0);
}

/* At a multiple of a place's length, so that huge pages are possible. */
void fuzz_arena_init(struct fuzz_arena *arena)
{
	uintptr_t mem = (uintptr_t)reserve(NULL, (PLACES + 1) * FUZZ_PLACE, 0);

	CHECK(mem != (uintptr_t)MAP_FAILED);
	arena->mem = (char *)((mem + FUZZ_PLACE - 1) & ~(FUZZ_PLACE - 1));
}

void fuzz_arena_clear(struct fuzz_arena *arena)
{
	CHECK(reserve(arena->mem, PLACES * FUZZ_PLACE, MAP_FIXED) != MAP_FAILED);
}

char *fuzz_place(struct fuzz *fuzz, const struct fuzz_arena *arena)
{
	return arena->mem + fuzz_below(fuzz, PLACES) * FUZZ_PLACE;
}

bool fuzz_map(char *place, size_t len, int prot, int fd, u64 offset)
{
	return mmap(place, len, prot, MAP_SHARED | MAP_FIXED, fd, offset) != MAP_FAILED;
}

/* What takes a mapping's place unmaps it. */
bool fuzz_unmap(struct fuzz *fuzz, char *place)
{
	size_t at = 0, len = FUZZ_PLACE;

	if (fuzz_percent(fuzz, 30)) {
		at = fuzz_below(fuzz, 4) * PAGE_LEN;
		len = (1 + fuzz_below(fuzz, 4)) * PAGE_LEN;
	}
	return reserve(place + at, len, MAP_FIXED) != MAP_FAILED;
}

/* Its beginning only, perhaps; where it was, a reservation is again. */
bool fuzz_move(struct fuzz *fuzz, const struct fuzz_arena *arena)
{
	char *from = fuzz_place(fuzz, arena), *to = fuzz_place(fuzz, arena);
	size_t len = (1 + fuzz_below(fuzz, 8)) * PAGE_LEN;
	bool moved = mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;

	if (moved)
		CHECK(reserve(from, len, MAP_FIXED) != MAP_FAILED);
	return moved;
}

/* --- touches --- */

static __thread sigjmp_buf back;
static __thread bool touching;

static void set_touching(bool on)
{
	__atomic_store_n(&touching, on, __ATOMIC_SEQ_CST);
}

/* Outside of a touch it comes again at once, and ends the program. */
static void touched(int number)
{
	if (touching)
		siglongjmp(back, number);
	signal(number, SIG_DFL);
}

/* What another thread has unmapped gives the other of the two signals. */
void fuzz_survive_touches(void)
{
	struct sigaction action = { .sa_handler = touched, .sa_flags = SA_NODEFER };

	MUST(sigaction(SIGBUS, &action, NULL));
	MUST(sigaction(SIGSEGV, &action, NULL));
}

bool fuzz_load(void *at, u32 *value)
{
	if (sigsetjmp(back, 0)) {
		set_touching(false);
		return false;
	}
	set_touching(true);
	*value = mmio_read32(at, 0);
	set_touching(false);
	return true;
}

bool fuzz_store(void *at, u32 value)
{
	if (sigsetjmp(back, 0)) {
		set_touching(false);
		return false;
	}
	set_touching(true);
	mmio_write32(at, 0, value);
	set_touching(false);
	return true;
}

/* --- children --- */

static pid_t children[CHILDREN];

static bool end(pid_t pid)
{
	if (!pid)
		return false;
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	return true;
}

static pid_t exchange(int place, pid_t pid)
{
	return __atomic_exchange_n(&children[place], pid, __ATOMIC_ACQ_REL);
}

bool fuzz_fork(struct fuzz *fuzz, void (*fn)(struct fuzz *fuzz))
{
	bool stay = fuzz_percent(fuzz, 50);
	pid_t pid;

	pthread_mutex_lock(&lock);
	pid = fork();
	pthread_mutex_unlock(&lock);
	if (pid < 0)
		return false;
	if (!pid) {
		fn(fuzz);
		while (stay)
			pause();
		_exit(KTAP_PASS);
	}
	end(exchange(fuzz_below(fuzz, CHILDREN), pid));
	return true;
}

bool fuzz_end_child(struct fuzz *fuzz)
{
	return end(exchange(fuzz_below(fuzz, CHILDREN), 0));
}

void fuzz_end_children(void)
{
	int i;

	for (i = 0; i < CHILDREN; i++)
		end(exchange(i, 0));
}

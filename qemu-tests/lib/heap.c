// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes on the kernel's heap. See heap.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heap.h"
#include "ktap.h"

#define TRACING		"/sys/kernel/tracing/"
#define SLOTS		BIT(20)

/* A hash table of objects that are held. */
struct object {
	u64 address;
	long bytes;		/* 0: it was freed */
};

static struct object objects[SLOTS];

/* A kernel has some of these; all that can allocate or free an object. */
static const char * const events[] = {
	"kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node", "kfree",
	"kmem_cache_free",
};

static void switch_events(const char *on)
{
	char path[PATH_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), TRACING "events/kmem/%s/enable", events[i]);
		if (file_exists(path))
			MUST(__file_write(path, on));
	}
}

/* What is put off, by RCU for one, is done; what was only looked up is forgotten. */
static void settle(void)
{
	const struct timespec time = { .tv_nsec = 500000000 };

	nanosleep(&time, NULL);
	MUST(__file_write("/proc/sys/vm/drop_caches", "2"));
	nanosleep(&time, NULL);
}

void heap_start(void)
{
	settle();
	MUST(__file_write(TRACING "buffer_size_kb", "32768"));
	MUST(__file_write(TRACING "options/hash-ptr", "0"));
	/* This empties it. */
	MUST(close(MUST(open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC))));
	switch_events("1");
}

static struct object *find(u64 address)
{
	u64 at = address / 8;

	while (objects[at % SLOTS].address && objects[at % SLOTS].address != address)
		at++;
	return &objects[at % SLOTS];
}

/* By how much the line of one event changes what is held. */
static long take(const char *line)
{
	const char *ptr = strstr(line, " ptr="), *size = strstr(line, " bytes_alloc=");
	unsigned long long address;
	struct object *object;
	long bytes = 0, change;

	if (!ptr || sscanf(ptr, " ptr=%llx", &address) != 1)
		return 0;
	if (size)
		CHECK_EQ(sscanf(size, " bytes_alloc=%ld", &bytes), 1);
	object = find(address);
	change = bytes - object->bytes;
	*object = (struct object){ address, bytes };
	return change;
}

long heap_stop(void)
{
	char line[1024];
	long sum = 0;
	FILE *file;

	settle();
	switch_events("0");
	memset(objects, 0, sizeof(objects));
	file = fopen(TRACING "trace", "r");
	CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		CHECK(!strstr(line, "LOST"));
		sum += take(line);
	}
	fclose(file);
	return sum;
}

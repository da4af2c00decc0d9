/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every program in the guest needs from the operating system: types, time,
 * waiting for a condition, small files, kernel modules, the kernel log.
 *
 * Verbs come in two tiers. __verb() returns -errno and leaves the judgement to
 * its caller; verb() fails the running test case with a diagnostic.
 */
#ifndef LIB_SYS_H
#define LIB_SYS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define BIT(n)			(1U << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define __compiler(attribute)	__attribute__(attribute)
#define __printf(fmt, args)	__compiler((format(printf, fmt, args)))
#define __noreturn		__compiler((noreturn))

#define PATH_LEN	256

/* How long an event that must come may take, and how long none may come. */
#define SOON_MS		10000
#define QUIET_MS	60

/* Time */
u64 now_ms(void);
void wait_a_moment(void);

/*
 * wait_for - check @condition until it holds or @ms milliseconds are over
 *
 * Returns whether it came to hold.
 */
#define wait_for(condition, ms)						\
({									\
	u64 wait_end = now_ms() + (ms);					\
	bool wait_done;							\
									\
	for (;;) {							\
		wait_done = (condition);				\
		if (wait_done || now_ms() >= wait_end)			\
			break;						\
		wait_a_moment();					\
	}								\
	wait_done;							\
})

/*
 * How often to do what is done many times: @usual, or @stress with "qemu-tests/run
 * --stress".  A kernel with all checks on is many times slower and does a tenth of
 * that.  Deadlines are multiplied by patience().
 */
bool kernel_is_slow(void);
bool stress_is_wanted(void);
int rounds(int usual);
int stress_rounds(int usual, int stress);
int patience(void);

/* By its name, which is all that user space has to go by. */
bool kernel_is_before(int major, int minor);

/* Small files, such as those of sysfs; a trailing newline is cut off. */
int __file_read(const char *path, char *buf, size_t size);
int __file_write(const char *path, const char *text);
bool file_exists(const char *path);
int dir_count(const char *path);

/* The machine and the device under test, as /plan names them. */
const char *plan_machine(void);
const char *plan_word(const char *word);
int plan_dut(u16 *vendor, u16 *device);

/* Kernel modules below /modules; /modules/order says what each one needs. */
int __module_load(const char *name, const char *params);
void module_load(const char *name, const char *params);
int __module_unload(const char *name);
void module_unload(const char *name);
bool module_loaded(const char *name);
bool module_available(const char *name);

/* The kernel log: what was written since kmsg_open(). */
int kmsg_open(void);
bool kmsg_has(int fd, const char *text);
void kmsg_write(const char *text);

/* Processes and threads of one test case, and the signals between them. */
pid_t helper_start(void (*fn)(void *arg), void *arg);
void helper_join(pid_t pid);
bool helpers_left(void);
bool __helper_wait_blocked(pid_t pid, long syscall, u64 ms);
void helper_wait_blocked(pid_t pid, long syscall);
int event_new(void);
void event_signal(int event);
void event_wait(int event);
bool fd_ready(int fd, int ms);

#endif /* LIB_SYS_H */

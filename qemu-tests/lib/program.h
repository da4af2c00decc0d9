/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that is not ours, run on a terminal of its own: what it says can be
 * waited for, and all of it goes to the report.
 */
#ifndef LIB_PROGRAM_H
#define LIB_PROGRAM_H

#include "sys.h"

struct program {
	const char *name;	/* before its lines in the report */
	pid_t pid;
	int fd;			/* the terminal; -1 when the program has left it */
	size_t reported;	/* how much of @text is in the report */
	size_t len;
	char text[1 << 16];	/* what it said since program_forget() */
};

/* Run @argv with @root as its file system. */
void program_start(struct program *program, const char *root, const char *const argv[]);

/* Type a line. */
void program_say(struct program *program, const char *line);

/* Drop what was said so far. */
void program_forget(struct program *program);

/* Wait until the program says @text; false if it ends or stays silent on it. */
bool __program_expect(struct program *program, const char *text, int ms);
void program_expect(struct program *program, const char *text, int ms);

/* Wait for the end of the program; returns its wait status. */
int program_end(struct program *program, int ms);

/* All of it: start, end, and status 0. */
void program_run(struct program *program, const char *root, const char *const argv[],
		 int ms);

#endif /* LIB_PROGRAM_H */

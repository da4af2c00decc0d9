/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serial ports as byte pipes.
 */
#ifndef LIB_TTY_H
#define LIB_TTY_H

/* Open a tty raw and without echo; -errno if it cannot be had. */
int tty_open(const char *path);

#endif /* LIB_TTY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the attribute "vectors" takes.
 *
 * Pure: text in, numbers out.  vectors.c acts on them.
 */
#ifndef UIO_GENERIC_VECTOR_LINE_H
#define UIO_GENERIC_VECTOR_LINE_H

#include <linux/types.h>

#define UG_MAX_VECTOR	2047	/* MSI-X tables have 2048 entries at most */

/**
 * ug_parse_vector() - understand "<vector> <eventfd>"
 * @text: two decimal numbers with blanks between them; may end in a newline
 * @vector: where the first goes, at most UG_MAX_VECTOR
 * @fd: where the second goes, a file descriptor, or -1
 *
 * Context: any; no locks.
 * Return: false for any other text; then nothing is stored.
 */
bool ug_parse_vector(const char *text, unsigned int *vector, int *fd);

#endif

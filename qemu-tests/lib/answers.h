/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A text of answers, one "question: answer" per line, kept in a file; and the
 * comparison of two such texts.
 */
#ifndef LIB_ANSWERS_H
#define LIB_ANSWERS_H

#include "sys.h"

/* All that follows goes to @path, which is written afresh. */
void answers_begin(const char *path);
void answers_end(void);
void answer(const char *fmt, ...) __printf(1, 2);

/* A result in words: a number, or the name of an errno. In static memory. */
const char *answer_result(long long ret);
const char *answer_hex(const void *bytes, size_t len);

/*
 * Lines of @a and @b that do not match, as a list of differences. Each is held
 * against the regular expressions in @known, one per line, "REGEX  # REASON"; one
 * that matches none is told by diag(). Returns how many those are.
 */
int answers_compare(const char *name, const char *a, const char *b, const char *known);

#endif /* LIB_ANSWERS_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the attribute "vectors" takes (pure): see vector_line.h.
 */
#include <linux/types.h>

#include "vector_line.h"

#define UG_MAX_FD	0x7fffffff

/* Reads on to what is no digit; nothing else may stand before the number. */
static bool ug_parse_number(const char **at, u64 limit, u64 *number)
{
	const char *begin = *at;

	for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
		*number = *number * 10 + (**at - '0');
		if (*number > limit)
			return false;
	}
	return *at != begin;
}

bool ug_parse_vector(const char *text, unsigned int *vector, int *fd)
{
	u64 first, second;
	const char *at = text;
	bool none;

	if (!ug_parse_number(&at, UG_MAX_VECTOR, &first) || *at != ' ')
		return false;
	while (*at == ' ')
		at++;

	none = *at == '-';
	at += none;
	if (!ug_parse_number(&at, none ? 1 : UG_MAX_FD, &second) ||
	    (none && second != 1))
		return false;
	at += *at == '\n';
	if (*at)
		return false;

	*vector = first;
	*fd = none ? -1 : (int)second;
	return true;
}

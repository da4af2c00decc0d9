// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "memtype.h"

#define PAT_LIST	"/sys/kernel/debug/x86/pat_memtype_list"
#define LIST_LEN	65536

static const char *read_list(void)
{
	static char list[LIST_LEN];
	size_t len = 0;
	ssize_t more;
	int fd;

	if (!file_exists(PAT_LIST))
		skip("this kernel does not tell memory types");
	fd = MUST(open(PAT_LIST, O_RDONLY));
	while ((more = MUST(read(fd, list + len, LIST_LEN - 1 - len))) > 0)
		len += more;
	list[len] = '\0';
	close(fd);
	return list;
}

const char *memtype(u64 addr)
{
	char text[64], *found, *end;

	snprintf(text, sizeof(text), "[mem 0x%016llx-", (unsigned long long)addr);
	found = strstr(read_list(), text);
	if (!found)
		return "";
	found = strchr(found, ']') + 2;
	end = strchr(found, '\n');
	*end = '\0';
	return found;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/mapped.h"

#include "inspect/procfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool mapped_read(void *memory, uint64_t address, void *to, size_t size)
{
	const int *file = memory;

	return address <= INT64_MAX && pread(*file, to, size, (off_t)address) == (ssize_t)size;
}

/* A line is "start-end perms offset device inode      /path/of/the/file (deleted)". */
bool mapped_walk(pid_t pid, mapped_visitor *visit, void *context)
{
	size_t length;
	char *maps = procfile_read(pid, "maps", &length), *rest = maps, *line;
	bool shown = maps != NULL, more = true;
	int memory = -1;

	while (maps != NULL && more && (line = strsep(&rest, "\n")) != NULL) {
		const char *path = strchr(line, '/');
		uint64_t start, offset;

		if (path == NULL || sscanf(line, "%" SCNx64 "-%*x %*s %" SCNx64, &start, &offset) != 2 ||
		    offset != 0)
			continue;
		memory = memory < 0 ? procfile_open(pid, "mem") : memory;
		more = visit(context, &memory, start, path);
	}
	if (memory >= 0)
		close(memory);
	free(maps);
	return shown;
}

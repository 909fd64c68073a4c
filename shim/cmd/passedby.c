/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/passedby.h"

#include "inspect/own_calls.h"
#include "inspect/procfile.h"
#include "supervise/filter.h"
#include "supervise/judge.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void passed_by_ring(struct passed_by *passed, pid_t pid)
{
	char path[PROCFILE_PATH], name[PROCFILE_PATH], target[64];
	DIR *folder = opendir(procfile_path(path, pid, "fd"));
	const struct dirent *entry;

	passed->ring = -1;
	while (folder != NULL && passed->ring < 0 && (entry = readdir(folder)) != NULL) {
		snprintf(name, sizeof name, "fd/%.20s", entry->d_name);
		procfile_link(target, sizeof target, pid, name);
		if (strcmp(target, "anon_inode:[io_uring]") == 0)
			passed->ring = (int)strtol(entry->d_name, NULL, 10);
	}
	if (folder != NULL)
		closedir(folder);
}

/* The C library and this one make system calls of their own, as they must. */
static bool is_expected(const char *base)
{
	static const char *const names[] = {"libc.", "libc-", "libpthread", "ld-", "libdualbind.so"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strncmp(base, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool calls_kernel(pid_t pid, const char *mapped)
{
	static struct elf elf;
	char name[PATH_MAX + 8], path[PATH_MAX + 64];
	bool calls;
	int file;

	snprintf(name, sizeof name, "root%.*s", PATH_MAX - 1, mapped);
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	/* A mapped file is not a link; a link may have taken its place, and lead to a device. */
	file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (file < 0)
		return false;
	calls = elf_read(file, &elf) == ELF_SOUND && (elf.go || calls_of(file, &elf) == CALLS_BIND);
	close(file);
	return calls;
}

static void look_at_mapping(struct passed_by *passed, pid_t pid, const char *line, unsigned *libraries)
{
	const char *path = strchr(line, '/'), *base;
	char permissions[8];
	uint64_t offset;

	if (path == NULL || sscanf(line, "%*x-%*x %7s %" SCNx64, permissions, &offset) != 2)
		return;
	base = strrchr(path, '/') + 1;
	if (offset == 0 && strncmp(base, "libc.so", 7) == 0 && ++*libraries > 1)
		passed->second = true;
	if (permissions[2] == 'x' && strstr(base, ".so") != NULL && passed->module[0] == '\0' &&
	    !is_expected(base) && calls_kernel(pid, path))
		snprintf(passed->module, sizeof passed->module, "%s", path);
}

void passed_by_files(struct passed_by *passed, pid_t pid)
{
	size_t length;
	char *maps = procfile_read(pid, "maps", &length), *rest = maps, *line;
	unsigned libraries = 0;

	passed->second = false;
	passed->module[0] = '\0';
	while (maps != NULL && (line = strsep(&rest, "\n")) != NULL)
		look_at_mapping(passed, pid, line, &libraries);
	free(maps);
}

void passed_by_print_ring(const struct passed_by *passed)
{
	if (passed->ring >= 0)
		printf(
		    "It has an io_uring instance (fd %d). What it binds or listens on by that, or had registered "
		    "before, stays IPv4; where\nit accepts or receives by that, a converted socket becomes IPv4 "
		    "again, or it sees AF_INET6. Many programs use one for files alone.\n",
		    passed->ring);
}

/* In either of these modes the supervisor converts. That is a risk only if it is not known that the program's
 * language looks at the address family. */
static const char *help(const struct passed_by *passed, const struct process *process)
{
	if (passed->unsupervisable)
		return "no mode helps, since " FILTER_LACK;
	return process->program.language != LANGUAGE_UNKNOWN
		   ? "start it with dualbind run --mode both"
		   : "--mode both or supervise would convert it, but then " JUDGE_RISK;
}

const char *passed_by_why(const struct passed_by *passed, const struct process *process)
{
	static char text[384];
	const char *slash = strrchr(passed->module, '/');

	if (process->program.calls_kernel)
		snprintf(text, sizeof text, "it makes system calls of its own, past the library: %s",
			 help(passed, process));
	else if (slash != NULL)
		snprintf(text, sizeof text, "%.40s in it makes system calls of its own, past the library: %s",
			 slash + 1, help(passed, process));
	else if (passed->second)
		snprintf(text, sizeof text,
			 "a module may have bound it that was loaded by dlmopen, past the library: %s",
			 passed->unsupervisable ? help(passed, process)
						: "only --mode supervise would convert it, but then " JUDGE_RISK);
	else if (passed->ring >= 0)
		snprintf(text, sizeof text,
			 "its io_uring instance (fd %d) may have bound it, or have held it before: no mode helps; "
			 "DUALBIND_LOG=debug tells more when it starts",
			 passed->ring);
	else
		return NULL;
	return text;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/supervisorof.h"

#include "base/procfs.h"
#include "inspect/procfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANCESTORS_MAX = 64 };

/* By the name of its executable, or, if that is not shown, by that of the process. */
static bool is_called_dualbind(pid_t pid)
{
	char executable[PATH_MAX];
	char path[PROCFILE_PATH];

	procfile_link(executable, sizeof executable, pid, "exe");
	if (executable[0] == '\0')
		procfile_comm(AT_FDCWD, procfile_path(path, pid, "comm"), "", executable, sizeof executable);
	return strcmp(procfs_program_name(executable), "dualbind") == 0;
}

/* Whether it holds the listener of a seccomp filter; *SEEN: whether its descriptors
 * are shown to this user. */
static bool listens_to_calls(pid_t pid, bool *seen)
{
	char path[PROCFILE_PATH], name[32], target[PROCFILE_PATH];
	DIR *folder = opendir(procfile_path(path, pid, "fd"));
	const struct dirent *entry;
	bool found = false;

	*seen = folder != NULL;
	while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
		snprintf(name, sizeof name, "fd/%.16s", entry->d_name);
		procfile_link(target, sizeof target, pid, name);
		found = strcmp(target, "anon_inode:seccomp notify") == 0;
	}
	if (folder != NULL)
		closedir(folder);
	return found;
}

/*
 * A supervised process is under a seccomp filter, and the supervisor, which holds the
 * filter's listener, is one of its ancestors. All descendants of the supervisor are
 * under its filter, except the stand-in (supervise/init.h). (`run` without a supervisor
 * leaves no dualbind process: it becomes the program.)
 */
pid_t supervisor_of(pid_t pid, bool *all_seen)
{
	bool seen;

	*all_seen = true;
	if (procfile_number(pid, "\nSeccomp:\t") == 0)
		return 0;
	for (int i = 0; i < ANCESTORS_MAX && (pid = procfile_number(pid, "\nPPid:\t")) > 0; i++) {
		if (!is_called_dualbind(pid))
			continue;
		if (listens_to_calls(pid, &seen)) {
			*all_seen = true;
			return pid;
		}
		*all_seen = *all_seen && seen;
	}
	return 0;
}

static bool is_supervisor(pid_t pid)
{
	bool seen;

	return is_called_dualbind(pid) && listens_to_calls(pid, &seen);
}

struct children {
	pid_t parent, first;
};

/* Its children are the program and the stand-in; if it is the first process of a PID namespace, also
 * orphans, which have come later. */
static bool find_first_child(void *context, int folder, const char *name, int pid)
{
	struct children *children = context;

	(void)folder;
	(void)name;
	if (procfile_number(pid, "\nPPid:\t") == children->parent && !is_supervisor(pid) &&
	    (children->first == 0 || pid < children->first))
		children->first = pid;
	return true;
}

pid_t supervised_by(pid_t pid)
{
	struct children children = {.parent = pid};
	int folder;

	if (!is_supervisor(pid))
		return 0;
	folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		procfs_walk(folder, find_first_child, &children);
		close(folder);
	}
	return children.first;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/process.h"

#include "inspect/mapped.h"
#include "inspect/procfile.h"
#include "inspect/supervisorof.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_name(const char *path)
{
	static const char name[] = "/libdualbind.so";
	const char *found = strstr(path, name);

	return found != NULL && (found[sizeof name - 1] == '\0' || found[sizeof name - 1] == ' ');
}

/* The library may have another name (DUALBIND_LIBRARY): then it is recognised by its contents. If there are
 * several copies, one that has rules counts. */
static bool read_library(void *context, int *memory, uint64_t base, const char *path)
{
	struct process *process = context;
	static struct held held;

	if (strstr(path, ".so") == NULL)
		return true;
	held_read(&held, base, mapped_read, memory);
	if (!has_name(path) && (held.state == HELD_UNREADABLE || held.state == HELD_UNKNOWN))
		return true;
	if (process->loaded && (process->held.state == HELD_ACTIVE || held.state != HELD_ACTIVE))
		return true;
	process->loaded = true;
	process->held = held;
	snprintf(process->library, sizeof process->library, "%s", path);
	return true;
}

static void read_environment(struct process *process)
{
	size_t length, count = 0;
	char *empty[] = {NULL}, **strings;

	process->text = procfile_read(process->pid, "environ", &length);
	if (process->text == NULL)
		return;
	process->environment_lost = !environment_is_whole(process->text, length);
	if (process->environment_lost)
		return;
	for (size_t at = 0; at < length; at += strlen(process->text + at) + 1)
		count++;
	strings = calloc(count + 1, sizeof *strings);
	count = 0;
	for (size_t at = 0; strings != NULL && at < length; at += strlen(process->text + at) + 1)
		strings[count++] = process->text + at;
	process->environment_seen = environment_start(&process->environment, strings ? strings : empty);
	free(strings);
}

static void read_secure(struct process *process)
{
	size_t length;
	char *text = procfile_read(process->pid, "auxv", &length);
	unsigned long entry[2];

	for (size_t at = 0; text != NULL && at + sizeof entry <= length; at += sizeof entry) {
		memcpy(entry, text + at, sizeof entry);
		if (entry[0] == AT_SECURE)
			process->secure = entry[1] != 0;
	}
	free(text);
}

bool process_read(struct process *process, pid_t pid)
{
	char path[PROCFILE_PATH];
	int file;

	memset(process, 0, sizeof *process);
	if (!procfile_comm(AT_FDCWD, procfile_path(path, pid, "comm"), "", process->command,
			   sizeof process->command)) {
		errno = ESRCH;
		return false;
	}
	process->pid = pid;
	file = open(procfile_path(path, pid, "exe"), O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		errno = errno == ENOENT ? ENOEXEC : errno;
		return false;
	}
	procfile_link(process->executable, sizeof process->executable, pid, "exe");
	snprintf(process->program.path, sizeof process->program.path, "%s", process->executable);
	process->program.name = process->program.path;
	memcpy(process->program.file, process->program.path, sizeof process->program.file);
	program_inspect(&process->program, file, process->executable);
	close(file);
	process->program.privilege = privilege_of(path);
	process->maps_seen = mapped_walk(pid, read_library, process);
	read_environment(process);
	read_secure(process);
	process->supervisor = supervisor_of(pid, &process->supervisor_seen);
	return true;
}

bool process_enter_network(pid_t pid)
{
	char own[PROCFILE_PATH], other[PROCFILE_PATH];
	int file, result;

	procfile_link(own, sizeof own, getpid(), "ns/net");
	procfile_link(other, sizeof other, pid, "ns/net");
	if (own[0] != '\0' && strcmp(own, other) == 0)
		return true;
	file = procfile_open(pid, "ns/net");
	result = file >= 0 ? setns(file, CLONE_NEWNET) : -1;
	if (file >= 0) {
		int saved = errno;

		close(file);
		errno = saved;
	}
	return result == 0;
}

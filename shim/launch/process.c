#define _GNU_SOURCE
#include "process.h"

#include "locate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 64, FILE_MAX = 64 << 20, ROOM = 64 << 10, ANCESTORS_MAX = 64 };

static const char *in_proc(char path[NAME_BYTES], pid_t pid, const char *name)
{
	snprintf(path, NAME_BYTES, "/proc/%d/%s", pid, name);
	return path;
}

static int open_in_proc(pid_t pid, const char *name)
{
	char path[NAME_BYTES];

	return open(in_proc(path, pid, name), O_RDONLY | O_CLOEXEC);
}

static void read_link(char *target, size_t size, pid_t pid, const char *name)
{
	char path[NAME_BYTES];
	ssize_t length = readlink(in_proc(path, pid, name), target, size - 1);

	target[length > 0 ? length : 0] = '\0';
}

/* The whole of a file, ended by a zero; NULL where it cannot be read. */
static char *read_file(pid_t pid, const char *name, size_t *length)
{
	int file = open_in_proc(pid, name);
	size_t room = 0;
	char *text = NULL, *more;
	ssize_t now = 0;

	if (file < 0)
		return NULL;
	*length = 0;
	do {
		if (*length + 1 >= room) {
			more = room < FILE_MAX ? realloc(text, room += ROOM) : NULL;
			if (more == NULL)
				break;
			text = more;
		}
		now = read(file, text + *length, room - *length - 1);
		*length += now > 0 ? (size_t)now : 0;
	} while (now > 0);
	close(file);
	if (text != NULL)
		text[*length] = '\0';
	if (now == 0)
		return text;
	free(text);
	return NULL;
}

static bool read_memory(void *context, uint64_t address, void *to, size_t size)
{
	const int *memory = context;

	return address <= INT64_MAX && pread(*memory, to, size, (off_t)address) == (ssize_t)size;
}

/* There may be several copies of it: one that has rules is the one that counts. */
static void read_library(struct process *process, int memory, uint64_t base, const char *path)
{
	static struct held held;

	held_read(&held, base, read_memory, &memory);
	if (process->loaded && (process->held.state == HELD_ACTIVE || held.state != HELD_ACTIVE))
		return;
	process->loaded = true;
	process->held = held;
	snprintf(process->library, sizeof process->library, "%s", path);
}

/* "start-end perms offset device inode      /path/of/the/file (deleted)" */
static void read_maps(struct process *process)
{
	static const char name[] = "/libdualbind.so";
	size_t length;
	char *maps = read_file(process->pid, "maps", &length), *rest = maps, *line;
	int memory = -1;

	process->maps_seen = maps != NULL;
	while (maps != NULL && (line = strsep(&rest, "\n")) != NULL) {
		const char *path = strchr(line, '/'), *found = path ? strstr(path, name) : NULL;
		uint64_t start, offset;

		if (found == NULL || (found[sizeof name - 1] != '\0' && found[sizeof name - 1] != ' '))
			continue;
		if (sscanf(line, "%" SCNx64 "-%*x %*s %" SCNx64, &start, &offset) != 2 || offset != 0)
			continue;
		memory = memory < 0 ? open_in_proc(process->pid, "mem") : memory;
		read_library(process, memory, start, path);
	}
	if (memory >= 0)
		close(memory);
	free(maps);
}

static void read_environment(struct process *process)
{
	size_t length, count = 0;
	char *empty[] = {NULL}, **strings;

	process->text = read_file(process->pid, "environ", &length);
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
	char *text = read_file(process->pid, "auxv", &length);
	unsigned long entry[2];

	for (size_t at = 0; text != NULL && at + sizeof entry <= length; at += sizeof entry) {
		memcpy(entry, text + at, sizeof entry);
		if (entry[0] == AT_SECURE)
			process->secure = entry[1] != 0;
	}
	free(text);
}

/* The number after KEY, in a line of /proc/PID/status; 0. */
static int number_of(pid_t pid, const char *key)
{
	size_t length;
	char *status = read_file(pid, "status", &length);
	const char *line = status ? strstr(status, key) : NULL;
	int number = line ? (int)strtol(line + strlen(key), NULL, 10) : 0;

	free(status);
	return number;
}

/* By its executable; where that is not shown, by the name that it goes by. */
static bool is_called_dualbind(pid_t pid)
{
	static const char deleted[] = " (deleted)";
	char executable[PATH_MAX];
	size_t length;
	char *name, *command;
	bool is_it;

	read_link(executable, sizeof executable, pid, "exe");
	length = strlen(executable);
	if (length >= sizeof deleted && strcmp(executable + length - (sizeof deleted - 1), deleted) == 0)
		executable[length - (sizeof deleted - 1)] = '\0';
	name = strrchr(executable, '/');
	if (name != NULL)
		return strcmp(name, "/dualbind") == 0;
	command = read_file(pid, "comm", &length);
	is_it = command != NULL && strcmp(command, "dualbind\n") == 0;
	free(command);
	return is_it;
}

/* Whether it holds a listener to system calls; *SEEN: whether its descriptors
 * are shown to this user. */
static bool listens_to_calls(pid_t pid, bool *seen)
{
	char path[NAME_BYTES], name[32], target[NAME_BYTES];
	DIR *folder = opendir(in_proc(path, pid, "fd"));
	const struct dirent *entry;
	bool found = false;

	*seen = folder != NULL;
	while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
		snprintf(name, sizeof name, "fd/%.16s", entry->d_name);
		read_link(target, sizeof target, pid, name);
		found = strcmp(target, "anon_inode:seccomp notify") == 0;
	}
	if (folder != NULL)
		closedir(folder);
	return found;
}

/*
 * Whoever is supervised is under a seccomp filter and has its supervisor among
 * its ancestors, which holds the filter's listener. What descends from that
 * process is under its filter, but for the stand-in, which has none. (`run`
 * without a supervisor leaves no dualbind behind: it becomes the program.)
 */
static void find_supervisor(struct process *process)
{
	pid_t pid = process->pid;
	bool seen;

	process->supervisor_seen = true;
	if (number_of(pid, "\nSeccomp:\t") == 0)
		return;
	for (int i = 0; i < ANCESTORS_MAX && (pid = number_of(pid, "\nPPid:\t")) > 0; i++) {
		if (!is_called_dualbind(pid))
			continue;
		if (listens_to_calls(pid, &seen)) {
			process->supervisor_seen = true;
			process->supervisor = pid;
			return;
		}
		process->supervisor_seen = process->supervisor_seen && seen;
	}
}

bool process_read(struct process *process, pid_t pid)
{
	char path[NAME_BYTES];
	size_t length;
	char *command = read_file(pid, "comm", &length);
	int file;

	memset(process, 0, sizeof *process);
	if (command == NULL) {
		errno = ESRCH;
		return false;
	}
	process->pid = pid;
	snprintf(process->command, sizeof process->command, "%.*s", (int)strcspn(command, "\n"), command);
	free(command);
	file = open(in_proc(path, pid, "exe"), O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		errno = errno == ENOENT ? ENOEXEC : errno;
		return false;
	}
	read_link(process->executable, sizeof process->executable, pid, "exe");
	snprintf(process->program.path, sizeof process->program.path, "%s", process->executable);
	process->program.name = process->program.path;
	memcpy(process->program.file, process->program.path, sizeof process->program.file);
	program_inspect(&process->program, file, process->executable);
	close(file);
	process->program.privilege = privilege_of(path);
	read_maps(process);
	read_environment(process);
	read_secure(process);
	find_supervisor(process);
	return true;
}

bool process_enter_network(pid_t pid)
{
	char own[NAME_BYTES], other[NAME_BYTES];
	int file, result;

	read_link(own, sizeof own, getpid(), "ns/net");
	read_link(other, sizeof other, pid, "ns/net");
	if (own[0] != '\0' && strcmp(own, other) == 0)
		return true;
	file = open_in_proc(pid, "ns/net");
	result = file >= 0 ? setns(file, CLONE_NEWNET) : -1;
	if (file >= 0) {
		int saved = errno;

		close(file);
		errno = saved;
	}
	return result == 0;
}

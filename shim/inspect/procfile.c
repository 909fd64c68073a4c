/* SPDX-License-Identifier: MIT */
#include "inspect/procfile.h"

#include "base/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, ROOM = 64 << 10 };

const char *procfile_path(char path[PROCFILE_PATH], pid_t pid, const char *name)
{
	snprintf(path, PROCFILE_PATH, "/proc/%d/%s", pid, name);
	return path;
}

int procfile_open(pid_t pid, const char *name)
{
	char path[PROCFILE_PATH];

	return open(procfile_path(path, pid, name), O_RDONLY | O_CLOEXEC);
}

void procfile_link(char *target, size_t size, pid_t pid, const char *name)
{
	char path[PROCFILE_PATH];

	procfs_link(AT_FDCWD, procfile_path(path, pid, name), target, size);
}

/* The name may have any characters in it; the newline at the end is not part of it. */
bool procfile_comm(int folder, const char *name, const char *rest, char *comm, size_t size)
{
	ssize_t length = procfs_text(folder, name, rest, comm, size);

	if (length > 0 && comm[length - 1] == '\n')
		comm[length - 1] = '\0';
	return length >= 0;
}

/* The whole of a file, ended by a zero; NULL if it cannot be read. */
char *procfile_read(pid_t pid, const char *name, size_t *length)
{
	int file = procfile_open(pid, name);
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

/* The number after KEY, in a line of /proc/PID/status; 0 if there is none. */
int procfile_number(pid_t pid, const char *key)
{
	size_t length;
	char *status = procfile_read(pid, "status", &length);
	const char *line = status ? strstr(status, key) : NULL;
	int number = line ? (int)strtol(line + strlen(key), NULL, 10) : 0;

	free(status);
	return number;
}

bool procfile_is_refusal(int error)
{
	return error == EPERM || error == EACCES;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "forgets.h"

#include "base/sys.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct forgets *current;

void forgets_start(const struct forgets *forgets)
{
	current = forgets;
}

static bool is_forgotten(int level, int name)
{
	if (current == NULL)
		return false;
	if (current->plain && level == SOL_SOCKET && (name == SO_NO_CHECK || name == SO_LINGER))
		return true;
	if (current->level != level)
		return false;
	for (size_t i = 0; i < FORGETS_NAMES && current->name[i] != 0; i++)
		if (current->name[i] == name)
			return true;
	return false;
}

static int answer(void)
{
	if (!current->refused)
		return 0;
	errno = ENOPROTOOPT;
	return -1;
}

int __real_sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
int __wrap_sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length);

int __wrap_sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return is_forgotten(level, name) ? answer() : __real_sys_setsockopt(fd, level, name, value, length);
}

int __real_sys_set_int(int fd, int level, int name, int value);
int __wrap_sys_set_int(int fd, int level, int name, int value);

int __wrap_sys_set_int(int fd, int level, int name, int value)
{
	return is_forgotten(level, name) ? answer() : __real_sys_set_int(fd, level, name, value);
}

static bool is_read_otherwise(int level, int name)
{
	return is_forgotten(level, name) && current->reads != READS_THE_TRUTH;
}

/* -1 is READS_UNKNOWN. */
static int constant(void)
{
	errno = ENOPROTOOPT;
	return current->reads;
}

int __real_sys_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __wrap_sys_getsockopt(int fd, int level, int name, void *value, socklen_t *length);

int __wrap_sys_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	if (!is_read_otherwise(level, name))
		return __real_sys_getsockopt(fd, level, name, value, length);
	if (constant() < 0)
		return -1;
	*length = sizeof current->reads;
	memcpy(value, &current->reads, sizeof current->reads);
	return 0;
}

int __real_sys_get_int(int fd, int level, int name);
int __wrap_sys_get_int(int fd, int level, int name);

int __wrap_sys_get_int(int fd, int level, int name)
{
	return is_read_otherwise(level, name) ? constant() : __real_sys_get_int(fd, level, name);
}

ssize_t __real_sys_read(int fd, void *buffer, size_t size);
ssize_t __wrap_sys_read(int fd, void *buffer, size_t size);

ssize_t __wrap_sys_read(int fd, void *buffer, size_t size)
{
	ssize_t got = __real_sys_read(fd, buffer, size);
	const char *told = got > 0 ? memmem(buffer, (size_t)got, "tfd:", 4) : NULL;

	return current != NULL && current->registrations && told != NULL ? told - (const char *)buffer : got;
}

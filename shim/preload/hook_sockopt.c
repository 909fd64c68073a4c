/* SPDX-License-Identifier: MIT */
/* getsockopt(2), setsockopt(2) */
#include "calls/sockopt.h"
#include "preload/hook.h"

HOOK int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
	int before = errno;

	return keep_errno(before, call_getsockopt(fd, level, name, value, length, next()->getsockopt));
}

HOOK int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	int before = errno;

	return keep_errno(before, call_setsockopt(fd, level, name, value, length, next()->setsockopt));
}

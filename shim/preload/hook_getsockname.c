/* SPDX-License-Identifier: MIT */
/* getsockname(2), getpeername(2) */
#include "calls/names.h"
#include "preload/hook.h"

HOOK int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	int before = errno;

	return keep_errno(before, call_getsockname(fd, address, length, next()->getsockname));
}

HOOK int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	int before = errno;

	return keep_errno(before, call_getpeername(fd, address, length, next()->getpeername));
}

/* SPDX-License-Identifier: MIT */
/* getsockname(2), getpeername(2) */
#include "calls/names.h"
#include "preload/next.h"

HOOK int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	return call_getsockname(fd, address, length, next()->getsockname);
}

HOOK int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	return call_getpeername(fd, address, length, next()->getpeername);
}

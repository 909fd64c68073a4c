/* SPDX-License-Identifier: MIT */
/* connect(2) */
#include "calls/connect.h"
#include "preload/hook.h"

HOOK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int before = errno;

	return keep_errno(before, call_connect(fd, address, length, next()->connect));
}

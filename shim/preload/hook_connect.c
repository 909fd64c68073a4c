/* SPDX-License-Identifier: MIT */
/* connect(2) */
#include "calls/connect.h"
#include "preload/next.h"

HOOK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return call_connect(fd, address, length, next()->connect);
}

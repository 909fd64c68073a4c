/* SPDX-License-Identifier: MIT */
/* ioctl(2), for what AF_INET sockets answer alone */
#include "calls/ioctl.h"
#include "preload/hook.h"

/* The C library's has the last argument as a variable one, which is passed in the same way. */
int ioctl(int fd, unsigned long request, void *argument);

HOOK int ioctl(int fd, unsigned long request, void *argument)
{
	int before;

	if (!ioctl_is_of_ipv4(request))
		return next()->ioctl(fd, request, argument);
	before = errno;
	return keep_errno(before, call_ioctl(fd, request, argument, next()->ioctl));
}

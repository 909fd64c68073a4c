/* SPDX-License-Identifier: MIT */
/* recvfrom(2), recvmsg(2), recvmmsg(2), sendto(2), sendmsg(2), sendmmsg(2) */
#include "calls/recv.h"
#include "calls/send.h"
#include "preload/hook.h"

/* glibc declares these under _GNU_SOURCE alone, or not at all. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout);
int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
ssize_t __recvfrom_chk(int fd, void *restrict buffer, size_t size, size_t room, int flags,
		       struct sockaddr *restrict address, socklen_t *restrict length);

static ssize_t receive_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			    socklen_t *length)
{
	int before = errno;

	return keep_errno_long(
	    before, call_recvfrom(fd, buffer, size, flags, address, length, next()->recvfrom, next()->recvmsg));
}

HOOK ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags, struct sockaddr *restrict address,
		      socklen_t *restrict length)
{
	return receive_from(fd, buffer, size, flags, address, length);
}

/* What recvfrom is in a program built with _FORTIFY_SOURCE: ROOM is the size of
 * the buffer, and the C library ends a program that claims more. */
HOOK ssize_t __recvfrom_chk(int fd, void *restrict buffer, size_t size, size_t room, int flags,
			    struct sockaddr *restrict address, socklen_t *restrict length)
{
	if (size > room)
		return next()->recvfrom_chk(fd, buffer, size, room, flags, address, length);
	return receive_from(fd, buffer, size, flags, address, length);
}

HOOK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	int before = errno;

	return keep_errno_long(before, call_recvmsg(fd, message, flags, next()->recvmsg));
}

HOOK int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	int before = errno;

	return keep_errno(before, call_recvmmsg(fd, messages, count, flags, timeout, next()->recvmmsg));
}

HOOK ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length)
{
	int before = errno;

	return keep_errno_long(before, call_sendto(fd, data, size, flags, address, length, next()->sendto));
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	int before = errno;

	return keep_errno_long(before, call_sendmsg(fd, message, flags, next()->sendmsg, next()->sendto));
}

HOOK int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	int before = errno;

	return keep_errno(before, call_sendmmsg(fd, messages, count, flags, next()->sendmmsg));
}

/* SPDX-License-Identifier: MIT */
/* recvfrom(2), recvmsg(2), recvmmsg(2), sendto(2), sendmsg(2), sendmmsg(2) */
#define _GNU_SOURCE
#include "calls/quick_recv.h"
#include "calls/quick_send.h"
#include "preload/hook.h"

/* glibc does not declare it. */
ssize_t __recvfrom_chk(int fd, void *restrict buffer, size_t size, size_t room, int flags,
		       struct sockaddr *restrict address, socklen_t *restrict length);

/* A hook ends in a jump to one of these, so that it is not on the stack during their system calls. */
#define SLOW __attribute__((noinline, cold)) static
#define QUICKLY __attribute__((noinline, hot)) static

SLOW ssize_t receive_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
	int before = errno;

	return keep_errno_long(
	    before, call_recvfrom(fd, buffer, size, flags, address, length, next()->recvfrom, next()->recvmsg));
}

SLOW ssize_t received_from(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			   socklen_t *length, const struct came *came, const struct name_buf *name)
{
	int before = errno;

	return keep_errno_long(before, call_recvfrom_came(fd, buffer, size, flags, address, length, came, name,
							  next()->recvfrom, next()->recvmsg));
}

QUICKLY ssize_t receive_from_quickly(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
				     socklen_t *length)
{
	return quick_recvfrom(fd, buffer, size, flags, address, length, next()->recvfrom, received_from);
}

static inline ssize_t receive_any(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
				  socklen_t *length)
{
	if (quick_recvfrom_may_be(address, length, flags))
		return receive_from_quickly(fd, buffer, size, flags, address, length);
	return receive_from(fd, buffer, size, flags, address, length);
}

HOOK ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags, struct sockaddr *restrict address,
		      socklen_t *restrict length)
{
	return receive_any(fd, buffer, size, flags, address, length);
}

/* recvfrom in a program that was built with _FORTIFY_SOURCE: ROOM is the size of the buffer, and the
 * C library ends a program that passes a larger SIZE. */
HOOK ssize_t __recvfrom_chk(int fd, void *restrict buffer, size_t size, size_t room, int flags,
			    struct sockaddr *restrict address, socklen_t *restrict length)
{
	if (size > room)
		return next()->recvfrom_chk(fd, buffer, size, room, flags, address, length);
	return receive_any(fd, buffer, size, flags, address, length);
}

SLOW ssize_t receive_message(int fd, struct msghdr *message, int flags)
{
	int before = errno;

	return keep_errno_long(before, call_recvmsg(fd, message, flags, next()->recvmsg));
}

SLOW ssize_t received_message(int fd, struct msghdr *message, int flags, const struct came *came,
			      const struct msghdr *received)
{
	int before = errno;

	return keep_errno_long(before, call_recvmsg_came(fd, message, flags, came, received, next()->recvmsg));
}

QUICKLY ssize_t receive_message_quickly(int fd, struct msghdr *message, int flags)
{
	return quick_recvmsg(fd, message, flags, next()->recvmsg, received_message);
}

HOOK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	if (quick_recvmsg_may_be(message, flags))
		return receive_message_quickly(fd, message, flags);
	return receive_message(fd, message, flags);
}

HOOK int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	int before = errno;

	return keep_errno(before, call_recvmmsg(fd, messages, count, flags, timeout, next()->recvmmsg));
}

SLOW ssize_t send_to(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		     socklen_t length)
{
	int before = errno;

	return keep_errno_long(before, call_sendto(fd, data, size, flags, address, length, next()->sendto));
}

QUICKLY ssize_t send_to_quickly(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
				socklen_t length)
{
	return quick_sendto(fd, data, size, flags, address, length, next()->sendto, send_to);
}

HOOK ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length)
{
	if (quick_send_may_be(address, length, flags))
		return send_to_quickly(fd, data, size, flags, address, length);
	return send_to(fd, data, size, flags, address, length);
}

SLOW ssize_t send_message(int fd, const struct msghdr *message, int flags)
{
	int before = errno;

	return keep_errno_long(before, call_sendmsg(fd, message, flags, next()->sendmsg));
}

QUICKLY ssize_t send_message_quickly(int fd, const struct msghdr *message, int flags)
{
	return quick_sendmsg(fd, message, flags, next()->sendmsg, next()->sendto, send_message);
}

HOOK ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (message != NULL && quick_send_may_be(message->msg_name, message->msg_namelen, flags))
		return send_message_quickly(fd, message, flags);
	return send_message(fd, message, flags);
}

HOOK int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	int before = errno;

	return keep_errno(before, call_sendmmsg(fd, messages, count, flags, next()->sendmmsg));
}

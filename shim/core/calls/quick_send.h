/* SPDX-License-Identifier: MIT */
/*
 * The short way of send.h, for most datagrams: to an IPv4 address, or to one that lately.h knows, by a process
 * that has a converted UDP socket. It is in line in the hooks, as quick_recv.h is. First it is asked whether a call may
 * go this way; if it turns out that it may not, SLOW makes the call. errno is the native call's.
 */
#ifndef DUALBIND_CALLS_QUICK_SEND_H
#define DUALBIND_CALLS_QUICK_SEND_H

#include "base/cmsg_buf.h"
#include "calls/cmsg_pktinfo.h"
#include "calls/send.h"
#include "config/settings.h"
#include "peers/lately.h"
#include "socket/mark.h"

#include <errno.h>
#include <limits.h>

#define QUICK static inline __attribute__((always_inline))

QUICK bool quick_send_may_be(const void *name, socklen_t length, int flags)
{
	const struct sockaddr_in *to = name;

	return mark_hints_are_used() && to != NULL && length == sizeof *to && to->sin_family == AF_INET &&
	       (flags & (MSG_FASTOPEN | MSG_OOB)) == 0 && settings_kept.settings.datagrams;
}

/* Whether the call to a real address was refused, since the socket is an AF_INET one. Then errno is set to BEFORE. */
QUICK bool quick_send_is_refused(ssize_t result, int before)
{
	if (result >= 0 || errno != EAFNOSUPPORT)
		return false;
	errno = before;
	return true;
}

QUICK ssize_t quick_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			   socklen_t length, native_sendto *native, native_sendto *slow)
{
	struct sockaddr_in6 real;
	enum lately lately;
	ssize_t result;
	uint32_t now = 0;
	int before;

	lately = lately_meant(&settings_kept.settings, (const void *)address, &real, &now);
	if (lately == LATELY_ITSELF)
		return native(fd, data, size, flags, address, length);
	if (lately == LATELY_REAL) {
		before = errno;
		result = native(fd, data, size, flags, (const struct sockaddr *)&real, sizeof real);
		if (!quick_send_is_refused(result, before))
			return result;
	}
	return slow(fd, data, size, flags, address, length);
}

/* Whether sendto(2) can send MESSAGE, which takes less time: not with a length that sendmsg(2) calls invalid. */
QUICK bool quick_send_is_single(const struct msghdr *message)
{
	return message->msg_iovlen == 1 && message->msg_iov != NULL && message->msg_iov->iov_len <= SSIZE_MAX;
}

/* Addresses OURS, a copy of the program's message, to REAL, with *ITEM if it has an item. False: not this way. */
QUICK bool quick_send_write(struct msghdr *ours, struct sockaddr_in6 *real, union cmsg_pktinfo6 *item, uint32_t now)
{
	if (ours->msg_controllen > 0 &&
	    (ours->msg_control == NULL || !cmsg_pktinfo_to_ipv6(ours, item, now))) /* EFAULT */
		return false;
	ours->msg_name = real;
	ours->msg_namelen = sizeof *real;
	return true;
}

/* Sends MESSAGE to REAL. False: not this way. */
QUICK bool quick_sendmsg_to(int fd, const struct msghdr *message, int flags, struct sockaddr_in6 *real,
			    uint32_t now, native_sendmsg *native, native_sendto *single, ssize_t *result)
{
	struct msghdr ours = *message;
	union cmsg_pktinfo6 item;
	int before = errno;

	cmsg_lengths(&ours);
	if (!quick_send_write(&ours, real, &item, now))
		return false;
	if (ours.msg_controllen == 0 && quick_send_is_single(&ours))
		*result = single(fd, ours.msg_iov->iov_base, ours.msg_iov->iov_len, flags,
				 (const struct sockaddr *)real, sizeof *real);
	else
		*result = native(fd, &ours, flags);
	return !quick_send_is_refused(*result, before);
}

QUICK ssize_t quick_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native,
			    native_sendto *single, native_sendmsg *slow)
{
	struct sockaddr_in6 real;
	enum lately lately;
	ssize_t result;
	uint32_t now = 0;

	lately = lately_meant(&settings_kept.settings, message->msg_name, &real, &now);
	if (lately == LATELY_ITSELF)
		return native(fd, message, flags);
	if (lately == LATELY_REAL && quick_sendmsg_to(fd, message, flags, &real, now, native, single, &result))
		return result;
	return slow(fd, message, flags);
}

#endif

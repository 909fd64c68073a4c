/* SPDX-License-Identifier: MIT */
/*
 * The short way of send.h, for most datagrams: to an IPv4 address, or to one that lately.h knows, by a process
 * that has a converted UDP socket. It is in line in the hooks, as quick_recv.h is. Where it is another way, SLOW makes
 * the call. errno is the native call's.
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

#define QUICK static inline __attribute__((always_inline))

QUICK enum lately quick_send_meant(const void *name, socklen_t length, int flags, struct sockaddr_in6 *real,
				   uint32_t *now)
{
	const struct sockaddr_in *to = name;

	if (!mark_hints_are_used() || to == NULL || length != sizeof *to || to->sin_family != AF_INET ||
	    (flags & (MSG_FASTOPEN | MSG_OOB)) || !settings_kept.settings.datagrams)
		return LATELY_UNKNOWN;
	return lately_meant(&settings_kept.settings, to, real, now);
}

/* Whether the call to a real address was refused, since the socket is an AF_INET one: errno is as it was BEFORE. */
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
	ssize_t result;
	uint32_t now;
	int before;

	switch (quick_send_meant(address, length, flags, &real, &now)) {
	case LATELY_ITSELF:
		return native(fd, data, size, flags, address, length);
	case LATELY_REAL:
		before = errno;
		result = native(fd, data, size, flags, (struct sockaddr *)&real, sizeof real);
		if (!quick_send_is_refused(result, before))
			return result;
		break;
	case LATELY_UNKNOWN:
		break;
	}
	return slow(fd, data, size, flags, address, length);
}

/* MESSAGE to REAL, with *OURS for what becomes of it. False: no way of this kind. */
QUICK bool quick_sendmsg_to(int fd, const struct msghdr *message, int flags, const struct sockaddr_in6 *real,
			    uint32_t now, native_sendmsg *native, native_sendto *single, ssize_t *result)
{
	struct msghdr ours = *message;
	struct cmsg_pktinfo6 item;
	int before = errno;

	cmsg_lengths(&ours);
	if (ours.msg_control == NULL || ours.msg_controllen == 0) {
		if (ours.msg_iovlen == 1 && ours.msg_iov != NULL) {
			*result = single(fd, ours.msg_iov->iov_base, ours.msg_iov->iov_len, flags,
					 (const struct sockaddr *)real, sizeof *real);
			return !quick_send_is_refused(*result, before);
		}
	} else if (!cmsg_pktinfo_to_ipv6(&ours, &item, now)) {
		return false;
	}
	ours.msg_name = (void *)(uintptr_t)real;
	ours.msg_namelen = sizeof *real;
	*result = native(fd, &ours, flags);
	return !quick_send_is_refused(*result, before);
}

QUICK ssize_t quick_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native,
			    native_sendto *single, native_sendmsg *slow)
{
	struct sockaddr_in6 real;
	ssize_t result;
	uint32_t now;

	if (message == NULL)
		return slow(fd, message, flags);
	switch (quick_send_meant(message->msg_name, message->msg_namelen, flags, &real, &now)) {
	case LATELY_ITSELF:
		return native(fd, message, flags);
	case LATELY_REAL:
		if (quick_sendmsg_to(fd, message, flags, &real, now, native, single, &result))
			return result;
		break;
	case LATELY_UNKNOWN:
		break;
	}
	return slow(fd, message, flags);
}

#endif

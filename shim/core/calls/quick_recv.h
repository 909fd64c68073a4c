/* SPDX-License-Identifier: MIT */
/*
 * The short way of recv.h, for most datagrams: the socket has the hint (mark.h), and lately.h knows the peer. It is
 * in line in the hooks: after a system call a return from a function takes as long as twenty instructions, on kernels
 * that overwrite the processor's memory of return addresses.
 *
 * First it is asked whether a call may go this way. If it turns out that it may not, CAME goes on with what has been
 * received. errno is the native call's.
 */
#ifndef DUALBIND_CALLS_QUICK_RECV_H
#define DUALBIND_CALLS_QUICK_RECV_H

#include "base/cmsg_buf.h"
#include "calls/cmsg_pktinfo.h"
#include "calls/recv.h"
#include "config/settings.h"
#include "peers/lately.h"
#include "socket/mark.h"

#include <limits.h>

#define QUICK static inline __attribute__((always_inline))

/* If hints are used, the settings have been read, and the kernel has filters (v4mapped_item.h). */
QUICK bool quick_recv_may_be(const void *name, socklen_t room, int flags)
{
	return name != NULL && room >= sizeof(struct sockaddr_in) && room <= INT_MAX &&
	       (flags & MSG_ERRQUEUE) == 0 && settings_kept.settings.datagrams &&
	       !settings_kept.settings.native_peers;
}

QUICK bool quick_recvfrom_may_be(const struct sockaddr *address, const socklen_t *length, int flags)
{
	return mark_hints_are_used() && length != NULL && quick_recv_may_be(address, *length, flags);
}

QUICK bool quick_recvmsg_may_be(const struct msghdr *message, int flags)
{
	return mark_hints_are_used() && message != NULL && (flags & MSG_CMSG_CLOEXEC) == 0 && /* made.h */
	       quick_recv_may_be(message->msg_name, message->msg_namelen, flags);
}

/* Writes to TO how the AF_INET6 name in BUF, of a converted socket, is shown. *NOW: see lately_shown(). */
QUICK bool quick_recv_show(const struct name_buf *buf, void *to, uint32_t *now)
{
	struct sockaddr_in shown;

	if (!lately_shown(&settings_kept.settings, (const void *)buf->at, &shown, now))
		return false;
	if (buf->at == to) /* there is room for both families */
		memset((char *)to + sizeof shown, 0, sizeof(struct sockaddr_in6) - sizeof shown);
	memcpy(to, &shown, sizeof shown);
	return true;
}

typedef ssize_t came_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			      socklen_t *length, const struct came *came, const struct name_buf *name);

QUICK ssize_t quick_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			     socklen_t *length, native_recvfrom *native, came_recvfrom *came)
{
	struct sockaddr_in6 ours;
	struct name_buf buf;
	struct came here;
	uint32_t now = 0;

	buf.at = *length >= sizeof ours ? address : (struct sockaddr *)&ours;
	buf.length = *length >= sizeof ours ? *length : sizeof ours;
	here.result = native(fd, buffer, size, flags, buf.at, &buf.length);
	if (here.result < 0) {
		name_buf_abandon(&buf, address, length);
	} else if (name_buf_is_in6(&buf)) {
		here.is_hinted = mark_hints_are_used() && mark_has_hint(fd);
		if (!here.is_hinted || !quick_recv_show(&buf, address, &now))
			return came(fd, buffer, size, flags, address, length, &here, &buf);
		*length = sizeof(struct sockaddr_in);
	} else {
		name_buf_give(&buf, address, *length);
		*length = buf.length;
	}
	return here.result;
}

/* Everything except the name. */
QUICK void quick_recv_rest(int fd, const struct msghdr *received, struct msghdr *message, uint32_t now)
{
	message->msg_namelen = sizeof(struct sockaddr_in);
	message->msg_flags = received->msg_flags;
	if (received->msg_controllen == 0)
		message->msg_controllen = 0;
	else if (!cmsg_pktinfo_to_ipv4(received, message, now))
		cmsg_to_ipv4(&settings_kept.settings, fd, received, message);
}

typedef ssize_t came_recvmsg(int fd, struct msghdr *message, int flags, const struct came *came,
			     const struct msghdr *received);

QUICK ssize_t quick_recvmsg(int fd, struct msghdr *message, int flags, native_recvmsg *native, came_recvmsg *came)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_TRANSLATE_BYTES];
	struct sockaddr_in6 name;
	struct name_buf buf;
	struct msghdr ours;
	struct came here;
	uint32_t now = 0;

	cmsg_lengths(message);
	ours = *message;
	arrival_prepare(message, &ours, &name, control);
	here.result = native(fd, &ours, flags);
	if (here.result < 0) {
		arrival_abandon(&ours, message);
		return here.result;
	}
	buf = (struct name_buf){ours.msg_name, ours.msg_namelen};
	here.is_hinted = name_buf_is_in6(&buf) && mark_hints_are_used() && mark_has_hint(fd);
	if (!here.is_hinted || !quick_recv_show(&buf, message->msg_name, &now))
		return came(fd, message, flags, &here, &ours);
	quick_recv_rest(fd, &ours, message, now);
	return here.result;
}

#endif

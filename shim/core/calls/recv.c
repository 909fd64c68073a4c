/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/recv.h"

#include "calls/arrival.h"

#include <errno.h>
#include <limits.h>

__attribute__((noinline)) static void throw_away_from(const struct arrival *arrival, native_recvfrom *native)
{
	if (arrival_stays(arrival))
		native(arrival->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

ssize_t call_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
		      native_recvfrom *native)
{
	struct sockaddr_in6 name;
	struct arrival arrival;
	struct name_buf buf;
	ssize_t result;
	int saved;

	if (address == NULL || length == NULL || *length > INT_MAX ||
	    (arrival = arrival_at(fd, flags)).settings == NULL)
		return native(fd, buffer, size, flags, address, length);
	for (;;) {
		buf = name_buf_for(address, *length, &name);
		result = native(fd, buffer, size, flags, buf.at, &buf.length);
		if (result < 0) {
			name_buf_abandon(&buf, address, length);
			return result;
		}
		saved = errno;
		if (arrival_name(&arrival, &buf, address, *length, length) == DELIVERED)
			break;
		throw_away_from(&arrival, native);
		errno = saved;
	}
	errno = saved;
	return result;
}

__attribute__((noinline)) static void throw_away(const struct arrival *arrival, native_recvmsg *native)
{
	struct msghdr nothing = {.msg_name = NULL};

	if (arrival_stays(arrival))
		native(arrival->fd, &nothing, MSG_DONTWAIT);
}

__attribute__((noinline)) static ssize_t receive_one(struct arrival *arrival, struct msghdr *message,
						     native_recvmsg *native)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_TRANSLATE_BYTES];
	struct sockaddr_in6 name;
	struct msghdr ours;
	ssize_t result;
	int saved;

	for (;;) {
		arrival_prepare(message, &ours, &name, control);
		result = native(arrival->fd, &ours, arrival->flags);
		if (result < 0) {
			arrival_abandon(&ours, message);
			return result;
		}
		saved = errno;
		if (arrival_show(arrival, &ours, message) == DELIVERED)
			break;
		throw_away(arrival, native);
		errno = saved;
	}
	errno = saved;
	return result;
}

/* Nothing that would have to be presented, or nothing that the kernel takes. */
static bool is_plain(const struct msghdr *message)
{
	if (message->msg_name != NULL)
		return message->msg_namelen > INT_MAX;
	return message->msg_control == NULL || message->msg_controllen < sizeof(struct cmsghdr);
}

ssize_t call_recvmsg(int fd, struct msghdr *message, int flags, native_recvmsg *native)
{
	struct arrival arrival;

	if (message == NULL || is_plain(message) || (arrival = arrival_at(fd, flags)).settings == NULL)
		return native(fd, message, flags);
	return receive_one(&arrival, message, native);
}

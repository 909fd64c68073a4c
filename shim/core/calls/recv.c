/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/recv.h"

#include "base/cmsg_buf.h"
#include "calls/arrival.h"
#include "process/made.h"

#include <limits.h>

/* Receives one message, by the function that the program has called: a sandbox may allow no other. */
struct receiver {
	struct arrival arrival;
	ssize_t (*receive)(const struct receiver *receiver, struct msghdr *message, int flags);
	native_recvfrom *recvfrom;
	native_recvmsg *recvmsg;
};

static ssize_t by_recvfrom(const struct receiver *receiver, struct msghdr *message, int flags)
{
	if (message->msg_control != NULL) { /* a buffer of ours (arrival.h), which recvfrom cannot fill */
		message->msg_iovlen = 1;
		return receiver->recvmsg(receiver->arrival.fd, message, flags);
	}
	message->msg_flags = MSG_CTRUNC;
	return receiver->recvfrom(receiver->arrival.fd, message->msg_iov->iov_base, message->msg_iov->iov_len,
				  flags, message->msg_name, &message->msg_namelen);
}

static ssize_t by_recvmsg(const struct receiver *receiver, struct msghdr *message, int flags)
{
	return receiver->recvmsg(receiver->arrival.fd, message, flags);
}

__attribute__((noinline)) static void throw_away(const struct receiver *receiver)
{
	struct iovec none = {NULL, 0};
	struct msghdr nothing = {.msg_iov = &none, .msg_iovlen = 1};

	if (arrival_stays(&receiver->arrival))
		receiver->receive(receiver, &nothing, MSG_DONTWAIT);
}

/* MESSAGE is what the program gets; OURS is a copy of it for the kernel to fill. */
__attribute__((noinline)) static ssize_t receive(struct receiver *receiver, struct msghdr *message,
						 struct msghdr *ours)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_TRANSLATE_BYTES];
	struct sockaddr_in6 name;
	ssize_t result;

	for (;;) {
		arrival_prepare(message, ours, &name, control);
		result = receiver->receive(receiver, ours, receiver->arrival.flags);
		if (result < 0) {
			arrival_abandon(ours, message);
			return result;
		}
		if (arrival_show(&receiver->arrival, ours, message) == DELIVERED)
			return result;
		throw_away(receiver);
	}
}

static ssize_t go_on(struct receiver *receiver, const struct came *came, const struct msghdr *received,
		     struct msghdr *message, struct msghdr *ours)
{
	receiver->arrival.socket = came->is_hinted ? SHOWN_AS_IPV4 : UNHINTED;
	if (arrival_show(&receiver->arrival, received, message) == DELIVERED)
		return came->result;
	throw_away(receiver);
	return receive(receiver, message, ours);
}

ssize_t call_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length,
		      native_recvfrom *native, native_recvmsg *native_message)
{
	struct receiver receiver;
	struct iovec data = {buffer, size};
	struct msghdr message, ours;
	ssize_t result;

	if (address == NULL || length == NULL || *length > INT_MAX || !arrival_start(&receiver.arrival, fd, flags))
		return native(fd, buffer, size, flags, address, length);
	/* The rest of both is not used: to clear it, and copy it, would take longer. */
	receiver.receive = by_recvfrom;
	receiver.recvfrom = native;
	receiver.recvmsg = native_message;
	message.msg_name = address;
	message.msg_namelen = *length;
	message.msg_control = NULL;
	message.msg_controllen = 0;
	ours.msg_iov = &data;
	result = receive(&receiver, &message, &ours);
	*length = message.msg_namelen;
	return result;
}

ssize_t call_recvfrom_came(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			   socklen_t *length, const struct came *came, const struct name_buf *name,
			   native_recvfrom *native, native_recvmsg *native_message)
{
	struct receiver receiver = {.receive = by_recvfrom, .recvfrom = native, .recvmsg = native_message};
	struct iovec data = {buffer, size};
	struct msghdr message = {.msg_name = address, .msg_namelen = *length};
	struct msghdr received = {.msg_name = name->at, .msg_namelen = name->length}, ours = {.msg_iov = &data};
	ssize_t result;

	arrival_start(&receiver.arrival, fd, flags);
	result = go_on(&receiver, came, &received, &message, &ours);
	*length = message.msg_namelen;
	return result;
}

/* Whether MESSAGE has nothing that might have to be shown in another way, or the kernel will refuse it. */
static bool is_plain(const struct msghdr *message)
{
	if (message->msg_name != NULL)
		return message->msg_namelen > INT_MAX;
	return message->msg_control == NULL || message->msg_controllen < sizeof(struct cmsghdr);
}

ssize_t call_recvmsg(int fd, struct msghdr *message, int flags, native_recvmsg *native)
{
	struct receiver receiver;
	struct msghdr ours;

	made_receives(flags);
	if (message == NULL || is_plain(message) || !arrival_start(&receiver.arrival, fd, flags))
		return native(fd, message, flags);
	receiver.receive = by_recvmsg;
	receiver.recvmsg = native;
	cmsg_lengths(message);
	ours = *message;
	return receive(&receiver, message, &ours);
}

ssize_t call_recvmsg_came(int fd, struct msghdr *message, int flags, const struct came *came,
			  const struct msghdr *received, native_recvmsg *native)
{
	struct receiver receiver = {.receive = by_recvmsg, .recvmsg = native};
	struct msghdr ours = *message;

	arrival_start(&receiver.arrival, fd, flags);
	return go_on(&receiver, came, received, message, &ours);
}

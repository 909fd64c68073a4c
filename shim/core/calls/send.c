/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/send.h"

#include "base/cmsg_buf.h"
#include "calls/letter.h"
#include "process/made.h"

#include <string.h>

static ssize_t by_sendto(const struct sender *sender, struct msghdr *message)
{
	return sender->sendto(sender->fd, message->msg_iov->iov_base, message->msg_iov->iov_len, sender->flags,
			      message->msg_name, message->msg_namelen);
}

static ssize_t by_sendmsg(const struct sender *sender, struct msghdr *message)
{
	return sender->sendmsg(sender->fd, message, sender->flags);
}

/* A struct msghdr has pointers without const, even for what the kernel only reads. */
static void *without_const(const void *given)
{
	void *pointer;

	memcpy(&pointer, &given, sizeof pointer);
	return pointer;
}

/* Sends MESSAGE, of any kind. */
static ssize_t send_one(const struct sender *sender, const struct msghdr *message)
{
	_Alignas(struct cmsghdr) unsigned char control[LETTER_CONTROL_BYTES];
	struct msghdr ours = *message;
	struct letter letter = {.control = control};
	ssize_t result = -1;
	enum route route;

	cmsg_lengths(&ours);
	route = letter_write(sender, &ours, &letter);
	if (route == ROUTE_REAL)
		route = letter_send(sender, &ours, &letter.to, &result);
	if (route != ROUTE_NATIVE)
		return result;
	return destination_result(sender->send(sender, without_const(message)), sender->fd, message->msg_name,
				  letter_name_length(message));
}

ssize_t call_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length, native_sendto *native)
{
	struct sender sender = {letter_settings(flags), fd, flags, 0, by_sendto, {.sendto = native}};
	struct iovec part = {without_const(data), size};
	struct msghdr message = {
	    .msg_name = without_const(address), .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1};

	if (sender.settings == NULL || address == NULL || length > sizeof(struct sockaddr_storage))
		return native(fd, data, size, flags, address, length);
	return send_one(&sender, &message);
}

ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native)
{
	struct sender sender = {letter_settings(flags), fd, flags, 0, by_sendmsg, {.sendmsg = native}};

	if (settings_get() != NULL)
		made_sends(message);
	return sender.settings == NULL || message == NULL ? native(fd, message, flags) : send_one(&sender, message);
}

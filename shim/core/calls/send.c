/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/send.h"

#include "base/cmsg_buf.h"
#include "base/sys.h"
#include "calls/cmsg_translate.h"
#include "calls/connect.h"
#include "peers/show.h"
#include "process/made.h"
#include "socket/mark.h"
#include "socket/sock.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The settings, where a destination may have to be resolved. Where no rule names
 * UDP it is only that of a connection that MSG_FASTOPEN makes. */
static const struct settings *settings_for(int flags)
{
	const struct settings *settings = settings_get();

	return settings != NULL && (settings->datagrams || (flags & MSG_FASTOPEN)) ? settings : NULL;
}

/* A call for one message or several, made by the function that the program called: a sandbox may allow no other. */
struct sender {
	const struct settings *settings;
	int fd, flags;
	unsigned count; /* of messages: of sendmmsg(2) */
	ssize_t (*send)(const struct sender *sender, struct msghdr *first);
	union {
		native_sendto *sendto;
		native_sendmsg *sendmsg;
		native_sendmmsg *sendmmsg;
	};
};

static ssize_t by_sendto(const struct sender *sender, struct msghdr *message)
{
	return sender->sendto(sender->fd, message->msg_iov->iov_base, message->msg_iov->iov_len, sender->flags,
			      message->msg_name, message->msg_namelen);
}

static ssize_t by_sendmsg(const struct sender *sender, struct msghdr *message)
{
	return sender->sendmsg(sender->fd, message, sender->flags);
}

/* FIRST is a struct mmsghdr's, which starts with it. */
static ssize_t by_sendmmsg(const struct sender *sender, struct msghdr *first)
{
	return sender->sendmmsg(sender->fd, (struct mmsghdr *)first, sender->count, sender->flags);
}

/* FD is an AF_INET socket. It may be made one that takes IPv6 destinations. */
static bool is_refused(ssize_t result, const struct address *to)
{
	return result < 0 && errno == EAFNOSUPPORT && to->any.sa_family == AF_INET6;
}

/*
 * The resolved messages from OURS on, the first of which goes TO, which was refused. ROUTE_NATIVE:
 * what the program gave is meant. Otherwise *RESULT is the call's.
 */
static enum route send_refused(const struct sender *sender, struct msghdr *ours, const struct address *to,
			       ssize_t *result)
{
	enum route route = destination_refused(sender->settings, sender->fd, to, SENDS);

	if (route != ROUTE_REAL)
		return route;
	*result = sender->send(sender, ours);
	/* An AF_INET6 socket that is connected to an IPv4 peer refuses too. */
	if (is_refused(*result, to))
		errno = ENETUNREACH;
	return ROUTE_REAL;
}

/* The same for the first time. */
static enum route send_resolved(const struct sender *sender, struct msghdr *ours, const struct address *to,
				ssize_t *result)
{
	*result = sender->send(sender, ours);
	return is_refused(*result, to) ? send_refused(sender, ours, to, result) : ROUTE_REAL;
}

/* Room for what is resolved of one message; a program sends an item or two. */
enum { LETTER_CONTROL_BYTES = 256 };

struct letter {
	struct address to;
	_Alignas(struct cmsghdr) unsigned char control[LETTER_CONTROL_BYTES];
};

/* A stream takes no notice of such ancillary data. */
static bool is_connected_to_ipv6(int fd)
{
	struct address peer = {.length = sizeof peer.in6};

	return mark_is_shown_udp(fd) && sys_getpeername(fd, &peer.any, &peer.length) == 0 &&
	       peer.any.sa_family == AF_INET6 && !address_is_mapped(&peer);
}

/* Whether the ancillary data must become IPv6's. A datagram to an IPv4 peer
 * takes that of IPPROTO_IP on a socket of either family. */
static bool goes_to_ipv6(int fd, const struct msghdr *message, enum route route, const struct address *to)
{
	if (!cmsg_is_of(message, IPPROTO_IP, CMSG_ANY))
		return false;
	return message->msg_name == NULL ? is_connected_to_ipv6(fd)
					 : route == ROUTE_REAL && to->any.sa_family == AF_INET6;
}

/* Of a message's name the kernel takes no more than LONGEST, without a word. */
static socklen_t name_length(const struct msghdr *message)
{
	const socklen_t longest = sizeof(struct sockaddr_storage), length = message->msg_namelen;

	return length > longest && length <= INT_MAX ? longest : length;
}

static enum route resolve(const struct sender *sender, const struct msghdr *message, struct address *to)
{
	const bool connects = (sender->flags & MSG_FASTOPEN) != 0;
	enum route route;

	if (message->msg_name == NULL)
		return ROUTE_NATIVE;
	route = (connects ? connect_destination : destination_of)(sender->settings, sender->fd, message->msg_name,
								  name_length(message), to);
	/* What an AF_INET6 socket would send to an IPv6 peer. A stream passes the address over. */
	if (route != ROUTE_REAL || !(sender->flags & MSG_OOB) || to->any.sa_family != AF_INET6 ||
	    !mark_is_shown_udp(sender->fd))
		return route;
	errno = EOPNOTSUPP;
	return ROUTE_NONE;
}

/* MESSAGE, a copy of the program's, becomes what is to be sent, and LETTER what it points to. */
static enum route write_letter(const struct sender *sender, struct msghdr *message, struct letter *letter)
{
	enum route route = resolve(sender, message, &letter->to);
	size_t controls; /* the C libraries differ in the type of msg_controllen */
	bool to_ipv6;
	int error;

	if (route == ROUTE_NONE)
		return route;
	to_ipv6 = message->msg_control != NULL && goes_to_ipv6(sender->fd, message, route, &letter->to);
	if (route == ROUTE_REAL) {
		message->msg_name = &letter->to.any;
		message->msg_namelen = letter->to.length;
	} else {
		letter->to.any.sa_family = AF_UNSPEC;
	}
	if (!to_ipv6)
		return route;
	error = cmsg_to_ipv6(sender->settings, message, letter->control, sizeof letter->control, &controls);
	if (error != 0) {
		errno = error;
		return ROUTE_NONE;
	}
	message->msg_control = letter->control;
	message->msg_controllen = controls;
	return ROUTE_REAL;
}

/* A struct msghdr has it so, also where the kernel only reads. */
static void *without_const(const void *given)
{
	void *pointer;

	memcpy(&pointer, &given, sizeof pointer);
	return pointer;
}

/* What is mostly sent to: an address that was shown. *TO is the real one. */
__attribute__((noinline)) static bool was_shown(const struct sender *sender, const void *name, socklen_t length,
						struct address *to)
{
	struct address shown;

	if (length != sizeof shown.in || (sender->flags & (MSG_FASTOPEN | MSG_OOB)))
		return false;
	memcpy(&shown.in, name, shown.length = sizeof shown.in);
	return shown_ipv6(sender->settings, &shown, to);
}

/* Whatever MESSAGE is. REFUSED: it was sent TO what the program means. */
static ssize_t send_one(const struct sender *sender, const struct msghdr *message, struct address *refused)
{
	struct msghdr ours = *message;
	struct letter letter;
	ssize_t result = -1;
	enum route route;

	cmsg_lengths(&ours);
	if (refused != NULL) {
		ours.msg_name = &refused->any;
		ours.msg_namelen = refused->length;
		route = send_refused(sender, &ours, refused, &result);
	} else {
		route = write_letter(sender, &ours, &letter);
		if (route == ROUTE_REAL)
			route = send_resolved(sender, &ours, &letter.to, &result);
	}
	if (route != ROUTE_NATIVE)
		return result;
	return destination_result(sender->send(sender, without_const(message)), sender->fd, message->msg_name,
				  name_length(message));
}

ssize_t call_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length, native_sendto *native)
{
	struct sender sender = {settings_for(flags), fd, flags, 0, by_sendto, {.sendto = native}};
	struct iovec part = {without_const(data), size};
	struct address to, *refused = NULL;
	struct msghdr message;
	ssize_t result;

	if (sender.settings == NULL || address == NULL || length > sizeof(struct sockaddr_storage))
		return native(fd, data, size, flags, address, length);
	if (was_shown(&sender, address, length, &to)) {
		result = native(fd, data, size, flags, &to.any, to.length);
		if (!is_refused(result, &to))
			return result;
		refused = &to;
	}
	message = (struct msghdr){.msg_name = without_const(address), .msg_namelen = length, .msg_iov = &part};
	return send_one(&sender, &message, refused);
}

/* Whether sendto(2) sends the same, which takes 0.1 us less. A filter may allow no call but the program's. */
static bool is_single(const struct msghdr *message)
{
	return message->msg_name != NULL && message->msg_iovlen == 1 && message->msg_iov != NULL &&
	       (message->msg_control == NULL || message->msg_controllen == 0) && mark_hints_are_used();
}

ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native, native_sendto *single)
{
	struct sender sender = {settings_for(flags), fd, flags, 0, by_sendmsg, {.sendmsg = native}};
	struct address to, *refused = NULL;
	ssize_t result;

	if (settings_get() != NULL)
		made_sends(message);
	if (sender.settings == NULL || message == NULL)
		return native(fd, message, flags);
	if (is_single(message) && was_shown(&sender, message->msg_name, message->msg_namelen, &to)) {
		result =
		    single(fd, message->msg_iov->iov_base, message->msg_iov->iov_len, flags, &to.any, to.length);
		if (!is_refused(result, &to))
			return result;
		refused = &to;
	}
	return send_one(&sender, message, refused);
}

enum { BATCH = 8, MESSAGES_MAX = 1024 /* the kernel's UIO_MAXIOV */ };

struct batch {
	struct mmsghdr ours[BATCH];
	struct letter letters[BATCH];
	unsigned written;
	bool changed; /* one of them is not as the program gave it */
};

static enum route write_to_batch(const struct sender *sender, const struct mmsghdr *message, struct batch *batch)
{
	struct msghdr *ours = &batch->ours[batch->written].msg_hdr;

	*ours = message->msg_hdr;
	cmsg_lengths(ours);
	return write_letter(sender, ours, &batch->letters[batch->written]);
}

/* As many as fit, up to one that is refused. */
static void write_batch(const struct sender *sender, const struct mmsghdr *messages, unsigned count,
			struct batch *batch)
{
	enum route route;

	batch->changed = false;
	for (batch->written = 0; batch->written < count && batch->written < BATCH; batch->written++) {
		route = write_to_batch(sender, &messages[batch->written], batch);
		if (route == ROUTE_NONE)
			return;
		batch->changed = batch->changed || route == ROUTE_REAL;
	}
}

/* How many from the start go out as they are: those of BATCH, and after them. */
static unsigned count_native(const struct sender *sender, const struct mmsghdr *messages, unsigned count,
			     struct batch *batch)
{
	unsigned native = batch->written;

	batch->written = 0;
	while (native < count && write_to_batch(sender, &messages[native], batch) == ROUTE_NATIVE)
		native++;
	return native;
}

/* Sends from the start of MESSAGES; sender->count gets how many were to be. */
__attribute__((noinline)) static ssize_t send_batch(struct sender *sender, struct mmsghdr *messages, unsigned count)
{
	struct batch batch;
	ssize_t sent = -1;

	write_batch(sender, messages, count, &batch);
	sender->count = batch.written;
	if (batch.written == 0)
		return -1;
	if (!batch.changed)
		sender->count =
		    batch.written < BATCH ? batch.written : count_native(sender, messages, count, &batch);
	else if (send_resolved(sender, &batch.ours[0].msg_hdr, &batch.letters[0].to, &sent) == ROUTE_NATIVE)
		sender->count = count;
	else {
		for (ssize_t i = 0; i < sent; i++)
			messages[i].msg_len = batch.ours[i].msg_len;
		return sent;
	}
	return by_sendmmsg(sender, &messages->msg_hdr);
}

/* An error after the first datagram does not undo those before it. */
static int send_batches(struct sender *sender, struct mmsghdr *messages, unsigned count)
{
	unsigned done = 0;

	while (done < count) {
		ssize_t sent = send_batch(sender, messages + done, count - done);

		if (sent < 0 && done == 0)
			return -1;
		if (sent > 0)
			done += (unsigned)sent;
		if (sent < (ssize_t)sender->count)
			break;
	}
	return (int)done;
}

int call_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, native_sendmmsg *native)
{
	struct sender sender = {settings_for(flags), fd, flags, 0, by_sendmmsg, {.sendmmsg = native}};
	int sent;

	for (unsigned i = 0; settings_get() != NULL && messages != NULL && i < count; i++)
		made_sends(&messages[i].msg_hdr);
	if (sender.settings == NULL || messages == NULL || count == 0)
		return native(fd, messages, count, flags);
	sent = send_batches(&sender, messages, count < MESSAGES_MAX ? count : MESSAGES_MAX);
	return (int)destination_result(sent, fd, messages->msg_hdr.msg_name, name_length(&messages->msg_hdr));
}

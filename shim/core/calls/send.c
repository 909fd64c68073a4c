/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/send.h"

#include "base/sys.h"
#include "calls/cmsg_translate.h"
#include "calls/connect.h"
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

static enum route resolve(const struct settings *settings, int fd, int flags, const void *address, socklen_t length,
			  struct address *to)
{
	if (address == NULL)
		return ROUTE_NATIVE;
	return (flags & MSG_FASTOPEN ? connect_destination : destination_of)(settings, fd, address, length, to);
}

/* FD is an AF_INET socket. It may be made one that takes IPv6 destinations. */
static bool is_refused(ssize_t result, const struct address *to)
{
	return result < 0 && errno == EAFNOSUPPORT && to->any.sa_family == AF_INET6;
}

/* An AF_INET6 socket that is connected to an IPv4 peer refuses too. */
static ssize_t unreachable(ssize_t result, const struct address *to)
{
	if (is_refused(result, to))
		errno = ENETUNREACH;
	return result;
}

ssize_t call_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length, native_sendto *native)
{
	const struct settings *settings = settings_for(flags);
	enum route route;
	struct address to;
	ssize_t result;
	int saved = errno;

	switch (settings != NULL ? resolve(settings, fd, flags, address, length, &to) : ROUTE_NATIVE) {
	case ROUTE_REAL:
		result = native(fd, data, size, flags, &to.any, to.length);
		if (!is_refused(result, &to))
			return result;
		errno = saved;
		route = destination_refused(settings, fd, &to, SENDS);
		if (route == ROUTE_REAL)
			return unreachable(native(fd, data, size, flags, &to.any, to.length), &to);
		if (route == ROUTE_NONE)
			return -1;
		break;
	case ROUTE_NONE:
		return -1;
	case ROUTE_NATIVE:
		break;
	}
	return native(fd, data, size, flags, address, length);
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

	return mark_shown_datagram(fd) > 0 && sock_transport(fd) == TRANSPORT_UDP &&
	       sys_getpeername(fd, &peer.any, &peer.length) == 0 && peer.any.sa_family == AF_INET6 &&
	       !address_is_mapped(&peer);
}

/* Whether the ancillary data must become IPv6's. A datagram to an IPv4 peer
 * takes that of IPPROTO_IP on a socket of either family. */
static bool goes_to_ipv6(int fd, const struct msghdr *message, enum route route, const struct address *to)
{
	if (message->msg_control == NULL || !cmsg_is_of(message, IPPROTO_IP))
		return false;
	return message->msg_name == NULL ? is_connected_to_ipv6(fd)
					 : route == ROUTE_REAL && to->any.sa_family == AF_INET6;
}

/* *OURS gets the message as it is to be sent, LETTER what it points to. */
static enum route write_letter(const struct settings *settings, int fd, int flags, const struct msghdr *message,
			       struct msghdr *ours, struct letter *letter)
{
	/* Of a message's name the kernel takes no more than this, without a word. */
	socklen_t most = sizeof(struct sockaddr_storage), named = message->msg_namelen;
	enum route route = resolve(settings, fd, flags, message->msg_name,
				   named > most && named <= INT_MAX ? most : named, &letter->to);
	int saved = errno, error;
	size_t controls;

	*ours = *message;
	if (route == ROUTE_NATIVE)
		letter->to.any.sa_family = AF_UNSPEC;
	if (route == ROUTE_NONE)
		return route;
	if (route == ROUTE_REAL) {
		ours->msg_name = &letter->to.any;
		ours->msg_namelen = letter->to.length;
	}
	if (goes_to_ipv6(fd, message, route, &letter->to)) {
		error = cmsg_to_ipv6(settings, message, letter->control, sizeof letter->control, &controls);
		if (error != 0) {
			errno = error;
			return ROUTE_NONE;
		}
		ours->msg_control = letter->control;
		ours->msg_controllen = controls;
		route = ROUTE_REAL;
	}
	errno = saved;
	return route;
}

ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native)
{
	const struct settings *settings = settings_for(flags);
	enum route route;
	struct letter letter;
	struct msghdr ours;
	ssize_t result;
	int saved = errno;

	if (settings == NULL || message == NULL)
		return native(fd, message, flags);
	switch (write_letter(settings, fd, flags, message, &ours, &letter)) {
	case ROUTE_REAL:
		result = native(fd, &ours, flags);
		if (!is_refused(result, &letter.to))
			return result;
		errno = saved;
		route = destination_refused(settings, fd, &letter.to, SENDS);
		if (route == ROUTE_REAL)
			return unreachable(native(fd, &ours, flags), &letter.to);
		if (route == ROUTE_NONE)
			return -1;
		break;
	case ROUTE_NONE:
		return -1;
	case ROUTE_NATIVE:
		break;
	}
	return native(fd, message, flags);
}

enum { BATCH = 8, MESSAGES_MAX = 1024 /* the kernel's UIO_MAXIOV */ };

struct batch {
	struct mmsghdr ours[BATCH];
	struct letter letters[BATCH];
	unsigned written;
	bool changed; /* one of them is not as the program gave it */
};

static enum route write_to_batch(const struct settings *settings, int fd, int flags, const struct mmsghdr *message,
				 struct batch *batch)
{
	unsigned i = batch->written;

	return write_letter(settings, fd, flags, &message->msg_hdr, &batch->ours[i].msg_hdr, &batch->letters[i]);
}

/* As many as fit, up to one that is refused. */
static void write_batch(const struct settings *settings, int fd, int flags, const struct mmsghdr *messages,
			unsigned count, struct batch *batch)
{
	enum route route;

	batch->changed = false;
	for (batch->written = 0; batch->written < count && batch->written < BATCH; batch->written++) {
		route = write_to_batch(settings, fd, flags, &messages[batch->written], batch);
		if (route == ROUTE_NONE)
			return;
		batch->changed = batch->changed || route == ROUTE_REAL;
	}
}

/* How many from the start go out as they are: those of BATCH, and after them. */
static unsigned count_native(const struct settings *settings, int fd, int flags, const struct mmsghdr *messages,
			     unsigned count, struct batch *batch)
{
	unsigned native = batch->written;
	int saved = errno;

	batch->written = 0;
	while (native < count && write_to_batch(settings, fd, flags, &messages[native], batch) == ROUTE_NATIVE)
		native++;
	errno = saved;
	return native;
}

/* Sends from the start of MESSAGES; *TRIED gets how many were to be. */
__attribute__((noinline)) static int send_batch(const struct settings *settings, int fd, struct mmsghdr *messages,
						unsigned count, int flags, unsigned *tried, native_sendmmsg *native)
{
	struct batch batch;
	int sent, saved = errno;

	write_batch(settings, fd, flags, messages, count, &batch);
	*tried = batch.written;
	if (batch.written == 0)
		return -1;
	if (!batch.changed) {
		*tried = batch.written < BATCH ? batch.written
					       : count_native(settings, fd, flags, messages, count, &batch);
		return native(fd, messages, *tried, flags);
	}
	sent = native(fd, batch.ours, batch.written, flags);
	if (is_refused(sent, &batch.letters[0].to)) {
		enum route route;

		errno = saved;
		route = destination_refused(settings, fd, &batch.letters[0].to, SENDS);
		if (route == ROUTE_NONE)
			return -1;
		if (route == ROUTE_NATIVE)
			return native(fd, messages, *tried = count, flags);
		sent = (int)unreachable(native(fd, batch.ours, batch.written, flags), &batch.letters[0].to);
	}
	for (int i = 0; i < sent; i++)
		messages[i].msg_len = batch.ours[i].msg_len;
	return sent;
}

/* An error after the first datagram does not undo those before it. */
static int send_batches(const struct settings *settings, int fd, struct mmsghdr *messages, unsigned count,
			int flags, native_sendmmsg *native)
{
	unsigned done = 0, tried;
	int saved = errno;

	while (done < count) {
		int sent = send_batch(settings, fd, messages + done, count - done, flags, &tried, native);

		if (sent < 0 && done == 0)
			return -1;
		if (sent > 0)
			done += (unsigned)sent;
		if (sent < (int)tried)
			break;
	}
	errno = saved;
	return (int)done;
}

int call_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, native_sendmmsg *native)
{
	const struct settings *settings = settings_for(flags);

	if (settings == NULL || messages == NULL || count == 0)
		return native(fd, messages, count, flags);
	return send_batches(settings, fd, messages, count < MESSAGES_MAX ? count : MESSAGES_MAX, flags, native);
}

/* SPDX-License-Identifier: MIT */
/* What comes back from a closed port: errors that are pending, and those that
 * IP_RECVERR queues. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { CLOSED_PORT = 7999 };

static const size_t rooms[] = {0, 11, 15, 16, 20, 31, 32, 44, 47, 48, 60, 63, 64, 80, 96, 128, 256};

/* How a program comes to know of it, after a send that was refused. */
enum way {
	BY_RECVFROM,
	BY_RECVMSG,
	BY_RECVMMSG,
	BY_SENDTO,
	BY_SENDMSG,
	BY_SENDMMSG,
	BY_CONNECT,
	BY_SO_ERROR,
	WAYS
};
static const char *const ways[] = {"recvfrom", "recvmsg",  "recvmmsg", "sendto",
				   "sendmsg",  "sendmmsg", "connect",  "SO_ERROR"};

static struct address closed_port(const struct subject *subject)
{
	if (is_kind(subject, "inet6"))
		return in6("::1", CLOSED_PORT);
	if (is_kind(subject, "inet6-mapped"))
		return in6("::ffff:127.0.0.1", CLOSED_PORT);
	return in4(INADDR_LOOPBACK, CLOSED_PORT);
}

static void queue_errors(const struct subject *subject)
{
	if (subject->kind->family == AF_INET6)
		set_option(subject->fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	if (!is_kind(subject, "inet6"))
		set_option(subject->fd, IPPROTO_IP, IP_RECVERR, 1);
}

static void be_refused(const struct subject *subject, bool connected, bool is_told)
{
	struct address to = closed_port(subject);
	struct pollfd watched = {.fd = subject->fd};

	if (connected) {
		connect(subject->fd, &to.name.any, to.length);
		send(subject->fd, "refused", 7, 0);
	} else
		sendto(subject->fd, "refused", 7, 0, &to.name.any, to.length);
	if (is_told)
		poll(&watched, 1, 5000); /* POLLERR */
}

static long find_out(int fd, enum way way, const struct address *to)
{
	char data[16] = "again";
	struct iovec part = {data, 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	int error = 0;
	socklen_t length = sizeof error;

	switch (way) {
	case BY_RECVFROM:
		return recvfrom(fd, data, 1, MSG_DONTWAIT, NULL, NULL);
	case BY_RECVMSG:
		return recvmsg(fd, &message.msg_hdr, MSG_DONTWAIT);
	case BY_RECVMMSG:
		return recvmmsg(fd, &message, 1, MSG_DONTWAIT, NULL);
	case BY_CONNECT:
		return connect(fd, &to->name.any, to->length);
	case BY_SO_ERROR:
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
		return error;
	default:
		message.msg_hdr.msg_name = (void *)(uintptr_t)&to->name;
		message.msg_hdr.msg_namelen = to->length;
		if (way == BY_SENDTO)
			return sendto(fd, data, 1, 0, &to->name.any, to->length);
		return way == BY_SENDMSG ? sendmsg(fd, &message.msg_hdr, 0) : sendmmsg(fd, &message, 1, 0);
	}
}

/* Twice: a pending error is told once. */
static void walk_pending(struct subject *subject)
{
	for (int queued = 0; queued < 2; queued++)
		for (int connected = 0; connected < 2; connected++)
			for (int way = 0; way < WAYS; way++) {
				subject_renew(subject);
				if (queued)
					queue_errors(subject);
				be_refused(subject, connected, connected || queued);
				begin("refused %s, %s, found by %s", connected ? "connected" : "unconnected",
				      queued ? "queued" : "not queued", ways[way]);
				for (int i = 0; i < 2; i++) {
					errno = 0;
					say_result(find_out(subject->fd, way, &subject->remote));
				}
				end();
			}
}

static void try_queue(struct subject *subject, bool connected, enum call call, const struct place *place,
		      size_t data, size_t control, int flags, const char *more)
{
	be_refused(subject, connected, true);
	begin("error %s, %s, name %s, data %zu, control %zu, %s%s", connected ? "connected" : "unconnected",
	      receiving_calls[call], place->label, data, control, flags_name(flags), more);
	receive_and_say(subject->fd, call, MSG_ERRQUEUE | flags, place, data, control);
	say("left=%d", drain(subject->fd));
	end();
}

static void walk_queue(struct subject *subject, const char *more)
{
	static const struct place place = {"128", true, true, 128};

	for (int connected = 0; connected < 2; connected++)
		for (int call = 0; call < RECEIVING_CALLS; call++) {
			for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
				if (call >= RECVMSG && rooms[i] != 128) /* which is below */
					try_queue(subject, connected, call, &place, 16, rooms[i], 0, more);
			for (size_t i = 0; i < place_count; i++)
				if (!is_impossible(call, &places[i]))
					try_queue(subject, connected, call, &places[i], 16, 128, 0, more);
			try_queue(subject, connected, call, &place, 2, 128, 0, more);
			try_queue(subject, connected, call, &place, 2, 128, MSG_TRUNC, more);
			try_queue(subject, connected, call, &place, 16, 128, MSG_PEEK, more);
			try_queue(subject, connected, call, &place, 16, 128, MSG_DONTWAIT, more);
		}
}

/* With options that put more into the control buffer. */
static void set_more(const struct subject *subject)
{
	if (subject->kind->family == AF_INET6) {
		set_option(subject->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		set_option(subject->fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	}
	if (!is_kind(subject, "inet6")) {
		set_option(subject->fd, IPPROTO_IP, IP_PKTINFO, 1);
		set_option(subject->fd, IPPROTO_IP, IP_RECVTTL, 1);
		set_option(subject->fd, IPPROTO_IP, IP_RECVTOS, 1);
	}
}

/* An error that the socket's own host found: a datagram too long to be sent whole. */
static void walk_local_error(struct subject *subject)
{
	static const struct place place = {"128", true, true, 128};
	static char bulk[65507];
	struct address to = subject->remote;

	subject_renew(subject);
	queue_errors(subject);
	if (subject->kind->family == AF_INET6)
		set_option(subject->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
	if (!is_kind(subject, "inet6"))
		set_option(subject->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		drain(subject->fd);
		begin("too long, control %zu", rooms[i]);
		errno = 0;
		say_result(sendto(subject->fd, bulk, sizeof bulk, 0, &to.name.any, to.length));
		receive_and_say(subject->fd, RECVMSG, MSG_ERRQUEUE, &place, 16, rooms[i]);
		end();
	}
}

void walk_errors(struct subject *subject)
{
	walk_pending(subject);
	for (int more = 0; more < 2; more++) {
		subject_renew(subject);
		queue_errors(subject);
		if (more)
			set_more(subject);
		walk_queue(subject, more ? ", and more options" : "");
	}
	walk_local_error(subject);
	subject_renew(subject);
}

/* SPDX-License-Identifier: MIT */
/* Sends: each call, to each family and length of address, with each flag; and
 * what then arrives at the peer. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum sending_call { SENDTO, SENDMSG, SENDMMSG, SENDING_CALLS };
static const char *const sending_calls[] = {"sendto", "sendmsg", "sendmmsg"};

static const socklen_t lengths[] = {0, 1, 2, 15, 16, 27, 28, 110, 128, 129, (socklen_t)-1};

enum { MESSAGE_PROBE = 0x10 }; /* MSG_PROBE: looks for the way, sends nothing */

static const int flag_sets[] = {MSG_DONTWAIT,  MSG_OOB,      MSG_CONFIRM, MSG_DONTROUTE, MSG_NOSIGNAL,
				MSG_EOR,       MSG_ERRQUEUE, MSG_TRUNC,   MSG_PEEK,      MSG_WAITALL,
				MESSAGE_PROBE, 0x4000000,    0x8000000,   0x20000000,    MSG_CMSG_CLOEXEC};

static unsigned char bulk[70000] = "datagram";

static long send_and_say(int fd, enum sending_call call, const struct sockaddr *to, socklen_t length, size_t size,
			 int flags)
{
	struct iovec part = {bulk, size};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)(uintptr_t)to,
					      .msg_namelen = length,
					      .msg_iov = &part,
					      .msg_iovlen = 1},
				  .msg_len = 0x55555555};
	struct msghdr given = message.msg_hdr;
	long result;

	errno = 0;
	if (call == SENDTO)
		result = sendto(fd, bulk, size, flags, to, length);
	else if (call == SENDMSG)
		result = sendmsg(fd, &message.msg_hdr, flags);
	else
		result = sendmmsg(fd, &message, 1, flags);
	say_result(result);
	if (message.msg_len != 0x55555555)
		say("len=%u", message.msg_len);
	if (memcmp(&given, &message.msg_hdr, sizeof given) != 0)
		say("THE MESSAGE HAS CHANGED");
	return result;
}

struct destination {
	const char *label;
	struct address address;
};

/* Whether what was sent is on its way to the peer, so that it is waited for. */
static bool arrives(const struct subject *subject, const struct address *to, size_t size, int flags)
{
	sa_family_t family = to->name.any.sa_family;

	if (flags & MESSAGE_PROBE)
		return false;
	if (subject->kind->type == SOCK_STREAM)
		return size > 0;
	if (is_kind(subject, "inet6"))
		return family == AF_UNSPEC ||
		       (family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&to->name.in6.sin6_addr));
	if (family == AF_INET6)
		return is_kind(subject, "inet6-mapped") && IN6_IS_ADDR_V4MAPPED(&to->name.in6.sin6_addr);
	return subject->remote.name.any.sa_family == AF_INET && (family == AF_INET || family == AF_UNSPEC) &&
	       to->name.in.sin_port == htons(PEER_PORT) &&
	       (to->name.in.sin_addr.s_addr == htonl(INADDR_LOOPBACK) || to->name.in.sin_addr.s_addr == 0);
}

static void try_send(const struct subject *subject, const char *state, const struct destination *to,
		     enum sending_call call, socklen_t length, size_t size, int flags)
{
	long result;

	drain(subject->fd);
	drain(subject->peer);
	begin("%s %s, %s, length %d, %zu bytes, %s", sending_calls[call], state, to ? to->label : "no name",
	      (int)length, size, flags_name(flags));
	result = send_and_say(subject->fd, call, to ? &to->address.name.any : NULL, length, size, flags);
	subject_observe(subject,
			result >= 0 && arrives(subject, to ? &to->address : &subject->remote, size, flags));
	end();
}

static void walk_destinations(const struct subject *subject, const char *state, const struct destination *all,
			      size_t count)
{
	for (int call = 0; call < SENDING_CALLS; call++) {
		try_send(subject, state, NULL, call, 0, 5, 0);
		try_send(subject, state, NULL, call, 16, 5, 0);
		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
				try_send(subject, state, &all[i], call, lengths[k], 5, 0);
	}
}

static void walk_flags(const struct subject *subject, const char *state, const struct destination *to)
{
	for (int call = 0; call < SENDING_CALLS; call++) {
		for (size_t i = 0; i < sizeof flag_sets / sizeof flag_sets[0]; i++) {
			try_send(subject, state, NULL, call, 0, 5, flag_sets[i]);
			try_send(subject, state, to, call, to->address.length, 5, flag_sets[i]);
		}
		try_send(subject, state, to, call, to->address.length, 0, 0);
		if (subject->kind->family == AF_INET || subject->kind->family == AF_INET6)
			try_send(subject, state, to, call, to->address.length, sizeof bulk, 0);
	}
}

/* Corked: the parts of one datagram, with and without a name. */
static void walk_corked(struct subject *subject, const struct destination *to)
{
	for (int first = 0; first < SENDING_CALLS; first++)
		for (int second = 0; second < SENDING_CALLS; second++)
			for (int named = 0; named < 2; named++) {
				subject_renew(subject);
				begin("%s with MORE, then %s %s", sending_calls[first], sending_calls[second],
				      named ? "to the same" : "without a name");
				send_and_say(subject->fd, first, &to->address.name.any, to->address.length, 5,
					     MSG_MORE);
				send_and_say(subject->fd, second, named ? &to->address.name.any : NULL,
					     named ? to->address.length : 0, 3, 0);
				subject_observe(subject, true);
				end();
			}
}

static struct destination same_bytes(const char *label, struct address address, sa_family_t family)
{
	address.name.any.sa_family = family;
	return (struct destination){label, address};
}

void walk_sends(struct subject *subject)
{
	bool joined = subject->kind->type == SOCK_STREAM || subject->remote.length == 0;
	struct address here = in4(INADDR_LOOPBACK, PEER_PORT);
	const struct destination peer = {"the peer", subject->remote};
	const struct destination all[] = {
	    peer,
	    {"127.0.0.1", here},
	    {"0.0.0.0", in4(INADDR_ANY, PEER_PORT)},
	    {"127.0.0.1 port 0", in4(INADDR_LOOPBACK, 0)},
	    {"192.0.2.1", in4(0xc0000201, PEER_PORT)},
	    {"240.0.0.1", in4(0xf0000001, PEER_PORT)},
	    {"224.0.0.1", in4(0xe0000001, PEER_PORT)},
	    {"255.255.255.255", in4(INADDR_BROADCAST, PEER_PORT)},
	    same_bytes("AF_UNSPEC 127.0.0.1", here, AF_UNSPEC),
	    same_bytes("AF_UNSPEC 0.0.0.0", in4(INADDR_ANY, PEER_PORT), AF_UNSPEC),
	    same_bytes("AF_UNIX", here, AF_UNIX),
	    same_bytes("family 99", here, 99),
	    {"[::1]", in6("::1", PEER_PORT)},
	    {"[::ffff:127.0.0.1]", in6("::ffff:127.0.0.1", PEER_PORT)},
	};

	subject_renew(subject);
	walk_destinations(subject, "at first", all, sizeof all / sizeof all[0]);
	walk_flags(subject, "at first", &peer);
	if (!joined) {
		connect(subject->fd, &subject->remote.name.any, subject->remote.length);
		walk_destinations(subject, "connected", all, sizeof all / sizeof all[0]);
		walk_flags(subject, "connected", &peer);
	}
	if (subject->kind->type == SOCK_DGRAM && subject->remote.name.any.sa_family != AF_NETLINK && !joined)
		walk_corked(subject, &peer);
	subject_renew(subject);
}

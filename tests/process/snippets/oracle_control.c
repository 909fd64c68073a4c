/* SPDX-License-Identifier: MIT */
/* Control messages that are received: each set of options, with room for more,
 * less and just enough. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef IP_RECVFRAGSIZE
#define IP_RECVFRAGSIZE 25
#endif

enum { OPTIONS = 6 };

struct option_set {
	const char *label;
	struct {
		int level, name;
	} options[OPTIONS];
};

static const struct option_set inet_sets[] = {
    {"nothing", {{0, 0}}},
    {"PKTINFO", {{IPPROTO_IP, IP_PKTINFO}}},
    {"TTL", {{IPPROTO_IP, IP_RECVTTL}}},
    {"TOS", {{IPPROTO_IP, IP_RECVTOS}}},
    {"ORIGDSTADDR", {{IPPROTO_IP, IP_RECVORIGDSTADDR}}},
    {"OPTS", {{IPPROTO_IP, IP_RECVOPTS}}},
    {"RETOPTS", {{IPPROTO_IP, IP_RETOPTS}}},
    {"FRAGSIZE", {{IPPROTO_IP, IP_RECVFRAGSIZE}}},
    {"TIMESTAMP", {{SOL_SOCKET, SO_TIMESTAMP}}},
    {"TIMESTAMPNS", {{SOL_SOCKET, SO_TIMESTAMPNS}}},
    {"RXQ_OVFL", {{SOL_SOCKET, SO_RXQ_OVFL}}},
    {"PKTINFO+TTL", {{IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IP, IP_RECVTTL}}},
    {"TTL+TOS", {{IPPROTO_IP, IP_RECVTTL}, {IPPROTO_IP, IP_RECVTOS}}},
    {"TIMESTAMP+PKTINFO", {{SOL_SOCKET, SO_TIMESTAMP}, {IPPROTO_IP, IP_PKTINFO}}},
    {"TIMESTAMPNS+TOS+RXQ_OVFL",
     {{SOL_SOCKET, SO_TIMESTAMPNS}, {IPPROTO_IP, IP_RECVTOS}, {SOL_SOCKET, SO_RXQ_OVFL}}},
    {"PKTINFO+TTL+TOS+ORIGDSTADDR",
     {{IPPROTO_IP, IP_PKTINFO},
      {IPPROTO_IP, IP_RECVTTL},
      {IPPROTO_IP, IP_RECVTOS},
      {IPPROTO_IP, IP_RECVORIGDSTADDR}}},
    {"all",
     {{SOL_SOCKET, SO_TIMESTAMP},
      {SOL_SOCKET, SO_RXQ_OVFL},
      {IPPROTO_IP, IP_PKTINFO},
      {IPPROTO_IP, IP_RECVTTL},
      {IPPROTO_IP, IP_RECVTOS},
      {IPPROTO_IP, IP_RECVORIGDSTADDR}}},
};

static const struct option_set inet6_sets[] = {
    {"nothing", {{0, 0}}},
    {"PKTINFO", {{IPPROTO_IPV6, IPV6_RECVPKTINFO}}},
    {"HOPLIMIT", {{IPPROTO_IPV6, IPV6_RECVHOPLIMIT}}},
    {"TCLASS", {{IPPROTO_IPV6, IPV6_RECVTCLASS}}},
    {"IPv4 PKTINFO+TTL+TOS", {{IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IP, IP_RECVTTL}, {IPPROTO_IP, IP_RECVTOS}}},
    {"PKTINFO of both", {{IPPROTO_IPV6, IPV6_RECVPKTINFO}, {IPPROTO_IP, IP_PKTINFO}}},
    {"all",
     {{SOL_SOCKET, SO_TIMESTAMP},
      {IPPROTO_IPV6, IPV6_RECVPKTINFO},
      {IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
      {IPPROTO_IPV6, IPV6_RECVTCLASS},
      {IPPROTO_IPV6, IPV6_RECVORIGDSTADDR}}},
};

static const struct option_set other_sets[] = {
    {"nothing", {{0, 0}}},
    {"TIMESTAMP", {{SOL_SOCKET, SO_TIMESTAMP}}},
    {"PASSCRED", {{SOL_SOCKET, SO_PASSCRED}}},
};

/* What the options leave no room for, and what they do. */
static const size_t rooms[] = {0,  11, 12, 15, 16, 17, 18, 20, 23, 24, 27,  28,  31,  32, 36,
			       40, 44, 48, 52, 56, 60, 64, 72, 80, 96, 112, 128, 160, 256};

static const int flag_sets[] = {0, MSG_PEEK, MSG_CMSG_CLOEXEC, MSG_TRUNC};

static void set_all(const struct option_set *set, int fd)
{
	int on = 1;

	/* One that this kind of socket lacks fails alike with and without the library. */
	for (int i = 0; i < OPTIONS && set->options[i].name != 0; i++)
		setsockopt(fd, set->options[i].level, set->options[i].name, &on, sizeof on);
}

/* What the peer's packets carry. */
static void colour(const struct subject *subject)
{
	if (subject->remote.name.any.sa_family == AF_INET) {
		set_option(subject->peer, IPPROTO_IP, IP_TTL, 33);
		set_option(subject->peer, IPPROTO_IP, IP_TOS, 0x48);
	} else if (subject->remote.name.any.sa_family == AF_INET6) {
		set_option(subject->peer, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33);
		set_option(subject->peer, IPPROTO_IPV6, IPV6_TCLASS, 0x48);
	}
}

static void try_rooms(const struct subject *subject, const char *when, const char *label, const struct place *place,
		      int flags)
{
	for (int call = RECVMSG; call <= RECVMMSG; call++)
		for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
			drain(subject->fd);
			subject_feed(subject, "hello", 5);
			begin("%s, options %s set %s, room for control %zu, %s", receiving_calls[call], label, when,
			      rooms[i], flags_name(flags));
			receive_and_say(subject->fd, call, flags, place, flags & MSG_TRUNC ? 2 : 16, rooms[i]);
			end();
		}
}

static void walk_set(struct subject *subject, const struct option_set *set, bool before)
{
	static const struct place place = {"128", true, true, 128}, none = {"none", false, false, 0};
	const char *when = before ? "before bind" : "after bind";

	subject_close(subject);
	subject->kind->open(subject);
	if (before)
		set_all(set, subject->fd);
	subject->kind->join(subject);
	if (!before)
		set_all(set, subject->fd);
	colour(subject);
	for (size_t f = 0; f < sizeof flag_sets / sizeof flag_sets[0]; f++)
		try_rooms(subject, when, set->label, f % 2 ? &none : &place, flag_sets[f]);
}

/* A pointer with no room, and room with no pointer. */
static void try_odd_buffers(const struct subject *subject, const char *label)
{
	for (int pointer = 0; pointer < 2; pointer++) {
		unsigned char data[16], control[64];
		struct iovec part = {data, sizeof data};
		struct msghdr header = {.msg_iov = &part,
					.msg_iovlen = 1,
					.msg_control = pointer ? control : NULL,
					.msg_controllen = pointer ? 0 : sizeof control};

		fill(control, sizeof control);
		drain(subject->fd);
		subject_feed(subject, "hello", 5);
		begin("recvmsg, options %s, %s", label,
		      pointer ? "a control pointer with no room" : "room for control at no pointer");
		errno = 0;
		say_result(recvmsg(subject->fd, &header, 0));
		say("controllen=%zu flags=%s", (size_t)header.msg_controllen, flags_name(header.msg_flags));
		say_control(&header, control, sizeof control);
		end();
	}
}

void walk_received_control(struct subject *subject)
{
	const struct option_set *sets = other_sets;
	size_t count = sizeof other_sets / sizeof other_sets[0];

	if (subject->kind->family == AF_INET && subject->kind->type == SOCK_DGRAM) {
		sets = inet_sets;
		count = sizeof inet_sets / sizeof inet_sets[0];
	} else if (subject->kind->family == AF_INET6) {
		sets = inet6_sets;
		count = sizeof inet6_sets / sizeof inet6_sets[0];
	} else if (subject->kind->family == AF_INET)
		count = 1; /* a stream's segments have no time at first, or have one */
	for (size_t i = 0; i < count; i++) {
		walk_set(subject, &sets[i], true);
		walk_set(subject, &sets[i], false);
		try_odd_buffers(subject, sets[i].label);
	}
	subject_renew(subject);
}

/* SPDX-License-Identifier: MIT */
/* The options of a bound socket: what they are, and what setting them says. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Those that tell what no two runs share, and IPsec's policies, which are no
 * numbers. */
static bool differs(int level, int name)
{
	if (level == IPPROTO_IP)
		return name == IP_IPSEC_POLICY || name == IP_XFRM_POLICY;
	if (level != SOL_SOCKET)
		return false;
	switch (name) {
	case SO_INCOMING_CPU:
	case SO_COOKIE:
	case SO_MEMINFO:
	case SO_INCOMING_NAPI_ID:
	case 71: /* SO_NETNS_COOKIE */
		return true;
	default:
		return false;
	}
}

static void get_and_say(int fd, int level, int name, socklen_t room)
{
	unsigned char value[64];
	socklen_t length = room;

	fill(value, sizeof value);
	errno = 0;
	say_result(getsockopt(fd, level, name, value, &length));
	say("length=%u", length);
	say_bytes("value", value, sizeof value);
}

static void walk_get(const struct subject *subject, int level, int first, int last)
{
	static const socklen_t rooms[] = {0, 1, 4, 16};

	for (int name = first; name <= last; name++)
		for (size_t i = 0; i < sizeof rooms / sizeof rooms[0] && !differs(level, name); i++) {
			begin("option %d of level %d, %u bytes", name, level, rooms[i]);
			get_and_say(subject->fd, level, name, rooms[i]);
			end();
		}
}

/* Set to 1, on a socket of its own each. */
static void walk_set(struct subject *subject, int level, int first, int last)
{
	static const struct {
		int value;
		socklen_t length;
	} values[] = {{1, 4}, {0, 4}, {1, 1}, {-1, 4}, {7, 4}, {300, 4}, {1, 0}, {1, 2}};

	for (int name = first; name <= last; name++)
		for (size_t i = 0; i < sizeof values / sizeof values[0] && !differs(level, name); i++) {
			subject_renew(subject);
			begin("option %d of level %d set to %d of %u bytes", name, level, values[i].value,
			      values[i].length);
			errno = 0;
			say_result(setsockopt(subject->fd, level, name, &values[i].value, values[i].length));
			get_and_say(subject->fd, level, name, 4);
			end();
		}
}

void walk_options(struct subject *subject)
{
	subject_renew(subject);
	walk_get(subject, SOL_SOCKET, 1, 82);
	walk_get(subject, IPPROTO_IP, 1, 63);
	walk_get(subject, IPPROTO_IPV6, 1, 83);
	walk_get(subject, IPPROTO_UDP, 1, 1);
	walk_get(subject, IPPROTO_UDP, 100, 105);
	walk_set(subject, SOL_SOCKET, 2, 18);
	walk_set(subject, IPPROTO_IP, 1, 25);
	walk_set(subject, IPPROTO_IP, 32, 51);
	walk_set(subject, IPPROTO_IPV6, 1, 80);
	walk_set(subject, IPPROTO_UDP, 101, 104);
	subject_renew(subject);
}

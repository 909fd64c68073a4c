/* SPDX-License-Identifier: MIT */
/* Segmentation offload: one send of many datagrams, one reception of many. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

static const size_t rooms[] = {0, 11, 16, 18, 20, 24, 32, 44, 48, 56, 64, 80, 128};

/* 40 bytes in segments of 16, by a socket option. */
static void walk_sent(struct subject *subject)
{
	static const int sizes[] = {0, 1, 16, 40, 41, 65536, -1};
	static char data[40] = "datagram";

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		long result;

		subject_renew(subject);
		begin("sent in segments of %d", sizes[i]);
		errno = 0;
		say_result(setsockopt(subject->fd, IPPROTO_UDP, UDP_SEGMENT, &sizes[i], sizeof sizes[i]));
		errno = 0;
		result =
		    sendto(subject->fd, data, sizeof data, 0, &subject->remote.name.any, subject->remote.length);
		say_result(result);
		subject_observe(subject, result > 0);
		end();
	}
}

static void walk_received(struct subject *subject, bool pktinfo)
{
	static const struct place place = {"128", true, true, 128};
	static char data[40] = "datagram";
	const int size = 16;

	subject_renew(subject);
	if (sys_call(SYS_setsockopt, subject->peer, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) != 0 &&
	    errno == ENOPROTOOPT) {
		puts("# no UDP_SEGMENT on this kernel");
		return;
	}
	setsockopt(subject->fd, IPPROTO_UDP, UDP_GRO, &(int){1}, sizeof(int));
	if (pktinfo)
		setsockopt(subject->fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int));
	for (int call = 0; call < RECEIVING_CALLS; call++)
		for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
			drain(subject->fd);
			subject_feed(subject, data, sizeof data);
			begin("segments received by %s, control %zu%s", receiving_calls[call], rooms[i],
			      pktinfo ? " and PKTINFO" : "");
			receive_and_say(subject->fd, call, 0, &place, 64, rooms[i]);
			say("left=%d", drain(subject->fd));
			end();
		}
}

void walk_segments(struct subject *subject)
{
	walk_sent(subject);
	walk_received(subject, false);
	walk_received(subject, true);
	subject_renew(subject);
}

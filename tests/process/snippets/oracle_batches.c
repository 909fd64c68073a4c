/* SPDX-License-Identifier: MIT */
/* recvmmsg and sendmmsg of several messages, and messages of several parts. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES = 4 };

static const struct place all_room = {"128", true, true, 128};

/* Each message with another room for its name. */
static const char *const shapes[] = {"128 128 128 128", "16 28 2 0", "none 16 none 128", "16 -1 16 16"};
static const struct place shape_places[][MESSAGES] = {
    {{"", true, true, 128}, {"", true, true, 128}, {"", true, true, 128}, {"", true, true, 128}},
    {{"", true, true, 16}, {"", true, true, 28}, {"", true, true, 2}, {"", true, true, 0}},
    {{"", false, false, 0}, {"", true, true, 16}, {"", false, false, 0}, {"", true, true, 128}},
    {{"", true, true, 16}, {"", true, true, (socklen_t)-1}, {"", true, true, 16}, {"", true, true, 16}},
};
static const size_t control_rooms[MESSAGES] = {0, 64, 28, 128};

static void receive_batch(const struct subject *subject, int shape, int waiting, unsigned count, int flags,
			  struct timespec *limit)
{
	struct message messages[MESSAGES];
	struct mmsghdr headers[MESSAGES];
	int result;

	for (int i = 0; i < MESSAGES; i++)
		message_prepare(&messages[i], &headers[i], &shape_places[shape][i], 16, control_rooms[i]);
	drain(subject->fd);
	for (int i = 0; i < waiting; i++)
		subject_feed(subject, "12345678", (size_t)i * 2);
	begin("recvmmsg of %u, %d there, names %s, %s%s", count, waiting, shapes[shape], flags_name(flags),
	      limit == NULL          ? ""
	      : limit->tv_nsec == -1 ? ", wrong limit"
	      : limit->tv_nsec       ? ", short limit"
				     : ", no time");
	errno = 0;
	result = recvmmsg(subject->fd, headers, count, flags, limit);
	say_result(result);
	for (int i = 0; i < MESSAGES; i++) {
		say("| %d:", i);
		message_say(&messages[i], &headers[i]);
	}
	say("| left=%d", drain(subject->fd));
	end();
}

static void walk_receiving(struct subject *subject)
{
	static const int flag_sets[] = {MSG_DONTWAIT, MSG_WAITFORONE, MSG_DONTWAIT | MSG_PEEK, 0};
	const struct timespec limits[] = {{0, -1}, {0, 0}, {0, 1000000}};

	subject_renew(subject);
	if (subject->kind->family == AF_INET)
		set_option(subject->fd, IPPROTO_IP, IP_PKTINFO, 1);
	for (int shape = 0; shape < (int)(sizeof shapes / sizeof shapes[0]); shape++)
		for (int waiting = 0; waiting <= MESSAGES; waiting++)
			for (unsigned count = 0; count <= MESSAGES; count++)
				for (int f = 0; f < 4; f++)
					receive_batch(subject, shape, waiting, count, flag_sets[f], NULL);
	for (int waiting = 0; waiting < 3; waiting++)
		for (int i = 0; i < 3; i++) {
			struct timespec limit = limits[i];

			receive_batch(subject, 0, waiting, 2, MSG_DONTWAIT, &limit);
		}
}

/* Of three messages one may have a name that is refused. */
static void send_batch(const struct subject *subject, const char *label, const struct address *odd, int at,
		       unsigned count)
{
	static char data[] = "abcdefgh";
	struct mmsghdr headers[MESSAGES];
	struct iovec parts[MESSAGES];
	int result;

	memset(headers, 0, sizeof headers);
	for (int i = 0; i < MESSAGES; i++) {
		const struct address *to = i == at ? odd : &subject->remote;

		parts[i] = (struct iovec){data + i, 2};
		headers[i].msg_len = 0x55555555;
		headers[i].msg_hdr = (struct msghdr){.msg_name = (void *)(uintptr_t)&to->name,
						     .msg_namelen = to->length,
						     .msg_iov = &parts[i],
						     .msg_iovlen = 1};
	}
	drain(subject->peer);
	begin("sendmmsg of %u, %s at %d", count, label, at);
	errno = 0;
	result = sendmmsg(subject->fd, headers, count, 0);
	say_result(result);
	for (int i = 0; i < MESSAGES; i++)
		say("%x", headers[i].msg_len);
	subject_observe(subject, result > (at == 0));
	end();
}

static void walk_sending(struct subject *subject)
{
	struct address far = in4(0xc0000201, PEER_PORT), short_one = subject->remote, inet6 = in6("::1", PEER_PORT);

	short_one.length = 15;
	subject_renew(subject);
	for (unsigned count = 0; count <= MESSAGES; count++)
		for (int at = -1; at < MESSAGES; at++) {
			send_batch(subject, "an unreachable one", &far, at, count);
			send_batch(subject, "a short name", &short_one, at, count);
			send_batch(subject, "an AF_INET6 one", &inet6, at, count);
		}
}

/* Messages of no part, of three parts, and of more than there may be. */
static void walk_parts(struct subject *subject)
{
	static const size_t counts[] = {0, 1, 3, 1024, 1025};
	static struct iovec parts[1025];
	char data[3];

	subject_renew(subject);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		parts[i] = (struct iovec){data, 1};
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		struct msghdr header = {.msg_iov = parts, .msg_iovlen = counts[i]};
		union name name;

		header.msg_name = &name;
		header.msg_namelen = all_room.capacity;
		fill(&name, sizeof name);
		drain(subject->fd);
		subject_feed(subject, "abc", 3);
		begin("recvmsg into %zu parts", counts[i]);
		errno = 0;
		say_result(recvmsg(subject->fd, &header, 0));
		say("namelen=%u left=%d", header.msg_namelen, drain(subject->fd));
		say_name("name", &name, sizeof name);
		end();
		header.msg_name = &subject->remote.name;
		header.msg_namelen = subject->remote.length;
		begin("sendmsg of %zu parts", counts[i]);
		errno = 0;
		say_result(sendmsg(subject->fd, &header, 0));
		subject_observe(subject, false);
		end();
	}
}

void walk_batches(struct subject *subject)
{
	walk_receiving(subject);
	walk_sending(subject);
	walk_parts(subject);
	subject_renew(subject);
}

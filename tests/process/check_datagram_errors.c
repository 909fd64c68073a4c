/* SPDX-License-Identifier: MIT */
/* What comes back from a peer that has gone, by IP_RECVERR and without it; and
 * segmentation offload, one call for many datagrams. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { ROOM = 160, SIZE = 100, COUNT = 3 };

struct letter {
	struct sockaddr_in peer;
	char data[512];
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct iovec part;
	struct msghdr header;
};

static void prepare(struct letter *letter)
{
	memset(letter, 0xaa, sizeof *letter);
	letter->part = (struct iovec){letter->data, sizeof letter->data};
	letter->header =
	    (struct msghdr){&letter->peer, sizeof letter->peer, &letter->part, 1, letter->control, ROOM, 0};
}

static int with_option(int level, int option, bool before)
{
	int fd = server_unbound();

	if (before)
		ck_assert_int_eq(setsockopt(fd, level, option, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	ck_assert_int_eq(is_converted(fd), true);
	if (!before)
		ck_assert_int_eq(setsockopt(fd, level, option, &(int){1}, sizeof(int)), 0);
	return fd;
}

/* A client asks, and its port is closed. */
static struct sockaddr_in gone(int fd, enum whence whence)
{
	int asking = client(whence, CLIENT);

	ask(asking, whence, "query");
	close(asking);
	return heard(fd, "query");
}

static void await_error(int fd)
{
	struct pollfd watched = {.fd = fd};

	ck_assert_int_eq(poll(&watched, 1, 5000), 1);
	ck_assert_int_eq(watched.revents, POLLERR);
}

/* As ICMP's "port unreachable", whatever it was: type 3, code 3. */
static void is_refusal(const struct letter *letter, const struct sockaddr_in *peer)
{
	struct cmsghdr *part = CMSG_FIRSTHDR(&letter->header);
	struct sockaddr_in offender, wanted = *peer;
	struct sock_extended_err error;

	wanted.sin_port = 0; /* an ICMP message has none */
	ck_assert_ptr_ne(part, NULL);
	ck_assert_int_eq(part->cmsg_level, IPPROTO_IP);
	ck_assert_int_eq(part->cmsg_type, IP_RECVERR);
	ck_assert_uint_eq(part->cmsg_len, CMSG_LEN(sizeof error + sizeof offender));
	memcpy(&error, CMSG_DATA(part), sizeof error);
	memcpy(&offender, CMSG_DATA(part) + sizeof error, sizeof offender);
	ck_assert_uint_eq(error.ee_errno, ECONNREFUSED);
	ck_assert_uint_eq(error.ee_origin, SO_EE_ORIGIN_ICMP);
	ck_assert_uint_eq(error.ee_type, 3);
	ck_assert_uint_eq(error.ee_code, 3);
	same_address(&offender, &wanted);
}

/* Older kernels say the error first that brought the message. */
static int receive_batch(int fd, struct mmsghdr *batch)
{
	int count = recvmmsg(fd, batch, 1, MSG_ERRQUEUE, NULL);

	return count == -1 && errno == ECONNREFUSED ? recvmmsg(fd, batch, 1, MSG_ERRQUEUE, NULL) : count;
}

/* _i: from where, whether the option was set before bind, by which call. */
START_TEST(refusals_are_queued)
{
	int whence = _i % WHENCES, before = _i / WHENCES % 2, way = _i / WHENCES / 2;
	int fd = with_option(IPPROTO_IP, IP_RECVERR, before);
	struct sockaddr_in peer = gone(fd, whence);
	struct letter letter;
	struct mmsghdr batch;

	reply(fd, &peer, "reply");
	await_error(fd);
	prepare(&letter);
	if (way == 0)
		ck_assert_int_eq(recvmsg(fd, &letter.header, MSG_ERRQUEUE), 5);
	else {
		batch = (struct mmsghdr){.msg_hdr = letter.header};
		ck_assert_int_eq(receive_batch(fd, &batch), 1);
		ck_assert_uint_eq(batch.msg_len, 5);
		letter.header = batch.msg_hdr;
	}
	ck_assert_mem_eq(letter.data, "reply", 5);
	ck_assert_int_eq(letter.header.msg_flags, MSG_ERRQUEUE);
	ck_assert_uint_eq(letter.header.msg_namelen, sizeof letter.peer);
	same_address(&letter.peer, &peer);
	is_refusal(&letter, &peer);
	ck_assert_int_eq(recvmsg(fd, &letter.header, MSG_ERRQUEUE), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

/* A handler that empties the queue and goes on serving. */
START_TEST(service_goes_on_after_refusals)
{
	int fd = with_option(IPPROTO_IP, IP_RECVERR, _i % 2), asking, error = 0;
	struct letter letter;
	socklen_t length = sizeof error;

	for (int round = 0; round < 2 * WHENCES; round++) {
		int whence = round % WHENCES;
		struct sockaddr_in peer = gone(fd, whence);

		reply(fd, &peer, "reply");
		await_error(fd);
		prepare(&letter);
		ck_assert_int_eq(recvmsg(fd, &letter.header, MSG_ERRQUEUE), 5);
		is_refusal(&letter, &peer);
		ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
		asking = client(whence, CLIENT + 1);
		ask(asking, whence, "query");
		peer = heard(fd, "query");
		reply(fd, &peer, "reply");
		answered(asking, whence, "reply");
		close(asking);
	}
}
END_TEST

/* Without IP_RECVERR only a connected socket is told. */
START_TEST(refusals_are_pending)
{
	int fd = server(SERVER);
	struct sockaddr_in peer = gone(fd, _i);

	reply(fd, &peer, "reply");
	poll(NULL, 0, 50);
	ck_assert_int_eq(recv(fd, &(char){0}, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(connect_to(fd, &peer), 0);
	ck_assert_int_eq(send(fd, "reply", 5, 0), 5);
	await_error(fd);
	ck_assert_int_eq(recv(fd, &(char){0}, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
}
END_TEST

static void add_part(struct letter *letter, int level, int type, const void *data, size_t size)
{
	struct cmsghdr part = {CMSG_LEN(size), level, type};
	size_t at = letter->header.msg_controllen;

	memcpy(letter->control + at, &part, sizeof part);
	memcpy(letter->control + at + sizeof part, data, size);
	letter->header.msg_controllen = at + CMSG_SPACE(size);
}

/* _i: to where, with or without the address that it is to come from. */
START_TEST(segments_are_sent)
{
	int whence = _i % WHENCES, fd = server(SERVER), asking = client(whence, CLIENT);
	struct in_pktinfo info = {.ipi_spec_dst = shown(whence, 0).sin_addr};
	struct letter letter;
	char data[SIZE + 1];

	if (lacks_option(IPPROTO_UDP, UDP_SEGMENT, "UDP_SEGMENT"))
		return;
	ask(asking, whence, "query");
	prepare(&letter);
	letter.peer = heard(fd, "query");
	letter.header.msg_controllen = 0;
	if (_i / WHENCES)
		add_part(&letter, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	add_part(&letter, IPPROTO_UDP, UDP_SEGMENT, &(uint16_t){SIZE}, sizeof(uint16_t));
	letter.part.iov_len = SIZE * COUNT;
	for (int i = 0; i < COUNT; i++)
		memset(letter.data + i * SIZE, '0' + i, SIZE);
	ck_assert_int_eq(sendmsg(fd, &letter.header, 0), SIZE * COUNT);
	for (int i = 0; i < COUNT; i++) {
		memset(data, '0' + i, SIZE);
		data[SIZE] = '\0';
		answered(asking, whence, data);
	}
}
END_TEST

/* _i: from where, and whether the option was set before bind. */
START_TEST(segments_are_received)
{
	int whence = _i % WHENCES, asking = client(whence, CLIENT), fd, size;
	struct sockaddr_in wanted = shown(whence, CLIENT);
	struct in_pktinfo info;
	struct letter letter;
	struct cmsghdr *part;
	char data[SIZE * COUNT + 1];

	if (lacks_option(IPPROTO_UDP, UDP_GRO, "UDP_GRO"))
		return;
	fd = with_option(IPPROTO_UDP, UDP_GRO, _i / WHENCES);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(setsockopt(asking, IPPROTO_UDP, UDP_SEGMENT, &(int){SIZE}, sizeof(int)), 0);
	memset(data, 'x', sizeof data - 1);
	data[sizeof data - 1] = '\0';
	ask(asking, whence, data);
	prepare(&letter);
	size = (int)recvmsg(fd, &letter.header, 0);
	if (lacks("UDP_GRO over lo", size == SIZE))
		return;
	ck_assert_int_eq(size, SIZE * COUNT);
	same_address(&letter.peer, &wanted);
	/* The kernel's order: what concerns UDP comes first. */
	part = CMSG_FIRSTHDR(&letter.header);
	ck_assert_int_eq(part->cmsg_level, IPPROTO_UDP);
	ck_assert_int_eq(part->cmsg_type, UDP_GRO);
	ck_assert_uint_eq(part->cmsg_len, CMSG_LEN(sizeof(int)));
	memcpy(&size, CMSG_DATA(part), sizeof size);
	ck_assert_int_eq(size, SIZE);
	part = CMSG_NXTHDR(&letter.header, part);
	ck_assert_int_eq(part->cmsg_level, IPPROTO_IP);
	ck_assert_int_eq(part->cmsg_type, IP_PKTINFO);
	ck_assert_uint_eq(part->cmsg_len, CMSG_LEN(sizeof info));
	memcpy(&info, CMSG_DATA(part), sizeof info);
	ck_assert_uint_eq(info.ipi_addr.s_addr, wanted.sin_addr.s_addr);
	ck_assert_ptr_eq(CMSG_NXTHDR(&letter.header, part), NULL);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {refusals_are_queued, WHENCES * 2 * 2}, {service_goes_on_after_refusals, 2},
	    {refusals_are_pending, WHENCES},        {segments_are_sent, WHENCES * 2},
	    {segments_are_received, WHENCES * 2},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

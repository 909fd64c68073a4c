/* SPDX-License-Identifier: MIT */
/* What a converted UDP socket refuses to send, whatever the peer's family, as one of AF_INET
 * does; and what it tells of a datagram that it has sent. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif

enum { ROOM = 256, CALLS = 3 };

/* By sendto, sendmsg or sendmmsg: the result, or errno below 0. */
static int sent(int fd, int call, int flags, const void *name, socklen_t length, void *control, size_t room)
{
	struct iovec part = {(char[]){"reply"}, 5};
	struct msghdr message = {(void *)(uintptr_t)name, length, &part, 1, control, room, 0};
	struct mmsghdr batch = {.msg_hdr = message};
	long result;

	if (call == 0)
		result = sendto(fd, part.iov_base, part.iov_len, flags, name, length);
	else if (call == 1)
		result = sendmsg(fd, &message, flags);
	else
		result = sendmmsg(fd, &batch, 1, flags) == 1 ? (long)batch.msg_len : -1;
	return result < 0 ? -errno : (int)result;
}

static struct sockaddr_in peer_of(int fd, enum whence whence, uint16_t port)
{
	int asking = client(whence, CLIENT);

	ask_at(asking, whence, port, "query");
	return heard(fd, "query");
}

/* _i: to which peer. */
START_TEST(urgent)
{
	int fd = server(SERVER);
	struct sockaddr_in peer = peer_of(fd, _i, SERVER);

	for (int call = 0; call < CALLS; call++) {
		ck_assert_int_eq(sent(fd, call, MSG_OOB, &peer, sizeof peer, NULL, 0), -EOPNOTSUPP);
		errno = 77;
		ck_assert_int_eq(sent(fd, call, 0, &peer, sizeof peer, NULL, 0), 5);
		ck_assert_int_eq(errno, 77);
	}
}
END_TEST

/* A stream passes the address over, and has urgent data. */
START_TEST(urgent_of_a_stream)
{
	int fd = listening(INADDR_ANY, SERVER), client = connected6(client_address(), SERVER);
	int accepted = accept(fd, NULL, NULL);
	struct sockaddr_in peer = name_of(accepted, true);

	ck_assert_int_eq(sent(accepted, 0, MSG_OOB, &peer, sizeof peer, NULL, 0), 5);
	ck_assert_int_eq(sent(client, 0, MSG_OOB, NULL, 0, NULL, 0), 5);
}
END_TEST

/* Natively, and with the library. _i: by which call. */
START_TEST(other_families)
{
	struct sockaddr_storage name = {.ss_family = AF_UNIX};
	static const sa_family_t families[] = {AF_UNIX, AF_PACKET, 99};
	int fds[] = {server(NATIVE), server(SERVER)}, seen[2];

	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
		for (socklen_t length = 0; length <= sizeof name; length++) {
			name.ss_family = families[f];
			for (int i = 0; i < 2; i++)
				seen[i] = _i < CALLS ? sent(fds[i], _i, 0, &name, length, NULL, 0)
					  : connect(fds[i], (struct sockaddr *)&name, length) < 0 ? -errno
												  : 0;
			ck_assert_int_lt(seen[0], 0);
			ck_assert_int_eq(seen[1], seen[0]);
		}
}
END_TEST

/* A program's own AF_INET6 socket answers as ever. */
START_TEST(other_families_natively)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = client(FROM_ELSEWHERE6, CLIENT);

	for (int call = 0; call < CALLS; call++)
		ck_assert_int_eq(sent(fd, call, 0, &name, 16, NULL, 0), -EINVAL);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, 16), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static int sent_with_protocol(int fd, int call, const struct sockaddr_in *to, int protocol, size_t size)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(8)] = {0};
	struct cmsghdr *item = (struct cmsghdr *)control;

	*item = (struct cmsghdr){CMSG_LEN(size), IPPROTO_IP, IP_PROTOCOL};
	memcpy(CMSG_DATA(item), &protocol, sizeof protocol);
	return sent(fd, call, 0, to, sizeof *to, control, CMSG_SPACE(size));
}

/* An item that only raw sockets use. _i: to which peer. Kernels before 6.4 refuse it. */
START_TEST(with_a_protocol)
{
	static const int protocols[] = {1, 17, 255, 0, 256, -1};
	static const size_t sizes[] = {4, 1, 8};
	int fd = server(SERVER), other = server(NATIVE);
	struct sockaddr_in peer = peer_of(fd, _i, SERVER), to = ipv4(INADDR_LOOPBACK, CLIENT + 1);

	if (lacks("IP_PROTOCOL of a message", sent_with_protocol(other, 1, &to, 17, 4) == -EINVAL))
		return;
	for (int call = 1; call < CALLS; call++)
		for (size_t s = 0; s < 3; s++)
			for (size_t p = 0; p < 6; p++)
				ck_assert_int_eq(sent_with_protocol(fd, call, &peer, protocols[p], sizes[s]),
						 sent_with_protocol(other, call, &to, protocols[p], sizes[s]));
}
END_TEST

static void want_stamps(int fd)
{
	int wanted = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_CMSG;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof wanted), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)), 0);
}

/* What comes with the time stamp of the datagram that was sent. */
static struct in_pktinfo stamped(int fd)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct iovec part = {(char[64]){0}, 64};
	struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
	struct pollfd watched = {.fd = fd};
	struct in_pktinfo info = {.ipi_ifindex = -1};
	struct sock_extended_err error = {.ee_errno = 0};

	ck_assert_int_eq(poll(&watched, 1, 5000), 1);
	ck_assert_int_ge(recvmsg(fd, &message, MSG_ERRQUEUE), 5);
	for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item != NULL; item = CMSG_NXTHDR(&message, item)) {
		if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO)
			memcpy(&info, CMSG_DATA(item), sizeof info);
		if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR)
			memcpy(&error, CMSG_DATA(item), sizeof error);
	}
	ck_assert_int_eq(error.ee_origin, SO_EE_ORIGIN_TIMESTAMPING);
	ck_assert_int_ne(info.ipi_ifindex, -1);
	return info;
}

/* To 127.0.0.2 from 127.0.0.1, which the kernel chooses. */
START_TEST(stamps_tell_the_source)
{
	int fds[] = {server(NATIVE), server(SERVER)};
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK + 1, CLIENT);
	struct in_pktinfo seen[2];

	for (int i = 0; i < 2; i++) {
		want_stamps(fds[i]);
		reply(fds[i], &to, "reply");
		seen[i] = stamped(fds[i]);
	}
	ck_assert_uint_eq(ntohl(seen[0].ipi_spec_dst.s_addr), INADDR_LOOPBACK);
	ck_assert_mem_eq(&seen[1], &seen[0], sizeof seen[0]);
}
END_TEST

/* To ::1 from another address, as it is shown. */
START_TEST(stamps_tell_the_source_of_ipv6)
{
	int fd = server(SERVER);
	struct sockaddr_in other = peer_of(fd, FROM_ELSEWHERE6, SERVER), to = peer_of(fd, FROM_LOOPBACK6, SERVER);
	struct in_pktinfo from = {.ipi_spec_dst = other.sin_addr}, seen;
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof from)] = {0};
	struct cmsghdr *item = (struct cmsghdr *)control;

	*item = (struct cmsghdr){CMSG_LEN(sizeof from), IPPROTO_IP, IP_PKTINFO};
	memcpy(CMSG_DATA(item), &from, sizeof from);
	want_stamps(fd);
	ck_assert_int_eq(sent(fd, 1, 0, &to, sizeof to, control, sizeof control), 5);
	seen = stamped(fd);
	ck_assert_uint_eq(ntohl(seen.ipi_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_uint_eq(ntohl(seen.ipi_spec_dst.s_addr), CLIENT_SHOWN);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {urgent, WHENCES},
	    {urgent_of_a_stream, 1},
	    {other_families, CALLS + 1},
	    {other_families_natively, 1},
	    {with_a_protocol, WHENCES},
	    {stamps_tell_the_source, 1},
	    {stamps_tell_the_source_of_ipv6, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: MIT */
/* A call that succeeds leaves errno alone, whatever the library asked of the kernel meanwhile; one that
 * fails sets it as it would without the library. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { UNTOUCHED = 77, BOUND = 9001, MPTCP = 262 };

#define keeps(call)                                                                                                \
	do {                                                                                                       \
		errno = UNTOUCHED;                                                                                 \
		ck_assert_int_ge((call), 0);                                                                       \
		ck_assert_int_eq(errno, UNTOUCHED);                                                                \
	} while (0)

#define fails(call, error)                                                                                         \
	do {                                                                                                       \
		errno = UNTOUCHED;                                                                                 \
		ck_assert_int_eq((call), -1);                                                                      \
		ck_assert_int_eq(errno, error);                                                                    \
	} while (0)

static const struct kind {
	int family, type, protocol;
} kinds[] = {{AF_INET, SOCK_DGRAM, 0},   {AF_INET, SOCK_STREAM, 0},      {AF_INET6, SOCK_DGRAM, 0},
	     {AF_INET6, SOCK_STREAM, 0}, {AF_INET6, SOCK_STREAM, MPTCP}, {AF_INET, SOCK_STREAM, MPTCP}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int new_socket(const struct kind *kind)
{
	int protocol = kind->protocol == MPTCP && lacks_mptcp() ? 0 : kind->protocol;

	return socket(kind->family, kind->type | SOCK_NONBLOCK, protocol);
}

/* FUNCTION, or the system call of that number. */
#define both_ways(expect, function, ...)                                                                           \
	do {                                                                                                       \
		expect(function(__VA_ARGS__));                                                                     \
		expect(syscall(SYS_##function, __VA_ARGS__));                                                      \
	} while (0)

/* On the wildcard address, where the library may convert it, and on loopback. */
static struct sockaddr_in6 local_of(const struct kind *kind, bool loopback)
{
	struct sockaddr_in6 local = ipv6(loopback ? in6addr_loopback : in6addr_any, BOUND);
	struct sockaddr_in in = ipv4(loopback ? INADDR_LOOPBACK : INADDR_ANY, BOUND);

	if (kind->family == AF_INET)
		memcpy(&local, &in, sizeof in);
	return local;
}

START_TEST(names_and_options)
{
	const struct kind *kind = &kinds[_i / 2];
	int fd = new_socket(kind), epoll = epoll_create1(0), value = 0;
	struct sockaddr_in6 local = local_of(kind, _i % 2);
	socklen_t length = sizeof local, size = sizeof value;
	struct epoll_event event = {.events = EPOLLIN};

	keeps(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)));
	keeps(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	both_ways(keeps, epoll_ctl, epoll, EPOLL_CTL_MOD, fd, &event);
	keeps(bind(fd, (struct sockaddr *)&local, kind->family == AF_INET ? sizeof(struct sockaddr_in) : length));
	if (kind->type == SOCK_STREAM)
		keeps(listen(fd, 5));
	both_ways(keeps, getsockname, fd, (struct sockaddr *)&local, &length);
	both_ways(keeps, getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &value, &size);
	both_ways(keeps, setsockopt, fd, IPPROTO_IP, IP_TOS, &(int){4}, sizeof(int));
	if (kind->protocol != MPTCP)
		both_ways(keeps, setsockopt, fd, IPPROTO_IP, IP_MULTICAST_LOOP, &(int){1}, sizeof(int));
	both_ways(keeps, setsockopt, fd, SOL_SOCKET, SO_LINGER, &(struct linger){0, 0}, sizeof(struct linger));
	if (kind->type == SOCK_STREAM) {
		fails(accept(fd, NULL, NULL), EAGAIN);
		fails(accept4(fd, NULL, NULL, SOCK_CLOEXEC), EAGAIN);
	}
	fails(getpeername(fd, (struct sockaddr *)&local, &length), ENOTCONN);
	if (kind->protocol == MPTCP) /* the kernel has errors of its own */
		return;
	fails(getsockopt(fd, SOL_SOCKET, -1, &value, &size), ENOPROTOOPT);
	fails(setsockopt(fd, SOL_SOCKET, -1, &value, size), ENOPROTOOPT);
	fails(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &value, size), ENOENT);
}
END_TEST

START_TEST(connections)
{
	const struct kind *kind = &kinds[_i];
	int fd = new_socket(kind), connection;
	struct sockaddr_in6 local = local_of(kind, false);
	socklen_t length = kind->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof local;

	if (kind->type != SOCK_STREAM)
		return;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, length) | listen(fd, 5), 0);
	for (int i = 0; i < 2; i++) {
		int client = connected6(i == 0 ? in6addr_loopback : client_address(), BOUND);
		struct pollfd watched = {.fd = fd, .events = POLLIN};

		ck_assert_int_eq(poll(&watched, 1, 5000), 1);
		errno = UNTOUCHED;
		connection = i == 0 ? accept(fd, (struct sockaddr *)&local, &length) : accept4(fd, NULL, NULL, 0);
		ck_assert_int_ge(connection, 0);
		ck_assert_int_eq(errno, UNTOUCHED);
		both_ways(keeps, getpeername, connection, (struct sockaddr *)&local, &length);
		ck_assert_int_eq(close(client) | close(connection), 0);
	}
}
END_TEST

/* The last one is shown by a synthetic address. */
START_TEST(answers)
{
	int clients[] = {client(FROM_IPV4, CLIENT), client(FROM_ELSEWHERE6, CLIENT)}, fd = server(SERVER);
	char byte;

	for (int i = 0; i < 2; i++) {
		struct sockaddr_in name;
		socklen_t length = sizeof name;
		struct iovec data = {&byte, 1};
		struct mmsghdr one = {
		    .msg_hdr = {.msg_name = &name, .msg_namelen = length, .msg_iov = &data, .msg_iovlen = 1}};
		struct mmsghdr again = one;

		for (int sent = 0; sent < 3; sent++)
			ask(clients[i], i == 0 ? FROM_IPV4 : FROM_ELSEWHERE6, "x");
		both_ways(keeps, recvfrom, fd, &byte, 1, MSG_PEEK, (struct sockaddr *)&name, &length);
		keeps(recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&name, &length));
		keeps(recvmsg(fd, &one.msg_hdr, 0));
		keeps(recvmmsg(fd, &again, 1, 0, NULL));
		fails(recvfrom(fd, &byte, 1, MSG_DONTWAIT, (struct sockaddr *)&name, &length), EAGAIN);
		both_ways(keeps, sendto, fd, &byte, 1, 0, (struct sockaddr *)&name, length);
		both_ways(keeps, sendmsg, fd, &one.msg_hdr, 0);
		both_ways(keeps, sendmmsg, fd, &one, 1, 0);
	}
}
END_TEST

/* From a socket that has yet to become one which can. */
START_TEST(calls_to_a_client)
{
	int known = client(FROM_ELSEWHERE6, CLIENT), hears = server(SERVER), fd = server_unbound();
	struct sockaddr_in to;
	struct iovec data = {"x", 1};
	struct mmsghdr one = {
	    .msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1}};

	ask(known, FROM_ELSEWHERE6, "x");
	to = heard(hears, "x");
	switch (_i) {
	case 0:
		keeps(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
		break;
	case 1:
		keeps(sendmsg(fd, &one.msg_hdr, 0));
		break;
	case 2:
		keeps(sendmmsg(fd, &one, 1, 0));
		break;
	case 3:
		keeps(connect(fd, (struct sockaddr *)&to, sizeof to));
		keeps(connect(fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
		break;
	default:
		keeps(syscall(SYS_connect, fd, &to, sizeof to));
	}
	ck_assert(is_converted(fd));
	to.sin_addr.s_addr ^= htonl(1); /* no client's */
	fails(connect(fd, (struct sockaddr *)&to, sizeof to), ENETUNREACH);
}
END_TEST

START_TEST(look_ups)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_ADDRCONFIG, .ai_family = AF_INET}, *found;

	keeps(getaddrinfo(NULL, "9001", &hints, &found));
	freeaddrinfo(found);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {{names_and_options, 2 * KINDS},
					       {connections, KINDS},
					       {answers, 1},
					       {calls_to_a_client, 5},
					       {look_ups, 1}};

	(void)argc;
	return preloaded_main(argv, "*/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

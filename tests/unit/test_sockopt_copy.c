/* SPDX-License-Identifier: MIT */
/* Options: each that a program can set is the same on the new socket. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "socket/sockopt_ipv6_map.h"
#include "swap/sockopt_copy.h"

#include <errno.h>
#include <linux/in6.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif

/* The kernel's SOCK_RCVBUF_LOCK. */
enum { RECEIVE_BUFFER_LOCK = 2 };

/* Values that are no default. */
static const struct {
	int level, name, value;
} ints[] = {
    {SOL_SOCKET, SO_DEBUG, 1},
    {SOL_SOCKET, SO_REUSEADDR, 1},
    {SOL_SOCKET, SO_REUSEPORT, 1},
    {SOL_SOCKET, SO_DONTROUTE, 1},
    {SOL_SOCKET, SO_BROADCAST, 1},
    {SOL_SOCKET, SO_KEEPALIVE, 1},
    {SOL_SOCKET, SO_OOBINLINE, 1},
    {SOL_SOCKET, SO_PRIORITY, 5},
    {SOL_SOCKET, SO_MARK, 77},
    {SOL_SOCKET, SO_SNDBUF, 40000},
    {SOL_SOCKET, SO_RCVBUF, 50000},
    {SOL_SOCKET, SO_SNDBUF, 1},
    {SOL_SOCKET, SO_RCVBUF, 1},
    {SOL_SOCKET, SO_BUF_LOCK, 1},
    {SOL_SOCKET, SO_RCVLOWAT, 100},
    {SOL_SOCKET, SO_RCVLOWAT, 1000000},
    {SOL_SOCKET, SO_TIMESTAMP, 1},
    {SOL_SOCKET, SO_TIMESTAMPNS, 1},
    {SOL_SOCKET, SO_RXQ_OVFL, 1},
    {SOL_SOCKET, SO_PEEK_OFF, 5},
    {SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1},
    {SOL_SOCKET, SO_BUSY_POLL, 50},
    {SOL_SOCKET, SO_MAX_PACING_RATE, 123456},
    {SOL_SOCKET, SO_INCOMING_CPU, 0},
    {SOL_SOCKET, SO_ZEROCOPY, 1},
    {SOL_SOCKET, SO_TXREHASH, 0},
    {SOL_SOCKET, SO_RCVMARK, 1},
    {IPPROTO_TCP, TCP_NODELAY, 1},
    {IPPROTO_TCP, TCP_MAXSEG, 1000},
    {IPPROTO_TCP, TCP_CORK, 1},
    {IPPROTO_TCP, TCP_KEEPIDLE, 61},
    {IPPROTO_TCP, TCP_KEEPINTVL, 62},
    {IPPROTO_TCP, TCP_KEEPCNT, 7},
    {IPPROTO_TCP, TCP_SYNCNT, 3},
    {IPPROTO_TCP, TCP_LINGER2, 17},
    {IPPROTO_TCP, TCP_LINGER2, -1},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, 5},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, 30},
    {IPPROTO_TCP, TCP_WINDOW_CLAMP, 30000},
    {IPPROTO_TCP, TCP_QUICKACK, 0},
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, 12345},
    {IPPROTO_TCP, TCP_FASTOPEN, 16},
    {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1},
    {IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1},
    {IPPROTO_TCP, TCP_NOTSENT_LOWAT, 9999},
    {IPPROTO_TCP, TCP_SAVE_SYN, 1},
    {IPPROTO_TCP, TCP_INQ, 1},
    {IPPROTO_TCP, TCP_TX_DELAY, 500},
    {IPPROTO_IP, IP_TOS, 0x28},
    {IPPROTO_IP, IP_TTL, 33},
    {IPPROTO_IP, IP_MINTTL, 22},
    {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO},
    {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT},
    {IPPROTO_IP, IP_RECVERR, 1},
    {IPPROTO_IP, IP_PKTINFO, 1},
    {IPPROTO_IP, IP_RECVTTL, 1},
    {IPPROTO_IP, IP_RECVTOS, 1},
    {IPPROTO_IP, IP_RECVOPTS, 1},
    {IPPROTO_IP, IP_RETOPTS, 1},
    {IPPROTO_IP, IP_RECVORIGDSTADDR, 1},
    {IPPROTO_IP, IP_FREEBIND, 1},
    {IPPROTO_IP, IP_TRANSPARENT, 1},
    {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1},
};

static int get(int fd, int level, int name)
{
	int value = -12345;
	socklen_t length = sizeof value;

	return getsockopt(fd, level, name, &value, &length) == 0 ? value : -54321;
}

static void same_int(int from, int to, int level, int name)
{
	if (get(from, level, name) != get(to, level, name))
		fail_msg("level %d, option %d: %d, not %d", level, name, get(to, level, name),
			 get(from, level, name));
}

/* One at a time: what a single option does, and that it disturbs no other. */
static void each_alone(void **state)
{
	size_t unset = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ints); i++) {
		int from = new_socket(AF_INET), to = new_socket(AF_INET6);

		/* For want of privilege, or on an older kernel. */
		unset += setsockopt(from, ints[i].level, ints[i].name, &ints[i].value, sizeof(int)) != 0;
		if (!copy_options(from, to))
			fail_msg("level %d, option %d: errno %d", ints[i].level, ints[i].name, errno);
		for (size_t other = 0; other < COUNT(ints); other++)
			same_int(from, to, ints[other].level, ints[other].name);
		close(from);
		close(to);
	}
	assert_in_range(unset, 0, 14);
}

/* As many as go together, set in the order of the table and backwards. */
static void all_together(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		int from = new_socket(AF_INET), to = new_socket(AF_INET6);

		for (size_t i = 0; i < COUNT(ints); i++) {
			size_t at = backwards ? COUNT(ints) - 1 - i : i;

			setsockopt(from, ints[at].level, ints[at].name, &ints[at].value, sizeof(int));
		}
		assert_true(copy_options(from, to));
		for (size_t i = 0; i < COUNT(ints); i++)
			same_int(from, to, ints[i].level, ints[i].name);
		close(from);
		close(to);
	}
}

static void structures_and_names(void **state)
{
	static const struct timeval receive = {3, 250000}, transmit = {4, 500000};
	static const struct linger linger = {1, 9};
	static const uint64_t rate = UINT64_C(1) << 35;
	static const char congestion[16] = "reno";
	static const unsigned char key[16] = "0123456789abcdef";
	const struct {
		int level, name;
		const void *value;
		socklen_t length;
	} rows[] = {
	    {SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive},
	    {SOL_SOCKET, SO_SNDTIMEO, &transmit, sizeof transmit},
	    {SOL_SOCKET, SO_LINGER, &linger, sizeof linger},
	    {SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate},
	    {IPPROTO_TCP, TCP_CONGESTION, congestion, sizeof congestion},
	    {IPPROTO_TCP, TCP_FASTOPEN_KEY, key, sizeof key},
	};
	int from = new_socket(AF_INET), to = new_socket(AF_INET6);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (setsockopt(from, rows[i].level, rows[i].name, rows[i].value, rows[i].length) != 0)
			fail_msg("row %zu: errno %d", i, errno);
	assert_true(copy_options(from, to));
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char wanted[64] = {0}, value[64] = {0};
		socklen_t wanted_length = sizeof wanted, length = sizeof value;

		/* The kernel rounds times. */
		assert_int_equal(getsockopt(from, rows[i].level, rows[i].name, wanted, &wanted_length), 0);
		assert_int_equal(getsockopt(to, rows[i].level, rows[i].name, value, &length), 0);
		if (length != wanted_length || memcmp(value, wanted, length) != 0)
			fail_msg("row %zu differs", i);
	}
	close(from);
	close(to);
}

/* What was meant for IPv4 packets counts for IPv6 packets too. */
static void each_twin(void **state)
{
	static const struct {
		int name, twin, value, twin_value;
	} rows[] = {
	    {IP_TOS, IPV6_TCLASS, 0x28, 0x28},
	    {IP_TTL, IPV6_UNICAST_HOPS, 33, 33},
	    {IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO, IPV6_PMTUDISC_DO},
	    {IP_RECVERR, IPV6_RECVERR, 1, 1},
	    {IP_PKTINFO, IPV6_RECVPKTINFO, 1, 1},
	    {IP_RECVTTL, IPV6_RECVHOPLIMIT, 1, 1},
	    {IP_RECVTOS, IPV6_RECVTCLASS, 1, 1},
	    {IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, 1, 1},
	    {IP_FREEBIND, IPV6_FREEBIND, 1, 1},
	    {IP_MINTTL, IPV6_MINHOPCOUNT, 22, 22},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int from = new_socket(AF_INET), to = new_socket(AF_INET6);

		if (sockopt_ipv6_of(rows[i].name) != rows[i].twin)
			fail_msg("%d has not %d as its twin", rows[i].name, rows[i].twin);
		set_int_option(from, IPPROTO_IP, rows[i].name, rows[i].value);
		assert_true(copy_options(from, to));
		if (get(to, IPPROTO_IPV6, rows[i].twin) != rows[i].twin_value)
			fail_msg("twin %d is %d", rows[i].twin, get(to, IPPROTO_IPV6, rows[i].twin));
		close(from);
		close(to);
	}
	assert_int_equal(sockopt_ipv6_of(IP_OPTIONS), -1);
	assert_int_equal(sockopt_ipv6_of(-1), -1);
}

/* A buffer size that was set is fixed, one that was not still grows. */
static void untouched_buffers_stay_tuned(void **state)
{
	int from = new_socket(AF_INET), to = new_socket(AF_INET6), locks = get(from, SOL_SOCKET, SO_BUF_LOCK);

	(void)state;
	if (locks < 0) {
		print_message("# no SO_BUF_LOCK on this kernel\n");
		skip();
	}
	assert_int_equal(locks, 0);
	assert_true(copy_options(from, to));
	assert_int_equal(get(to, SOL_SOCKET, SO_BUF_LOCK), 0);
	set_int_option(from, SOL_SOCKET, SO_RCVBUF, 50000);
	assert_true(copy_options(from, to));
	assert_int_equal(get(to, SOL_SOCKET, SO_BUF_LOCK), RECEIVE_BUFFER_LOCK);
	close(from);
	close(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_alone),
	    cmocka_unit_test(all_together),
	    cmocka_unit_test(structures_and_names),
	    cmocka_unit_test(each_twin),
	    cmocka_unit_test(untouched_buffers_stay_tuned),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Options of a UDP socket: each that a program can set is the same on the new
 * one, and counts for IPv6 packets where IPv6 has such a thing. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "socket/sockopt_ipv6_map.h"
#include "swap/sockopt_copy.h"

#include <netinet/udp.h>
#include <stdio.h>

#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef UDP_NO_CHECK6_TX
#define UDP_NO_CHECK6_TX 101
#endif

/* Values that are no default. */
static const struct {
	int level, name, value;
} ints[] = {
    {SOL_SOCKET, SO_REUSEADDR, 1},
    {SOL_SOCKET, SO_REUSEPORT, 1},
    {SOL_SOCKET, SO_DONTROUTE, 1},
    {SOL_SOCKET, SO_BROADCAST, 1},
    {SOL_SOCKET, SO_PRIORITY, 5},
    {SOL_SOCKET, SO_MARK, 77},
    {SOL_SOCKET, SO_SNDBUF, 40000},
    {SOL_SOCKET, SO_RCVBUF, 50000},
    {SOL_SOCKET, SO_NO_CHECK, 1},
    {SOL_SOCKET, SO_TIMESTAMP, 1},
    {SOL_SOCKET, SO_TIMESTAMPNS, 1},
    {SOL_SOCKET, SO_RXQ_OVFL, 1},
    {SOL_SOCKET, SO_PEEK_OFF, 5},
    {SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1},
    {SOL_SOCKET, SO_MAX_PACING_RATE, 123456},
    {SOL_SOCKET, SO_INCOMING_CPU, 0},
    {SOL_SOCKET, SO_ZEROCOPY, 1},
    {SOL_SOCKET, SO_RCVMARK, 1},
    {IPPROTO_IP, IP_TOS, 0x28},
    {IPPROTO_IP, IP_TTL, 33},
    {IPPROTO_IP, IP_MINTTL, 22},
    {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO},
    {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE},
    {IPPROTO_IP, IP_RECVERR, 1},
    {IPPROTO_IP, IP_RECVERR_RFC4884, 1},
    {IPPROTO_IP, IP_PKTINFO, 1},
    {IPPROTO_IP, IP_RECVTTL, 1},
    {IPPROTO_IP, IP_RECVTOS, 1},
    {IPPROTO_IP, IP_RECVOPTS, 1},
    {IPPROTO_IP, IP_RETOPTS, 1},
    {IPPROTO_IP, IP_RECVORIGDSTADDR, 1},
    {IPPROTO_IP, IP_CHECKSUM, 1},
    {IPPROTO_IP, IP_RECVFRAGSIZE, 1},
    {IPPROTO_IP, IP_FREEBIND, 1},
    {IPPROTO_IP, IP_TRANSPARENT, 1},
    {IPPROTO_IP, IP_MULTICAST_ALL, 0},
    {IPPROTO_IP, IP_MULTICAST_TTL, 7},
    {IPPROTO_IP, IP_MULTICAST_LOOP, 0},
    {IPPROTO_UDP, UDP_CORK, 1},
    {IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP},
    {IPPROTO_UDP, UDP_SEGMENT, 1200},
    {IPPROTO_UDP, UDP_GRO, 1},
};

static int get(int fd, int level, int name)
{
	int value = -12345;
	socklen_t length = sizeof value;

	return getsockopt(fd, level, name, &value, &length) == 0 ? value : -54321;
}

static void same_ints(int from, int to, const char *what)
{
	for (size_t i = 0; i < COUNT(ints); i++)
		if (get(from, ints[i].level, ints[i].name) != get(to, ints[i].level, ints[i].name))
			fail_msg("%s: level %d, option %d: %d, not %d", what, ints[i].level, ints[i].name,
				 get(to, ints[i].level, ints[i].name), get(from, ints[i].level, ints[i].name));
}

/* A kernel before 4.20 cannot be told the same of IPv6 groups: such a socket stays. */
static bool is_refused(int level, int name)
{
	return level == IPPROTO_IP && name == IP_MULTICAST_ALL && lacks_multicast_all();
}

/* One at a time, to an IPv6 socket and back to an IPv4 one. */
static void each_alone(void **state)
{
	size_t unset = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ints); i++) {
		int from = new_datagram(AF_INET), to = new_datagram(AF_INET6), back = new_datagram(AF_INET);
		char what[32];

		snprintf(what, sizeof what, "option %d", ints[i].name);
		/* For want of privilege, or on an older kernel. */
		unset += setsockopt(from, ints[i].level, ints[i].name, &ints[i].value, sizeof(int)) != 0;
		if (is_refused(ints[i].level, ints[i].name)) {
			assert_false(copy_options(from, to));
		} else {
			if (!copy_options(from, to) || !copy_options(to, back))
				fail_msg("%s: errno %d", what, errno);
			same_ints(from, to, what);
			same_ints(from, back, what);
		}
		/* Corked, it would keep what is sent: nothing is. */
		assert_int_equal(close(from) | close(to) | close(back), 0);
	}
	assert_in_range(unset, 0, 8);
}

static void all_together(void **state)
{
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6);

	(void)state;
	for (size_t i = 0; i < COUNT(ints); i++)
		if (!is_refused(ints[i].level, ints[i].name))
			setsockopt(from, ints[i].level, ints[i].name, &ints[i].value, sizeof(int));
	assert_true(copy_options(from, to));
	same_ints(from, to, "all");
	close(from);
	close(to);
}

static void each_twin(void **state)
{
	static const struct {
		int name, twin, value;
	} rows[] = {
	    {IP_TOS, IPV6_TCLASS, 0x28},
	    {IP_TTL, IPV6_UNICAST_HOPS, 33},
	    {IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO},
	    {IP_RECVERR, IPV6_RECVERR, 1},
	    {IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884, 1},
	    {IP_PKTINFO, IPV6_RECVPKTINFO, 1},
	    {IP_RECVTTL, IPV6_RECVHOPLIMIT, 1},
	    {IP_RECVTOS, IPV6_RECVTCLASS, 1},
	    {IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, 1},
	    {IP_RECVFRAGSIZE, IPV6_RECVFRAGSIZE, 1},
	    {IP_FREEBIND, IPV6_FREEBIND, 1},
	    {IP_MINTTL, IPV6_MINHOPCOUNT, 22},
	    {IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, 0},
	    {IP_MULTICAST_ALL, IPV6_MULTICAST_ALL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int from = new_datagram(AF_INET), to = new_datagram(AF_INET6), value = rows[i].value;

		assert_int_equal(sockopt_ipv6_of(rows[i].name), rows[i].twin);
		/* On an older kernel there may be neither. */
		if (setsockopt(from, IPPROTO_IP, rows[i].name, &value, sizeof value) == 0) {
			bool refused = is_refused(IPPROTO_IP, rows[i].name);

			assert_int_equal(copy_options(from, to), !refused);
			if (get(to, IPPROTO_IPV6, rows[i].twin) != value && !refused)
				fail_msg("twin %d is %d", rows[i].twin, get(to, IPPROTO_IPV6, rows[i].twin));
		}
		close(from);
		close(to);
	}
}

/* IP_UNICAST_IF is in network byte order on both sides. */
static void interface_of_unicast(void **state)
{
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6), wanted = (int)htonl(LOOPBACK_INDEX);

	(void)state;
	set_int_option(from, IPPROTO_IP, IP_UNICAST_IF, wanted);
	assert_true(copy_options(from, to));
	assert_int_equal(get(to, IPPROTO_IP, IP_UNICAST_IF), wanted);
	assert_int_equal(get(to, IPPROTO_IPV6, IPV6_UNICAST_IF), wanted);
	close(from);
	close(to);
}

/* By its address, which is what the kernel tells. */
static void interface_of_multicast(void **state)
{
	struct in_addr loopback = {htonl(INADDR_LOOPBACK)}, found = {0};
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6);
	socklen_t length = sizeof found;

	(void)state;
	assert_int_equal(setsockopt(from, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback), 0);
	assert_true(copy_options(from, to));
	assert_int_equal(getsockopt(to, IPPROTO_IP, IP_MULTICAST_IF, &found, &length), 0);
	assert_int_equal(found.s_addr, loopback.s_addr);
	close(from);
	close(to);
}

/* That a promoted one is bound elsewhere stays where it is. */
static void a_promoted_socket(void **state)
{
	int from = new_datagram(AF_INET6), back = new_datagram(AF_INET);

	(void)state;
	assert_true(set_mark(from, MARK_PROMOTED));
	assert_true(copy_options(from, back));
	assert_false(is_kept(back));
	assert_int_equal(close(from) | close(back), 0);
}

static void no_datagrams(void **state)
{
	int local = socket(AF_UNIX, SOCK_DGRAM, 0), to = new_datagram(AF_INET6);

	(void)state;
	assert_false(copy_options(local, to));
	close(local);
	close(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_alone),
	    cmocka_unit_test(all_together),
	    cmocka_unit_test(each_twin),
	    cmocka_unit_test(interface_of_unicast),
	    cmocka_unit_test(interface_of_multicast),
	    cmocka_unit_test(a_promoted_socket),
	    cmocka_unit_test(no_datagrams),
	};

	return cmocka_run_group_tests_name("options of UDP", tests, private_network, NULL);
}

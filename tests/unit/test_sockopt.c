/* SPDX-License-Identifier: MIT */
/* Options of a converted socket, as an AF_INET one has them: such a one is the oracle. */
#define _GNU_SOURCE
#include "listeners.h"
#include "skip.h"

#include "calls/sockopt.h"

#include <stdlib.h>

static int get(int fd, int level, int name, int *value)
{
	socklen_t length = sizeof *value;

	*value = -1;
	return call_getsockopt(fd, level, name, value, &length, getsockopt) == 0 ? 0 : errno;
}

static int set(int fd, int level, int name, int value)
{
	return call_setsockopt(fd, level, name, &value, sizeof value, setsockopt) == 0 ? 0 : errno;
}

static int datagrams_at(uint16_t port)
{
	struct sockaddr_storage local;
	socklen_t length = fill_address(&local, AF_INET, false, port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(call_bind(settings_get(), fd, (struct sockaddr *)&local, length, sys_bind), 0);
	return fd;
}

/* Kernels with bpfilter answer for the numbers of iptables' options at any level. */
static bool lacks_refusal(int native, int level, int name)
{
	int value;

	if (level != IPPROTO_IPV6 || name < 64 || name > 67 || get(native, level, name, &value) != ENOPROTOOPT)
		return false;
	print_message("# no EOPNOTSUPP for options 64 to 67 of IPv6 on this kernel\n");
	return true;
}

/* The same family, value or errno as of an AF_INET socket. */
static void same_as_native(int converted, int native)
{
	static const int options[][2] = {
	    {SOL_SOCKET, SO_DOMAIN},
	    {SOL_SOCKET, SO_TYPE},
	    {SOL_SOCKET, SO_PROTOCOL},
	    {SOL_SOCKET, SO_LINGER},
	    {SOL_SOCKET, SO_REUSEPORT},
	    {IPPROTO_IP, IP_TTL},
	    {IPPROTO_IP, IP_TOS},
	    {IPPROTO_IP, IP_FREEBIND},
	    {IPPROTO_IP, IP_PKTINFO},
	    {IPPROTO_IPV6, IPV6_V6ONLY},
	    {IPPROTO_IPV6, IPV6_TCLASS},
	    {IPPROTO_IPV6, 9999},
	    {IPPROTO_UDP, 1},
	    {IPPROTO_TCP, TCP_NODELAY},
	    {IPPROTO_ICMPV6, 1},
	    {IPPROTO_RAW, 1},
	};

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		int level = options[i][0], name = options[i][1], of_converted, of_native;

		if (lacks_refusal(native, level, name))
			continue;
		if (get(converted, level, name, &of_converted) != get(native, level, name, &of_native) ||
		    of_converted != of_native)
			fail_msg("level %d, option %d", level, name);
		if (level == IPPROTO_IPV6 && set(converted, level, name, 1) != set(native, level, name, 1))
			fail_msg("level %d, option %d, set", level, name);
	}
}

static void as_of_af_inet(void **state)
{
	int native = new_socket(AF_INET), converted = listening(AF_INET, free_port());

	(void)state;
	assert_int_equal(domain_of(converted), AF_INET6);
	same_as_native(converted, native);
	close(converted);
	close(native);
	native = socket(AF_INET, SOCK_DGRAM, 0);
	converted = datagrams_at(free_port());
	assert_int_equal(domain_of(converted), AF_INET6);
	same_as_native(converted, native);
	close(converted);
	close(native);
}

/* A value that is cut short is cut alike. */
static void short_values(void **state)
{
	int converted = listening(AF_INET, free_port()), native = new_socket(AF_INET);

	(void)state;
	for (socklen_t room = 0; room <= 5; room++) {
		unsigned char one[8] = {0xa5, 0xa5, 0xa5, 0xa5, 0xa5}, other[8] = {0xa5, 0xa5, 0xa5, 0xa5, 0xa5};
		socklen_t one_length = room, other_length = room;

		assert_int_equal(call_getsockopt(converted, SOL_SOCKET, SO_DOMAIN, one, &one_length, getsockopt),
				 0);
		assert_int_equal(getsockopt(native, SOL_SOCKET, SO_DOMAIN, other, &other_length), 0);
		assert_int_equal(one_length, other_length);
		assert_memory_equal(one, other, sizeof one);
	}
	close(converted);
	close(native);
}

/* What the program wishes of its IPv4 packets is done to IPv6 ones. */
static void ipv6_packets_too(void **state)
{
	int fd = listening(AF_INET, free_port());
	unsigned char byte = 0x20;

	(void)state;
	assert_int_equal(set(fd, IPPROTO_IP, IP_TTL, 9), 0);
	assert_int_equal(int_option(fd, IPPROTO_IP, IP_TTL), 9);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
	/* An option of IPPROTO_IP takes a byte as well. */
	assert_int_equal(call_setsockopt(fd, IPPROTO_IP, IP_TOS, &byte, sizeof byte, setsockopt), 0);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x20);
	/* What the kernel refuses changes nothing. */
	assert_int_equal(set(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
	close(fd);
}

/* Options that are the mark can be set and cleared by the program, and the socket stays marked. */
static void the_mark_stays(void **state)
{
	int fd = listening(AF_INET, free_port()), udp = datagrams_at(free_port()), domain;
	struct linger linger = {1, 77};
	socklen_t length = sizeof linger;

	(void)state;
	for (int value = 0; value <= 1; value++) {
		assert_int_equal(set(fd, IPPROTO_IP, IP_FREEBIND, value), 0);
		assert_int_equal(set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, value), 0);
		assert_int_equal(set(udp, IPPROTO_IP, IP_FREEBIND, value), 0);
		assert_int_equal(set(udp, IPPROTO_IP, IP_MULTICAST_LOOP, value), 0);
		linger.l_onoff = value;
		assert_int_equal(call_setsockopt(udp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger, setsockopt),
				 0);
	}
	assert_int_equal(get(fd, SOL_SOCKET, SO_DOMAIN, &domain), 0);
	assert_int_equal(domain, AF_INET);
	assert_int_equal(get(udp, SOL_SOCKET, SO_DOMAIN, &domain), 0);
	assert_int_equal(domain, AF_INET);
	/* On TCP SO_LINGER means something, and is no mark. */
	linger.l_onoff = 1;
	assert_int_equal(call_setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger, setsockopt), 0);
	memset(&linger, 0, sizeof linger);
	assert_int_equal(call_getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length, getsockopt), 0);
	assert_int_equal(linger.l_linger, 77);
	close(fd);
	close(udp);
}

/* The program's own AF_INET6 socket is what it is. */
static void of_other_sockets(void **state)
{
	int fd = new_socket(AF_INET6), ends[2], value;

	(void)state;
	assert_int_equal(get(fd, SOL_SOCKET, SO_DOMAIN, &value), 0);
	assert_int_equal(value, AF_INET6);
	assert_int_equal(set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), 0);
	assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(set(fd, IPPROTO_IP, IP_TTL, 9), 0);
	assert_int_not_equal(int_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
	close(fd);
	assert_int_equal(get(fd, SOL_SOCKET, SO_DOMAIN, &value), EBADF);
	assert_int_equal(set(fd, IPPROTO_IP, IP_TTL, 9), EBADF);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(get(ends[0], IPPROTO_IPV6, IPV6_V6ONLY, &value), EOPNOTSUPP);
	assert_int_equal(get(ends[0], SOL_SOCKET, SO_DOMAIN, &value), 0);
	assert_int_equal(value, AF_UNIX);
	close(ends[0]);
	close(ends[1]);
}

/* TCP-MD5: a key cannot be read back, so a socket that has one is never swapped. */
static int with_key(int fd, uint16_t port)
{
	struct tcp_md5sig key = {.tcpm_keylen = 3, .tcpm_key = "key"};

	fill_address(&key.tcpm_addr, AF_INET, true, port);
	return call_setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key, setsockopt) == 0 ? 0 : errno;
}

/* What a program sets on a raw socket, where it means something, is no mark. */
static void isolate(void **state)
{
	int stream, raw = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), name = IPV6_ROUTER_ALERT_ISOLATE;

	(void)state;
	if (raw < 0 || lacks_option(IPPROTO_IPV6, name, "IPV6_ROUTER_ALERT_ISOLATE"))
		skip();
	assert_int_equal(set(raw, IPPROTO_IPV6, name, 1), 0);
	assert_int_equal(int_option(raw, IPPROTO_IPV6, name), 1);
	assert_int_equal(mark_shown(raw), 0);
	stream = listening(AF_INET, 18099);
	assert_int_equal(mark_shown(stream), 1);
	close(stream);
	close(raw);
}

static void keys(void **state)
{
	int fd = new_socket(AF_INET), converted = listening(AF_INET, free_port()), error = with_key(fd, 0);

	(void)state;
	if (error == 0) {
		listens_at(fd, AF_INET, free_port());
		assert_int_equal(domain_of(fd), AF_INET);
		/* One that is converted knows an IPv4 peer by its mapped address. */
		assert_int_equal(with_key(converted, 0), 0);
	}
	close(fd);
	close(converted);
	if (error != 0)
		skip_because("this kernel is built without TCP_MD5SIG");
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state) || settings_get() == NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_of_af_inet),
	    cmocka_unit_test(short_values),
	    cmocka_unit_test(ipv6_packets_too),
	    cmocka_unit_test(the_mark_stays),
	    cmocka_unit_test(of_other_sockets),
	    cmocka_unit_test(isolate),
	    cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests_name("sockopt", tests, start, NULL);
}

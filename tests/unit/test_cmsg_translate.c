/* SPDX-License-Identifier: MIT */
/* Ancillary data of an IPv6 datagram, as an AF_INET socket shows them. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/cmsg_translate.h"
#include "calls/icmp_translate.h"
#include "peers/mapper.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#ifndef IPV6_FLOWINFO /* hidden by some kernel headers */
#define IPV6_FLOWINFO 11
#endif

static struct settings settings = {.pool = {.network = 0xf0000000, .length = 4}};
static struct settings native = {.pool = {.network = 0xf0000000, .length = 4}, .native_peers = true};

/* What PACKET becomes, in a buffer of its own. */
static struct msghdr present(const struct settings *which, struct packet *packet)
{
	static struct packet room;
	struct msghdr received = message_of(packet);
	struct msghdr shown = {.msg_control = room.control, .msg_controllen = sizeof room.control};

	memset(&room, 0, sizeof room);
	cmsg_to_ipv4(which, -1, &received, &shown);
	assert_false(shown.msg_flags & MSG_CTRUNC);
	return shown;
}

/* The only item, where there is one. */
static const void *present_one(const struct settings *which, int from, const void *data, size_t from_size,
			       int level, int type, size_t size)
{
	struct packet packet = {.length = 0};
	struct msghdr shown;

	add_item(&packet, IPPROTO_IPV6, from, data, from_size);
	shown = present(which, &packet);
	assert_int_equal(count_items(&shown), 1);
	return find_item(&shown, level, type, size);
}

static struct in_pktinfo present_pktinfo(const char *text, uint32_t interface)
{
	struct in6_pktinfo info = {.ipi6_ifindex = interface};
	struct in_pktinfo shown;
	const void *found;

	info.ipi6_addr = peer6(text, 0, 0).in6.sin6_addr;
	found = present_one(&settings, IPV6_PKTINFO, &info, sizeof info, IPPROTO_IP, IP_PKTINFO, sizeof shown);
	assert_non_null(found);
	memcpy(&shown, found, sizeof shown);
	return shown;
}

/* The client for which an address that was shown stands. */
static void expect_real(struct in_addr shown, const char *text, uint32_t scope)
{
	struct address asked, real, expected = peer6(text, scope, 53);

	address_set_in(&asked, shown.s_addr, 53);
	assert_true(pool_contains(&settings.pool, &asked));
	assert_true(mapper_find(&asked, &real));
	assert_true(same_address(&real, &expected));
}

static void local_addresses(void **state)
{
	struct in_pktinfo shown = present_pktinfo("2001:db8::5", 7);

	(void)state;
	assert_int_equal(shown.ipi_ifindex, 7);
	assert_int_equal(shown.ipi_spec_dst.s_addr, shown.ipi_addr.s_addr);
	expect_real(shown.ipi_addr, "2001:db8::5", 0);

	/* The link belongs to the address of one. */
	shown = present_pktinfo("fe80::5", 7);
	assert_int_equal(shown.ipi_ifindex, 7);
	assert_int_equal(shown.ipi_spec_dst.s_addr, shown.ipi_addr.s_addr);
	expect_real(shown.ipi_addr, "fe80::5", 7);
	assert_int_not_equal(present_pktinfo("fe80::5", 8).ipi_addr.s_addr, shown.ipi_addr.s_addr);

	shown = present_pktinfo("::1", 1);
	assert_int_equal(shown.ipi_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(shown.ipi_spec_dst.s_addr, htonl(INADDR_LOOPBACK));
}

/* A group cannot answer, or be answered. */
static void groups(void **state)
{
	static const char *const texts[] = {"ff02::fb", "ff15::1234"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct in_pktinfo shown = present_pktinfo(texts[i], 3);
		struct address asked, real;

		assert_int_equal(shown.ipi_ifindex, 3);
		assert_int_equal(shown.ipi_spec_dst.s_addr, INADDR_ANY);
		address_set_in(&asked, shown.ipi_addr.s_addr, 53);
		assert_true(pool_contains(&settings.pool, &asked));
		assert_false(mapper_find(&asked, &real));
	}
}

/* IP_PKTINFO came with it. */
static void mapped_pktinfo_is_dropped(void **state)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 1};
	struct in_pktinfo own = {
	    .ipi_ifindex = 1, .ipi_spec_dst = {htonl(0x7f000001)}, .ipi_addr = {htonl(0x7f000002)}};
	const struct settings *each[] = {&settings, &native};
	struct packet packet = {.length = 0};

	(void)state;
	info.ipi6_addr = peer6("::ffff:127.0.0.2", 0, 0).in6.sin6_addr;
	add_item(&packet, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	add_item(&packet, IPPROTO_IP, IP_PKTINFO, &own, sizeof own);
	for (size_t i = 0; i < COUNT(each); i++) {
		struct msghdr shown = present(each[i], &packet);

		assert_int_equal(count_items(&shown), 1);
		assert_memory_equal(find_item(&shown, IPPROTO_IP, IP_PKTINFO, sizeof own), &own, sizeof own);
	}
}

static void numbers(void **state)
{
	static const struct {
		int from, to, value;
		size_t size;
	} rows[] = {
	    {IPV6_HOPLIMIT, IP_TTL, 1, sizeof(int)},
	    {IPV6_HOPLIMIT, IP_TTL, 255, sizeof(int)},
	    {IPV6_TCLASS, IP_TOS, 0, 1},
	    {IPV6_TCLASS, IP_TOS, 0xb8, 1},
	    {IPV6_RECVFRAGSIZE, IP_RECVFRAGSIZE, 1280, sizeof(int)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const unsigned char *found = present_one(&settings, rows[i].from, &rows[i].value, sizeof(int),
							 IPPROTO_IP, rows[i].to, rows[i].size);
		int value = 0;

		assert_non_null(found);
		memcpy(&value, found, rows[i].size == 1 ? 0 : rows[i].size);
		assert_int_equal(rows[i].size == 1 ? *found : value, rows[i].value);
	}
}

static void original_destination(void **state)
{
	static const struct {
		const char *text;
		uint32_t shown; /* 0: a synthetic address */
	} rows[] = {{"2001:db8::6", 0}, {"::1", INADDR_LOOPBACK}, {"::ffff:192.0.2.7", 0xc0000207}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address real = peer6(rows[i].text, 0, 5353);
		struct sockaddr_in shown;
		const void *found = present_one(&settings, IPV6_ORIGDSTADDR, &real.in6, sizeof real.in6, IPPROTO_IP,
						IP_ORIGDSTADDR, sizeof shown);

		assert_non_null(found);
		memcpy(&shown, found, sizeof shown);
		assert_int_equal(shown.sin_family, AF_INET);
		assert_int_equal(shown.sin_port, htons(5353));
		if (rows[i].shown != 0)
			assert_int_equal(shown.sin_addr.s_addr, htonl(rows[i].shown));
		else
			expect_real(shown.sin_addr, rows[i].text, 0);
	}
}

struct error4 {
	struct sock_extended_err error;
	struct sockaddr_in offender;
};

static struct error4 present_error(const struct icmp_error6 *error)
{
	struct error4 shown;
	const void *found =
	    present_one(&settings, IPV6_RECVERR, error, sizeof *error, IPPROTO_IP, IP_RECVERR, sizeof shown);

	assert_non_null(found);
	memcpy(&shown, found, sizeof shown);
	return shown;
}

static void errors(void **state)
{
	struct icmp_error6 error = {
	    .error = {.ee_errno = ECONNREFUSED, .ee_origin = SO_EE_ORIGIN_ICMP6, .ee_info = 11, .ee_data = 13},
	    .offender = peer6("fe80::9", 4, 0).in6,
	};
	struct error4 shown;

	(void)state;
	error.error.ee_type = ICMP6_DST_UNREACH;
	error.error.ee_code = ICMP6_DST_UNREACH_NOPORT;
	shown = present_error(&error);
	assert_int_equal(shown.error.ee_errno, ECONNREFUSED);
	assert_int_equal(shown.error.ee_origin, SO_EE_ORIGIN_ICMP);
	assert_int_equal(shown.error.ee_type, ICMP_DEST_UNREACH);
	assert_int_equal(shown.error.ee_code, ICMP_PORT_UNREACH);
	assert_int_equal(shown.error.ee_info, 11);
	assert_int_equal(shown.error.ee_data, 13);
	assert_int_equal(shown.offender.sin_family, AF_INET);
	expect_real(shown.offender.sin_addr, "fe80::9", 4);

	/* An IPv6 packet whose source is an IPv4-mapped address, and IPv4's own. */
	error.offender = peer6("::ffff:127.0.0.1", 0, 0).in6;
	shown = present_error(&error);
	assert_memory_equal(&shown.offender, &(struct sockaddr_in){0}, sizeof shown.offender);
	error.error.ee_origin = SO_EE_ORIGIN_ICMP;
	shown = present_error(&error);
	assert_int_equal(shown.offender.sin_addr.s_addr, htonl(INADDR_LOOPBACK));

	/* From nowhere: a time stamp, say. */
	error.error.ee_origin = SO_EE_ORIGIN_TIMESTAMPING;
	memset(&error.offender, 0, sizeof error.offender);
	shown = present_error(&error);
	assert_memory_equal(&shown.error, &error.error, sizeof error.error);
	assert_memory_equal(&shown.offender, &(struct sockaddr_in){0}, sizeof shown.offender);
}

/* DUALBIND_PEERS=native: IPv6 addresses as they are, IPv4 ones as such. */
static void native_peers(void **state)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 2};
	struct sockaddr_in6 destination = peer6("2001:db8::8", 0, 53).in6;
	struct icmp_error6 error = {.error = {.ee_origin = SO_EE_ORIGIN_ICMP6, .ee_type = ICMP6_DST_UNREACH}};
	const void *found;

	(void)state;
	info.ipi6_addr = destination.sin6_addr;
	error.offender = destination;
	found = present_one(&native, IPV6_PKTINFO, &info, sizeof info, IPPROTO_IPV6, IPV6_PKTINFO, sizeof info);
	assert_memory_equal(found, &info, sizeof info);
	found = present_one(&native, IPV6_ORIGDSTADDR, &destination, sizeof destination, IPPROTO_IPV6,
			    IPV6_ORIGDSTADDR, sizeof destination);
	assert_memory_equal(found, &destination, sizeof destination);
	found = present_one(&native, IPV6_RECVERR, &error, sizeof error, IPPROTO_IPV6, IPV6_RECVERR, sizeof error);
	assert_memory_equal(found, &error, sizeof error);
	error.offender = peer6("::ffff:192.0.2.1", 0, 0).in6;
	error.error.ee_origin = SO_EE_ORIGIN_ICMP;
	found =
	    present_one(&native, IPV6_RECVERR, &error, sizeof error, IPPROTO_IP, IP_RECVERR, sizeof(struct error4));
	assert_int_equal(((const struct error4 *)found)->offender.sin_addr.s_addr, htonl(0xc0000201));
}

/* All that is of another level stays, in its place and byte by byte. */
static void the_rest_stays(void **state)
{
	struct timeval stamp = {1, 2};
	struct packet packet = {.length = 0}, expected = {.length = 0};
	struct msghdr shown;

	(void)state;
	add_item(&packet, SOL_SOCKET, SO_TIMESTAMP, &stamp, sizeof stamp);
	add_int(&packet, IPPROTO_IPV6, IPV6_HOPLIMIT, 64);
	add_int(&packet, IPPROTO_IP, IP_TTL, 63);
	add_item(&packet, SOL_SOCKET, SO_RXQ_OVFL, "abcd", 4);
	add_item(&packet, IPPROTO_UDP, 104, "\x05\xdc\x00\x00", 4);
	/* An item of IPv6 that has no counterpart on an AF_INET socket. */
	add_item(&packet, IPPROTO_IPV6, IPV6_HOPOPTS, "12345678", 8);
	add_int(&packet, IPPROTO_IPV6, IPV6_FLOWINFO, 5);
	add_item(&expected, SOL_SOCKET, SO_TIMESTAMP, &stamp, sizeof stamp);
	add_int(&expected, IPPROTO_IP, IP_TTL, 64);
	add_int(&expected, IPPROTO_IP, IP_TTL, 63);
	add_item(&expected, SOL_SOCKET, SO_RXQ_OVFL, "abcd", 4);
	add_item(&expected, IPPROTO_UDP, 104, "\x05\xdc\x00\x00", 4);
	shown = present(&settings, &packet);
	assert_int_equal(shown.msg_controllen, expected.length);
	assert_memory_equal(shown.msg_control, expected.control, expected.length);
}

/* Any length of what the kernel sends, other ones than it does send too. */
static void odd_lengths(void **state)
{
	static const int types[] = {IPV6_PKTINFO,     IPV6_HOPLIMIT, IPV6_TCLASS,
				    IPV6_ORIGDSTADDR, IPV6_RECVERR,  IPV6_RECVFRAGSIZE};
	static const size_t right[] = {
	    sizeof(struct in6_pktinfo), sizeof(int), sizeof(int), sizeof(struct sockaddr_in6),
	    sizeof(struct icmp_error6), sizeof(int)};
	unsigned char zeros[100] = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++)
		for (size_t size = 0; size < sizeof zeros; size++) {
			struct packet packet = {.length = 0};
			struct msghdr shown;

			add_item(&packet, IPPROTO_IPV6, types[i], zeros, size);
			shown = present(&settings, &packet);
			assert_int_equal(count_items(&shown), size == right[i]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(local_addresses),
	    cmocka_unit_test(groups),
	    cmocka_unit_test(mapped_pktinfo_is_dropped),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(original_destination),
	    cmocka_unit_test(errors),
	    cmocka_unit_test(native_peers),
	    cmocka_unit_test(the_rest_stays),
	    cmocka_unit_test(odd_lengths),
	};

	return cmocka_run_group_tests_name("ancillary: presented", tests, private_network, NULL);
}

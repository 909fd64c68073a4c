/* SPDX-License-Identifier: MIT */
/* Ancillary data of IPPROTO_IP, for a datagram that goes to an IPv6 peer. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/cmsg_translate.h"
#include "peers/mapper.h"

static struct settings settings = {.pool = {.network = 0xf0000000, .length = 4}};
static struct settings native = {.pool = {.network = 0xf0000000, .length = 4}, .native_peers = true};

enum { ROOM = 256 };

/* What PACKET becomes; its length is the result. */
static size_t resolve_with(const struct settings *which, struct packet *packet, struct packet *resolved)
{
	struct msghdr given = message_of(packet);

	memset(resolved, 0, sizeof *resolved);
	assert_int_equal(cmsg_to_ipv6(which, &given, resolved->control, ROOM, &resolved->length), 0);
	return resolved->length;
}

static size_t resolve(struct packet *packet, struct packet *resolved)
{
	return resolve_with(&settings, packet, resolved);
}

static struct in6_pktinfo resolve_pktinfo(in_addr_t source, int interface)
{
	struct in_pktinfo info = {
	    .ipi_ifindex = interface, .ipi_spec_dst = {source}, .ipi_addr = {htonl(0x01020304)}};
	struct packet packet = {.length = 0}, resolved;
	struct in6_pktinfo found;
	struct msghdr message;

	add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	assert_int_equal(resolve(&packet, &resolved), CMSG_SPACE(sizeof found));
	message = message_of(&resolved);
	memcpy(&found, find_item(&message, IPPROTO_IPV6, IPV6_PKTINFO, sizeof found), sizeof found);
	return found;
}

static void expect_source(const struct in6_pktinfo *info, const char *text, uint32_t interface)
{
	struct address expected = peer6(text, 0, 0);

	assert_memory_equal(&info->ipi6_addr, &expected.in6.sin6_addr, sizeof info->ipi6_addr);
	assert_int_equal(info->ipi6_ifindex, interface);
}

static in_addr_t show(const char *text, uint32_t scope)
{
	struct address real = peer6(text, scope, 0);

	return shown_as(&settings.pool, &real).in.sin_addr.s_addr;
}

/* The address that was asked, as it was shown, is the one that answers. */
static void sources(void **state)
{
	struct in6_pktinfo info = resolve_pktinfo(show("2001:db8::5", 0), 0);

	(void)state;
	expect_source(&info, "2001:db8::5", 0);
	info = resolve_pktinfo(show("2001:db8::5", 0), 9);
	expect_source(&info, "2001:db8::5", 9);
	/* A link-local one needs its link; another one was named: so be it. */
	info = resolve_pktinfo(show("fe80::5", 7), 0);
	expect_source(&info, "fe80::5", 7);
	info = resolve_pktinfo(show("fe80::5", 7), 8);
	expect_source(&info, "fe80::5", 8);
	info = resolve_pktinfo(htonl(INADDR_LOOPBACK), 0);
	expect_source(&info, "::1", 0);
}

/* No address, one that IPv6 cannot have, one that stands for no client or for an
 * IPv4 peer: the kernel's choice, on the interface that was named. */
static void the_kernels_choice(void **state)
{
	struct address claimed = peer4("240.1.2.3", 0);
	const in_addr_t sources[] = {INADDR_ANY, htonl(0xc0000201), htonl(0xf7654321), claimed.in.sin_addr.s_addr};

	(void)state;
	mapper_claim(&claimed);
	for (size_t i = 0; i < COUNT(sources); i++) {
		struct in6_pktinfo info = resolve_pktinfo(sources[i], 5);

		expect_source(&info, "::", 5);
	}
}

static void numbers(void **state)
{
	struct packet packet = {.length = 0}, resolved, expected = {.length = 0};

	(void)state;
	add_int(&packet, IPPROTO_IP, IP_TTL, 33);
	add_int(&packet, IPPROTO_IP, IP_TOS, 0xb8);
	add_item(&packet, IPPROTO_IP, IP_TOS, "\x20", 1);
	add_int(&expected, IPPROTO_IPV6, IPV6_HOPLIMIT, 33);
	add_int(&expected, IPPROTO_IPV6, IPV6_TCLASS, 0xb8);
	add_int(&expected, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
	assert_int_equal(resolve(&packet, &resolved), expected.length);
	assert_memory_equal(resolved.control, expected.control, expected.length);
}

/* Items of other levels stay as they are, in their place. IPv4's options and a raw socket's protocol go
 * nowhere; of IPv6's items an AF_INET socket takes no notice, but one that is shown native
 * peers does. */
static void the_rest_stays(void **state)
{
	(void)state;
	for (int is_native = 0; is_native < 2; is_native++) {
		struct packet packet = {.length = 0}, resolved, expected = {.length = 0};

		add_item(&packet, IPPROTO_UDP, 103, "\xdc\x05", 2);
		add_item(&packet, IPPROTO_IP, IP_RETOPTS, "\x01\x01\x01", 3);
		add_int(&packet, IPPROTO_IP, 52 /* IP_PROTOCOL */, 17);
		add_int(&packet, IPPROTO_IP, IP_TTL, 1);
		add_int(&packet, IPPROTO_IPV6, IPV6_TCLASS, 4);
		add_int(&packet, SOL_SOCKET, SO_TIMESTAMPING, 2);
		add_item(&expected, IPPROTO_UDP, 103, "\xdc\x05", 2);
		add_int(&expected, IPPROTO_IPV6, IPV6_HOPLIMIT, 1);
		if (is_native)
			add_int(&expected, IPPROTO_IPV6, IPV6_TCLASS, 4);
		add_int(&expected, SOL_SOCKET, SO_TIMESTAMPING, 2);
		assert_int_equal(resolve_with(is_native ? &native : &settings, &packet, &resolved),
				 expected.length);
		assert_memory_equal(resolved.control, expected.control, expected.length);
	}
}

static void which_need_it(void **state)
{
	struct packet packet = {.length = 0};
	struct msghdr message = message_of(&packet);

	(void)state;
	assert_false(cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY));
	message.msg_control = NULL;
	message.msg_controllen = 100;
	assert_false(cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY));
	add_item(&packet, IPPROTO_UDP, 103, "\xdc\x05", 2);
	add_int(&packet, IPPROTO_IPV6, IPV6_TCLASS, 4);
	message = message_of(&packet);
	assert_false(cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY));
	add_int(&packet, IPPROTO_IP, IP_TTL, 4);
	message = message_of(&packet);
	assert_true(cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY));
	message.msg_controllen = packet.length - CMSG_SPACE(sizeof(int)) + 15;
	assert_false(cmsg_is_of(&message, IPPROTO_IP, CMSG_ANY));
}

/* As many bytes as there is room for, and one item more. */
static void too_much(void **state)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM + 1];
	struct packet packet = {.length = 0};
	struct in_pktinfo info = {.ipi_ifindex = 0};
	size_t length = 0, needed = CMSG_SPACE(sizeof(struct in6_pktinfo)) * 5 + CMSG_SPACE(sizeof(int));

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	add_int(&packet, IPPROTO_IP, IP_TTL, 3);
	for (size_t room = 0; room <= ROOM; room++) {
		struct msghdr given = message_of(&packet);
		/* The last item's padding need not fit. */
		bool fits = room >= needed - CMSG_SPACE(sizeof(int)) + CMSG_LEN(sizeof(int));
		int error;

		memset(control, 0xa5, sizeof control);
		error = cmsg_to_ipv6(&settings, &given, control, room, &length);
		assert_int_equal(error, fits ? 0 : ENOBUFS);
		assert_int_equal(control[room], 0xa5);
		if (fits)
			assert_in_range(length, needed - 4, needed);
	}
}

/* EINVAL wins, wherever the item stands. */
static void malformed_and_too_much(void **state)
{
	struct packet packet = {.length = 0}, resolved;
	struct msghdr given;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		add_int(&packet, IPPROTO_IP, IP_TTL, 3);
	given = message_of(&packet);
	assert_int_equal(cmsg_to_ipv6(&settings, &given, resolved.control, ROOM, &resolved.length), ENOBUFS);
	add_int(&packet, IPPROTO_IP, IP_TTL, 0);
	given = message_of(&packet);
	assert_int_equal(cmsg_to_ipv6(&settings, &given, resolved.control, ROOM, &resolved.length), EINVAL);
}

/* Nothing of the stack goes to the kernel. */
static void between_the_items(void **state)
{
	static const unsigned char nothing[CMSG_SPACE(sizeof(int)) - CMSG_LEN(sizeof(int))];
	struct packet packet = {.length = 0}, resolved;
	struct msghdr given;

	(void)state;
	memset(&resolved, 0xaa, sizeof resolved);
	add_int(&packet, IPPROTO_IP, IP_TTL, 3);
	given = message_of(&packet);
	assert_int_equal(cmsg_to_ipv6(&settings, &given, resolved.control, ROOM, &resolved.length), 0);
	assert_int_equal(resolved.length, CMSG_SPACE(sizeof(int)));
	assert_memory_equal(&resolved.control[CMSG_LEN(sizeof(int))], nothing, sizeof nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sources),
	    cmocka_unit_test(the_kernels_choice),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(the_rest_stays),
	    cmocka_unit_test(which_need_it),
	    cmocka_unit_test(too_much),
	    cmocka_unit_test(malformed_and_too_much),
	    cmocka_unit_test(between_the_items),
	};

	return cmocka_run_group_tests_name("ancillary: sent", tests, NULL, NULL);
}

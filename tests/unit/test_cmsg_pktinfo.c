/* SPDX-License-Identifier: MIT */
/* The address that a datagram was sent to, the short way: as the long one has it, or not at all. */
#define _GNU_SOURCE
#include "clients.h"

#include "calls/cmsg_pktinfo.h"
#include "calls/cmsg_translate.h"
#include "config/settings.h"
#include "peers/lately.h"

enum { INDEX = 3, ROOM = 256, FILLING = 0xa5 };

static const char known[] = "2001:db8::5";

/* What stands for an address from now on. The second look finds it in the table. */
static struct address show(const char *text, uint32_t scope)
{
	struct address real = peer6(text, scope, 0);

	shown_as(&settings_get()->pool, &real);
	return shown_as(&settings_get()->pool, &real);
}

static struct packet received_at(const char *text)
{
	struct in6_pktinfo info = {.ipi6_ifindex = INDEX};
	struct packet packet = {.length = 0};

	assert_int_equal(inet_pton(AF_INET6, text, &info.ipi6_addr), 1);
	add_item(&packet, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
	return packet;
}

/* The program's room, of SIZE bytes. */
struct room {
	_Alignas(struct cmsghdr) unsigned char bytes[ROOM];
	struct msghdr message;
};

static void make_room(struct room *room, size_t size)
{
	memset(room->bytes, FILLING, sizeof room->bytes);
	room->message = (struct msghdr){.msg_control = room->bytes, .msg_controllen = size};
}

static bool is_as_the_long_way(struct packet *packet, size_t size)
{
	struct msghdr received = message_of(packet);
	struct room given, expected;

	make_room(&given, size);
	make_room(&expected, size);
	if (!cmsg_pktinfo_to_ipv4(&received, &given.message, lately_now())) {
		assert_memory_equal(given.bytes, expected.bytes, sizeof given.bytes);
		assert_int_equal(given.message.msg_controllen, size);
		return false;
	}
	cmsg_to_ipv4(settings_get(), -1, &received, &expected.message);
	assert_memory_equal(given.bytes, expected.bytes, sizeof given.bytes);
	assert_int_equal(given.message.msg_controllen, expected.message.msg_controllen);
	assert_int_equal(given.message.msg_flags, expected.message.msg_flags);
	return true;
}

static void what_was_received(void **state)
{
	const char *others[] = {"2001:db8::6", "ff02::1", "::1", "::", "::ffff:192.0.2.1", "fe80::9"};
	struct packet packet = received_at(known);

	(void)state;
	show(known, 0);
	show("fe80::7", INDEX);
	for (size_t size = 0; size < 100; size++)
		assert_int_equal(is_as_the_long_way(&packet, size), size >= CMSG_SPACE(sizeof(struct in_pktinfo)));
	packet = received_at("fe80::7");
	assert_true(is_as_the_long_way(&packet, ROOM));
	for (size_t i = 0; i < COUNT(others); i++) {
		packet = received_at(others[i]);
		assert_false(is_as_the_long_way(&packet, ROOM));
	}
}

/* Anything but that one item. */
static void other_items(void **state)
{
	struct packet packets[4] = {received_at(known), received_at(known), received_at(known), received_at(known)};

	(void)state;
	show(known, 0);
	assert_true(is_as_the_long_way(&packets[0], ROOM));
	add_int(&packets[0], IPPROTO_IPV6, IPV6_HOPLIMIT, 64);
	((struct cmsghdr *)packets[1].control)->cmsg_type = IPV6_HOPLIMIT;
	((struct cmsghdr *)packets[2].control)->cmsg_level = IPPROTO_IP;
	((struct cmsghdr *)packets[3].control)->cmsg_len--;
	for (size_t i = 0; i < COUNT(packets); i++)
		assert_false(is_as_the_long_way(&packets[i], ROOM));
}

/* Both ways of what is sent. */
static bool is_sent_alike(struct packet *packet)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct msghdr given = message_of(packet), before = given, long_way = given;
	union cmsg_pktinfo6 item;
	size_t length;

	memset(&item, FILLING, sizeof item);
	if (!cmsg_pktinfo_to_ipv6(&given, &item, lately_now())) {
		assert_memory_equal(&given, &before, sizeof given);
		return false;
	}
	assert_int_equal(cmsg_to_ipv6(settings_get(), &long_way, control, sizeof control, &length), 0);
	assert_ptr_equal(given.msg_control, &item);
	assert_int_equal(given.msg_controllen, length);
	assert_memory_equal(given.msg_control, control, length);
	return true;
}

static struct packet sent_from(in_addr_t source, int ifindex)
{
	struct in_pktinfo info = {
	    .ipi_ifindex = ifindex, .ipi_spec_dst = {source}, .ipi_addr = {htonl(INADDR_BROADCAST)}};
	struct packet packet = {.length = 0};

	add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	return packet;
}

static void what_is_sent(void **state)
{
	struct address local = show(known, 0), scoped = show("fe80::7", INDEX);
	struct packet alike[] = {sent_from(local.in.sin_addr.s_addr, 0),  sent_from(local.in.sin_addr.s_addr, 2),
				 sent_from(scoped.in.sin_addr.s_addr, 0), sent_from(scoped.in.sin_addr.s_addr, 2),
				 sent_from(htonl(INADDR_ANY), 0),         sent_from(htonl(INADDR_ANY), 2)};
	struct packet other[] = {sent_from(htonl(INADDR_LOOPBACK), 0), sent_from(htonl(0xf7654321), 0),
				 sent_from(htonl(0xc0000201), 0), alike[0], alike[0]};

	(void)state;
	for (size_t i = 0; i < COUNT(alike); i++)
		assert_true(is_sent_alike(&alike[i]));
	alike[0].length = CMSG_LEN(sizeof(struct in_pktinfo)); /* without what is behind it */
	assert_true(is_sent_alike(&alike[0]));
	add_int(&other[3], IPPROTO_IP, IP_TTL, 64);
	((struct cmsghdr *)other[4].control)->cmsg_type = IP_TTL;
	for (size_t i = 0; i < COUNT(other); i++)
		assert_false(is_sent_alike(&other[i]));
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_received),
	    cmocka_unit_test(other_items),
	    cmocka_unit_test(what_is_sent),
	};

	return cmocka_run_group_tests_name("cmsg_pktinfo", tests, start, NULL);
}

/* SPDX-License-Identifier: MIT */
/* sendmsg: the ancillary data of what goes to an IPv6 peer. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/sys.h"
#include "calls/send.h"
#include "config/settings.h"
#include "peers/mapper.h"

static const char *const own_addresses[] = {"fd00:db::1", "fd00:db::2", "::1"};
static bool has_addresses;

/* What the native call was given. */
static struct {
	int calls;
	const void *message;
} seen;

static ssize_t count_sendmsg(int fd, const struct msghdr *message, int flags)
{
	seen.calls++;
	seen.message = message;
	return sys_sendmsg(fd, message, flags);
}

static struct address show(const char *text, uint16_t port)
{
	struct address real = peer6(text, 0, port);

	return shown_as(&settings_get()->pool, &real);
}

/* An answer leaves from the address that was asked. */
static void from_the_address_that_was_asked(void **state)
{
	struct address client = peer6("fd00:db::1", 0, 0), to;
	int marked = marked_datagram(0), fd;

	(void)state;
	if (!has_addresses) {
		print_message("# this user may add no address\n");
		close(marked);
		skip();
	}
	fd = bound_datagram(&client);
	to = show("fd00:db::1", port_of(fd));
	for (size_t i = 0; i < COUNT(own_addresses); i++) {
		struct address source = peer6(own_addresses[i], 0, port_of(marked)),
			       from = {.length = sizeof from.in6};
		struct in_pktinfo info = {.ipi_spec_dst = show(own_addresses[i], 0).in.sin_addr};
		struct packet packet = {.length = 0};
		struct msghdr message;
		char byte;

		add_item(&packet, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
		message = message_of(&packet);
		message.msg_name = &to.any;
		message.msg_namelen = to.length;
		assert_int_equal(call_sendmsg(marked, &message, 0, count_sendmsg), 0);
		/* The program's own message is as it was. */
		assert_ptr_equal(message.msg_name, &to.any);
		assert_ptr_equal(message.msg_control, packet.control);
		assert_int_equal(message.msg_controllen, packet.length);
		assert_true(is_readable(fd, WAIT_MS));
		assert_int_equal(recvfrom(fd, &byte, 1, 0, &from.any, &from.length), 0);
		assert_true(same_address(&from, &source));
	}
	close(marked);
	close(fd);
}

/* A client of FAMILY, to which a marked socket is connected or not. */
static void check_ttl(int family, bool connected)
{
	struct address to = family == AF_INET ? peer4("127.0.0.1", 0) : peer6("::1", 0, 0), given;
	int marked = marked_datagram(0), client = bound_datagram(&to), ttl = 0;
	struct packet packet = {.length = 0}, room;
	struct msghdr message, received = {.msg_control = room.control, .msg_controllen = sizeof room.control};
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	const void *found;

	local_name(client, &to);
	given = family == AF_INET ? to : show("::1", address_port(&to));
	if (family == AF_INET)
		address_map(&to);
	if (connected)
		assert_int_equal(connect(marked, &to.any, to.length), 0);
	set_int_option(client, level, family == AF_INET ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1);
	add_int(&packet, IPPROTO_IP, IP_TTL, 44);
	message = message_of(&packet);
	message.msg_name = connected ? NULL : &given.any;
	message.msg_namelen = connected ? 0 : given.length;
	if (family == AF_INET6) {
		leave_the_other_half(&message);
		leave_the_other_half_of_item(&message);
	}
	assert_int_equal(call_sendmsg(marked, &message, 0, count_sendmsg), 0);
	assert_int_equal(seen.message == &message, family == AF_INET);
	assert_true(is_readable(client, WAIT_MS));
	assert_int_equal(recvmsg(client, &received, 0), 0);
	found = find_item(&received, level, family == AF_INET ? IP_TTL : IPV6_HOPLIMIT, sizeof ttl);
	assert_non_null(found);
	memcpy(&ttl, found, sizeof ttl);
	assert_int_equal(ttl, 44);
	close(marked);
	close(client);
}

/* It is the peer that decides whose ancillary data it is. */
static void by_the_peer(void **state)
{
	(void)state;
	for (int connected = 0; connected < 2; connected++) {
		check_ttl(AF_INET, connected);
		check_ttl(AF_INET6, connected);
	}
}

/* Malformed, or more than there is room for: not sent at all. */
static void refused(void **state)
{
	struct packet malformed = {.length = 0}, large = {.length = 0};
	struct address to = show("::1", 9);
	int marked = marked_datagram(0);

	(void)state;
	add_int(&malformed, IPPROTO_IP, IP_TTL, 0);
	for (int i = 0; i < 40; i++)
		add_int(&large, IPPROTO_IP, IP_TTL, 9);
	for (int i = 0; i < 2; i++) {
		struct msghdr message = message_of(i ? &large : &malformed);

		message.msg_name = &to.any;
		message.msg_namelen = to.length;
		seen.calls = 0;
		assert_int_equal(call_sendmsg(marked, &message, 0, count_sendmsg), -1);
		assert_int_equal(errno, i ? ENOBUFS : EINVAL);
		assert_int_equal(seen.calls, 0);
	}
	close(marked);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	private_network(state);
	has_addresses = add_address6(own_addresses[0]) && add_address6(own_addresses[1]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_the_address_that_was_asked),
	    cmocka_unit_test(by_the_peer),
	    cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name("send: ancillary data", tests, start, NULL);
}

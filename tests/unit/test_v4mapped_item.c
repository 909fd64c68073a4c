/* SPDX-License-Identifier: MIT */
/* A kernel without socket filters: a datagram of IPv6 that says it is IPv4's is not there for
 * the program, which sees nothing of the item that tells it. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "forgets.h"
#include "skip.h"

#include "base/sys.h"
#include "calls/recv.h"
#include "calls/sockopt.h"
#include "socket/v4mapped_item.h"
#include "swap/swap.h"

enum { TOS = 0x84, HOPS = 64, VERSION6 = 6 << 28 };

static int raw = -1;

/* From ::ffff:127.0.0.1 to the port on ::1, with one byte. */
static void forge(uint16_t port, char text)
{
	struct {
		uint32_t version;
		uint16_t length;
		uint8_t next, hops;
		struct in6_addr from, to;
		uint16_t ports[2], size, sum;
		char text;
	} __attribute__((packed))
	packet = {htonl(VERSION6), htons(9), IPPROTO_UDP, HOPS, {{{0}}}, {{{0}}}, {0}, 0, 0, 0};
	struct address to = peer6("::1", 0, 0);
	uint16_t words[23] = {0};
	uint32_t sum = htons(9) + htons(IPPROTO_UDP);

	packet.from = peer6("::ffff:127.0.0.1", 0, 0).in6.sin6_addr;
	packet.to = to.in6.sin6_addr;
	packet.ports[0] = htons(1);
	packet.ports[1] = htons(port);
	packet.size = htons(9);
	packet.text = text;
	memcpy(words, &packet.from, sizeof packet - 8);
	for (size_t i = 0; i < COUNT(words); i++)
		sum += words[i];
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	packet.sum = (uint16_t)~sum;
	assert_int_equal(sendto(raw, &packet, sizeof packet, 0, &to.any, to.length), sizeof packet);
}

static const struct forgets no_filters = {SOL_SOCKET, {SO_ATTACH_FILTER}, READS_UNKNOWN, 0, 0, 0};

static int converted(void)
{
	struct address any = peer4("0.0.0.0", 0);
	int fd = bound_datagram(&any);
	struct swap swap = {.mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, port_of(fd));
	forgets_start(&no_filters);
	assert_true(swap_fd(fd, &swap));
	forgets_start(NULL);
	assert_true(v4mapped_item_is_needed());
	assert_int_equal(domain_of(fd), AF_INET6);
	return fd;
}

/* Each letter is a datagram: 4 and 6 of a client by that family, others are forged. */
static void send_all(int server, const char *letters)
{
	struct address to4 = peer4("127.0.0.1", port_of(server)), to6 = peer6("::1", 0, port_of(server));
	int client4 = new_datagram(AF_INET), client6 = new_datagram(AF_INET6);

	set_int_option(client4, IPPROTO_IP, IP_TOS, TOS);
	set_int_option(client6, IPPROTO_IPV6, IPV6_TCLASS, TOS);
	for (; *letters != '\0'; letters++)
		if (*letters == '4' || *letters == '6')
			assert_int_equal(sendto(*letters == '4' ? client4 : client6, letters, 1, 0,
						*letters == '4' ? &to4.any : &to6.any,
						*letters == '4' ? to4.length : to6.length),
					 1);
		else
			forge(port_of(server), *letters);
	close(client4);
	close(client6);
}

enum way { FROM, MESSAGE, MESSAGES, WAYS };

/* A buffer for ancillary data: none, one for not even a header, one for an item, a large one. */
static const size_t rooms[] = {0, 8, CMSG_SPACE(1), 2048};

struct seen {
	char text;
	struct packet packet;
	struct msghdr message;
};

/* One datagram: its byte. '\0': there is none. */
static char receive(int fd, enum way way, size_t room, int flags, struct seen *seen)
{
	static struct address from;
	static struct iovec data;
	struct mmsghdr many = {.msg_len = 0};
	ssize_t got;

	data = (struct iovec){&seen->text, 1};
	from = (struct address){.length = room > CMSG_SPACE(1) ? sizeof from.in6 : sizeof from.in};
	seen->message = (struct msghdr){.msg_name = &from.any,
					.msg_namelen = from.length,
					.msg_iov = &data,
					.msg_iovlen = 1,
					.msg_control = room ? seen->packet.control : NULL,
					.msg_controllen = room};
	flags |= MSG_DONTWAIT;
	if (way == FROM) {
		got = call_recvfrom(fd, &seen->text, 1, flags, &from.any, &from.length, sys_recvfrom, sys_recvmsg);
		seen->message.msg_controllen = 0;
	} else if (way == MESSAGE) {
		got = call_recvmsg(fd, &seen->message, flags, sys_recvmsg);
	} else {
		many.msg_hdr = seen->message;
		got = call_recvmmsg(fd, &many, 1, flags, NULL, recvmmsg) > 0 ? (ssize_t)many.msg_len : -1;
		seen->message = many.msg_hdr;
	}
	if (got < 0)
		return '\0';
	assert_int_equal(from.any.sa_family, AF_INET);
	assert_int_equal(from.in.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	return seen->text;
}

static void expect_none_forged(int fd, enum way way, size_t room, bool tos)
{
	bool fits = room >= CMSG_SPACE(1);
	struct seen seen;

	send_all(fd, "x4xx6x");
	for (const char *wanted = "4466"; *wanted != '\0'; wanted++) {
		assert_int_equal(receive(fd, way, room, *wanted == wanted[1] ? MSG_PEEK : 0, &seen), *wanted);
		if (way == FROM)
			continue;
		assert_int_equal(count_items(&seen.message), tos && fits);
		assert_int_equal(seen.message.msg_flags & MSG_CTRUNC, tos && !fits ? MSG_CTRUNC : 0);
		if (tos && fits)
			assert_int_equal(*(const uint8_t *)find_item(&seen.message, IPPROTO_IP, IP_TOS, 1), TOS);
	}
	assert_int_equal(receive(fd, way, room, 0, &seen), '\0');
}

static void expect_none_forged_in_any_way(int fd, bool tos)
{
	for (int way = 0; way < WAYS; way++)
		for (size_t i = 0; i < COUNT(rooms); i++)
			expect_none_forged(fd, way, rooms[i], tos);
}

/* What was received before it is known that there are no filters had no room for the item. */
static void before_it_is_known(void **state)
{
	struct seen seen;
	int fd;

	(void)state;
	if (raw < 0)
		skip_because(NO_RAW);
	mark_hints_end(); /* it has none of these either: where it has, it is asked when the first is set */
	fd = marked_datagram(0);
	set_int_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	assert_false(v4mapped_item_is_needed());
	send_all(fd, "x");
	forgets_start(&no_filters);
	assert_int_equal(receive(fd, FROM, 0, 0, &seen), '\0');
	forgets_start(NULL);
	assert_true(v4mapped_item_is_needed());
	expect_none_forged_in_any_way(fd, false);
	close(fd);
}

static void nothing_forged_comes(void **state)
{
	int fd = raw < 0 ? -1 : converted();

	(void)state;
	if (fd < 0)
		skip_because(NO_RAW);
	expect_none_forged_in_any_way(fd, false);
	close(fd);
}

/* The program's own wish is another, and takes nothing away. */
static void as_the_program_asks(void **state)
{
	int fd = raw < 0 ? -1 : converted(), on;

	(void)state;
	if (fd < 0)
		skip_because(NO_RAW);
	for (int i = 0; i < 4; i++) {
		on = i % 2 == 0;
		assert_int_equal(call_setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on, setsockopt), 0);
		expect_none_forged_in_any_way(fd, on);
	}
	close(fd);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	private_network(state);
	raw = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		print_message("# nothing is forged: this user may open no raw socket\n");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(before_it_is_known),
	    cmocka_unit_test(nothing_forged_comes),
	    cmocka_unit_test(as_the_program_asks),
	};

	return cmocka_run_group_tests_name("the guard without filters", tests, start, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Ancillary data of a converted socket, and what the kernel does on an AF_INET
 * one: the same bytes for every size of the buffer, the same refusals. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/cmsg_translate.h"
#include "peers/mapper.h"

#include <linux/errqueue.h>
#include <netinet/udp.h>

enum { SIZES = 200, UNTOUCHED = 0xa5, ROOM = 256 };

static struct settings settings = {.pool = {.network = 0xf0000000, .length = 4}};

struct filled {
	_Alignas(struct cmsghdr) unsigned char bytes[ROOM];
	size_t length;
	int flags;
};

/* One datagram with what the kernel says of it, into SIZE bytes. */
static struct filled receive(int fd, size_t size, int flags, bool marked)
{
	struct packet whole;
	struct filled filled;
	char byte;
	struct iovec data = {&byte, 1};
	struct msghdr shown = {
	    .msg_control = filled.bytes, .msg_controllen = size, .msg_iov = &data, .msg_iovlen = 1};
	struct msghdr received = shown;

	memset(filled.bytes, UNTOUCHED, sizeof filled.bytes);
	received.msg_control = whole.control;
	received.msg_controllen = CMSG_TRANSLATE_BYTES;
	assert_true(is_readable(fd, WAIT_MS) || (flags & MSG_ERRQUEUE));
	assert_int_equal(recvmsg(fd, marked ? &received : &shown, flags), 1);
	if (marked) {
		assert_false(received.msg_flags & MSG_CTRUNC);
		cmsg_to_ipv4(&settings, fd, &received, &shown);
	}
	filled.length = shown.msg_controllen;
	filled.flags = shown.msg_flags & MSG_CTRUNC;
	return filled;
}

/* IPv4's options, and on a marked socket their twins. */
static const struct {
	int ipv4, ipv6;
} options[] = {
    {IP_PKTINFO, IPV6_RECVPKTINFO},
    {IP_RECVTTL, IPV6_RECVHOPLIMIT},
    {IP_RECVTOS, IPV6_RECVTCLASS},
    {IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR},
};

static void set_options(int fd, unsigned set, bool marked)
{
	for (size_t i = 0; i < COUNT(options); i++) {
		set_int_option(fd, IPPROTO_IP, options[i].ipv4, set >> i & 1);
		if (marked)
			set_int_option(fd, IPPROTO_IPV6, options[i].ipv6, set >> i & 1);
	}
}

/* What arrives from a client of FAMILY on a socket at PORT, by buffer size. */
static void receive_all(struct filled *all, uint16_t port, int family, unsigned set, bool marked)
{
	int fd = marked ? marked_datagram(port) : new_datagram(AF_INET);
	struct address to = family == AF_INET ? peer4("127.0.0.1", port) : peer6("::1", 0, port);
	int client = new_datagram(family);

	if (!marked)
		assert_int_equal(try_bind(fd, AF_INET, port), 0);
	set_options(fd, set, marked);
	set_int_option(client, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
		       family == AF_INET ? IP_TOS : IPV6_TCLASS, 0xb8);
	set_int_option(client, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
		       family == AF_INET ? IP_TTL : IPV6_UNICAST_HOPS, 77);
	send_text(client, "x", &to);
	for (size_t size = 0; size < SIZES; size++)
		all[size] = receive(fd, size, MSG_PEEK, marked);
	close(fd);
	close(client);
}

static void same_for_all_sizes(const struct filled *ours, const struct filled *kernel, const char *what)
{
	for (size_t size = 0; size < SIZES; size++) {
		if (ours[size].length != kernel[size].length || ours[size].flags != kernel[size].flags)
			fail_msg("%s, %zu bytes: length %zu, not %zu, flags %x, not %x", what, size,
				 ours[size].length, kernel[size].length, (unsigned)ours[size].flags,
				 (unsigned)kernel[size].flags);
		if (memcmp(ours[size].bytes, kernel[size].bytes, ROOM) != 0)
			fail_msg("%s, %zu bytes: other contents", what, size);
	}
}

static struct filled of_kernel[SIZES], ours[SIZES];

/* From ::1 to ::1 is shown as what 127.0.0.1 sent to 127.0.0.1. */
static void received_data(void **state)
{
	uint16_t port = free_port();

	(void)state;
	for (unsigned set = 1; set < 1U << COUNT(options); set++) {
		receive_all(of_kernel, port, AF_INET, set, false);
		assert_true(of_kernel[SIZES - 1].length > 0);
		receive_all(ours, port, AF_INET, set, true);
		same_for_all_sizes(ours, of_kernel, "from IPv4");
		receive_all(ours, port, AF_INET6, set, true);
		same_for_all_sizes(ours, of_kernel, "from IPv6");
	}
}

/* What comes back from PORT, at which there is no socket, by buffer size. */
static void receive_errors(struct filled *all, uint16_t port, int family, bool marked)
{
	struct address to = family == AF_INET ? peer4("127.0.0.1", port) : peer6("::1", 0, port);
	int fd = marked ? marked_datagram(0) : new_datagram(AF_INET);

	set_int_option(fd, IPPROTO_IP, IP_RECVERR, 1);
	if (marked)
		set_int_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	for (size_t size = 0; size < SIZES; size++) {
		struct pollfd watched = {.fd = fd, .events = 0};
		socklen_t length = sizeof(int);
		int error = 0;

		send_text(fd, "x", &to);
		assert_int_equal(poll(&watched, 1, WAIT_MS), 1);
		all[size] = receive(fd, size, MSG_ERRQUEUE, marked);
		/* So that the next datagram is not refused. */
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
	}
	close(fd);
}

static void received_errors(void **state)
{
	uint16_t port = free_port();

	(void)state;
	receive_errors(of_kernel, port, AF_INET, false);
	assert_true(of_kernel[SIZES - 1].length >= CMSG_LEN(sizeof(struct sock_extended_err)));
	receive_errors(ours, port, AF_INET, true);
	same_for_all_sizes(ours, of_kernel, "an error from IPv4");
	receive_errors(ours, port, AF_INET6, true);
	same_for_all_sizes(ours, of_kernel, "an error from IPv6");
}

/* What sendmsg(2) says: 0, or its errno. */
static int try_to_send(int fd, const struct msghdr *control, const struct address *to)
{
	struct msghdr message = *control;
	struct address name = *to;

	message.msg_name = &name.any;
	message.msg_namelen = name.length;
	return sendmsg(fd, &message, 0) == 0 ? 0 : errno;
}

/* What the library says, and then the kernel of what the library makes of it. */
static int resolve_and_send(int fd, const struct msghdr *given, const struct address *to)
{
	_Alignas(struct cmsghdr) unsigned char control[ROOM];
	struct msghdr message = {.msg_control = control};
	int error = cmsg_to_ipv6(&settings, given, control, sizeof control, &message.msg_controllen);

	return error != 0 ? error : try_to_send(fd, &message, to);
}

struct pair {
	int plain, marked, sink;
	struct address to4, to6;
	unsigned refused, taken;
};

static void compare(struct pair *pair, const struct packet *packet, const char *what, long detail)
{
	struct msghdr message = {.msg_control = (void *)(uintptr_t)packet->control,
				 .msg_controllen = packet->length};
	int expected = try_to_send(pair->plain, &message, &pair->to4);
	int result = resolve_and_send(pair->marked, &message, &pair->to6);

	if (result != expected)
		fail_msg("%s, %ld, %zu bytes: errno %d, not %d", what, detail, packet->length, result, expected);
	*(expected == 0 ? &pair->taken : &pair->refused) += 1;
}

static struct pair make_pair(void)
{
	struct pair pair = {
	    .plain = new_datagram(AF_INET), .marked = marked_datagram(0), .sink = marked_datagram(0)};

	pair.to4 = peer4("127.0.0.1", port_of(pair.sink));
	pair.to6 = peer6("::1", 0, port_of(pair.sink));
	return pair;
}

/* So many were compared, at least, with either result. */
static void end_pair(const struct pair *pair, unsigned refused, unsigned taken)
{
	assert_true(pair->refused >= refused && pair->taken >= taken);
	assert_int_equal(close(pair->plain) | close(pair->marked) | close(pair->sink), 0);
}

static void numbers(void **state)
{
	static const int values[] = {-1, 0, 1, 2, 0x7f, 0x80, 0xb8, 0xfe, 0xff, 0x100, 0x101, 0x7fffffff, -256};
	static const int types[] = {IP_TTL, IP_TOS};
	struct pair pair = make_pair();

	(void)state;
	for (size_t type = 0; type < COUNT(types); type++)
		for (size_t i = 0; i < COUNT(values); i++)
			for (size_t size = 0; size <= 16; size++) {
				int data[4] = {values[i], values[i], values[i], values[i]};
				struct packet packet = {.length = 0};

				add_item(&packet, IPPROTO_IP, types[type], data, size);
				compare(&pair, &packet, types[type] == IP_TTL ? "IP_TTL" : "IP_TOS", values[i]);
			}
	end_pair(&pair, 100, 10);
}

static void packet_information(void **state)
{
	const struct in_pktinfo infos[] = {
	    {.ipi_ifindex = 0},
	    {.ipi_ifindex = LOOPBACK_INDEX},
	    {.ipi_spec_dst = {htonl(INADDR_LOOPBACK)}},
	    {.ipi_ifindex = LOOPBACK_INDEX, .ipi_spec_dst = {htonl(INADDR_LOOPBACK)}},
	    {.ipi_addr = {htonl(INADDR_LOOPBACK)}},
	};
	struct pair pair = make_pair();

	(void)state;
	for (size_t i = 0; i < COUNT(infos); i++)
		for (size_t size = 0; size <= 2 * sizeof infos[0]; size++) {
			struct in_pktinfo data[2] = {infos[i], infos[i]};
			struct packet packet = {.length = 0};

			add_item(&packet, IPPROTO_IP, IP_PKTINFO, data, size);
			compare(&pair, &packet, "IP_PKTINFO", (long)i);
		}
	end_pair(&pair, 50, COUNT(infos));
}

/* The lengths that an item and the buffer claim. */
static void malformed_buffers(void **state)
{
	struct pair pair = make_pair();
	struct packet good = {.length = 0};

	(void)state;
	add_int(&good, IPPROTO_IP, IP_TTL, 64);
	add_int(&good, SOL_UDP, UDP_SEGMENT, 0);
	((struct cmsghdr *)(void *)(good.control + CMSG_SPACE(sizeof(int))))->cmsg_len = CMSG_LEN(sizeof(uint16_t));
	add_int(&good, IPPROTO_IP, IP_TOS, 8);
	for (size_t at = 0; at < good.length; at += CMSG_SPACE(sizeof(int)))
		for (size_t length = 0; length < 80; length++)
			for (size_t size = 0; size <= good.length; size++) {
				struct packet packet = good;

				((struct cmsghdr *)(void *)(packet.control + at))->cmsg_len = length;
				packet.length = size;
				compare(&pair, &packet, "length", (long)length);
			}
	end_pair(&pair, 100, 100);
}

/* Every kind of item of IPv4's, known or not. The value is good for each: what
 * IP_RETOPTS holds is not looked at. IP_PROTOCOL is known since Linux 6.4, of use
 * only to raw sockets, and here to none. */
static void types(void **state)
{
	enum { TYPES = 80, PROTOCOL = 52 };
	struct pair pair = make_pair();

	(void)state;
	for (int type = 0; type < TYPES; type++) {
		struct packet packet = {.length = 0};

		add_int(&packet, IPPROTO_IP, type, 1);
		if (type != PROTOCOL)
			compare(&pair, &packet, "type", type);
	}
	end_pair(&pair, 50, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(received_data),      cmocka_unit_test(received_errors),   cmocka_unit_test(numbers),
	    cmocka_unit_test(packet_information), cmocka_unit_test(malformed_buffers), cmocka_unit_test(types),
	};

	return cmocka_run_group_tests_name("ancillary: as the kernel", tests, private_network, NULL);
}

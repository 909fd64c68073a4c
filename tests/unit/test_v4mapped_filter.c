/* SPDX-License-Identifier: MIT */
/* The guard of dual-stack UDP sockets: there, before whatever filter the program
 * has, and not to be seen by it. The kernel's AF_INET sockets are the oracle. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "calls/sockopt.h"
#include "socket/v4mapped_filter.h"
#include "swap/swap.h"

static struct sock_filter first_byte[] = {
    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 8},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 'x'},
    {BPF_RET | BPF_K, 0, 0, 0},
    {BPF_RET | BPF_K, 0, 0, 0xffff},
};

static socklen_t kernel_count(int fd)
{
	socklen_t count = 0;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &count), 0);
	return count;
}

static int swapped(int fd, int family)
{
	struct swap swap = {.mark = family == AF_INET6 ? MARK_CONVERTED : MARK_NONE};

	if (family == AF_INET6)
		address_set_in6(&swap.local, &in6addr_any, port_of(fd));
	else
		address_set_in(&swap.local, htonl(INADDR_ANY), port_of(fd));
	assert_true(swap_fd(fd, &swap));
	assert_int_equal(domain_of(fd), family);
	return fd;
}

static int converted(void)
{
	struct address any = peer4("0.0.0.0", 0);

	return swapped(bound_datagram(&any), AF_INET6);
}

static int attach(int fd, struct sock_filter *code, size_t count)
{
	struct sock_fprog program = {(unsigned short)count, code};

	return call_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program, setsockopt);
}

static int detach(int fd)
{
	int nothing = 0;

	return call_setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing, setsockopt);
}

/* What the program sees of its filter, and what an AF_INET socket would show. */
static void expect_seen(int fd, const struct sock_filter *code, socklen_t count)
{
	struct sock_filter seen[8] = {{0}};
	socklen_t length = 0;

	assert_int_equal(call_getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &length, getsockopt), 0);
	assert_int_equal(length, count);
	length = COUNT(seen);
	assert_int_equal(call_getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, seen, &length, getsockopt), 0);
	assert_int_equal(length, count);
	assert_memory_equal(seen, code, count * sizeof *code);
	if (count < 2)
		return;
	length = count - 1;
	errno = 0;
	assert_int_equal(call_getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, seen, &length, getsockopt), -1);
	assert_int_equal(errno, EINVAL);
}

static void is_there_and_not_seen(void **state)
{
	int fd = converted();

	(void)state;
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + 1);
	expect_seen(fd, NULL, 0);
	errno = 0;
	assert_int_equal(detach(fd), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + 1);
	close(fd);
}

static void stands_before_the_programs_own(void **state)
{
	int fd = converted();

	(void)state;
	assert_int_equal(attach(fd, first_byte, COUNT(first_byte)), 0);
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + COUNT(first_byte));
	expect_seen(fd, first_byte, COUNT(first_byte));
	assert_int_equal(detach(fd), 0);
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + 1);
	expect_seen(fd, NULL, 0);
	close(fd);
}

static void is_carried_and_left_behind(void **state)
{
	struct address any = peer4("0.0.0.0", 0);
	int fd = bound_datagram(&any);

	(void)state;
	assert_int_equal(attach(fd, first_byte, COUNT(first_byte)), 0);
	assert_int_equal(kernel_count(fd), COUNT(first_byte));
	swapped(fd, AF_INET6);
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + COUNT(first_byte));
	expect_seen(fd, first_byte, COUNT(first_byte));
	swapped(fd, AF_INET);
	assert_int_equal(kernel_count(fd), COUNT(first_byte));
	assert_int_equal(detach(fd), 0);
	swapped(fd, AF_INET6);
	swapped(fd, AF_INET);
	assert_int_equal(kernel_count(fd), 0);
	close(fd);
}

static void a_locked_filter_stays_locked(void **state)
{
	struct address any = peer4("0.0.0.0", 0);
	int fd = bound_datagram(&any);

	(void)state;
	assert_int_equal(attach(fd, first_byte, COUNT(first_byte)), 0);
	set_int_option(fd, SOL_SOCKET, SO_LOCK_FILTER, 1);
	swapped(fd, AF_INET6);
	assert_int_equal(kernel_count(fd), V4MAPPED_FILTER_INSTRUCTIONS + COUNT(first_byte));
	assert_int_equal(detach(fd), -1);
	assert_int_equal(errno, EPERM);
	close(fd);
}

static uint16_t checksum(const uint8_t *bytes, size_t count, uint32_t sum)
{
	for (size_t i = 0; i < count; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* A datagram of 8 bytes with a source of one's choice, to ::1. */
static void send_from(int raw, const struct in6_addr *source, uint16_t port)
{
	struct {
		uint32_t flow;
		uint16_t size;
		uint8_t next, hops;
		struct in6_addr from, to;
		uint16_t source, destination, length, sum;
		uint8_t text[8];
	} packet = {htonl(6U << 28), htons(16),   IPPROTO_UDP, 64, *source, in6addr_loopback,
		    htons(4321),     htons(port), htons(16),   0,  {0}};
	struct address to = peer6("::1", 0, 0);

	packet.sum = htons(checksum((const uint8_t *)&packet.from, sizeof packet - 8, 16 + IPPROTO_UDP));
	if (packet.sum == 0)
		packet.sum = 0xffff;
	assert_int_equal(sendto(raw, &packet, sizeof packet, 0, &to.any, to.length), sizeof packet);
}

static void expect_from(int raw, int fd, const struct in6_addr *source, bool comes)
{
	char name[INET6_ADDRSTRLEN], data[16];

	send_from(raw, source, port_of(fd));
	if ((recv(fd, data, sizeof data, MSG_DONTWAIT) == 8) != comes)
		fail_msg("%s", inet_ntop(AF_INET6, source, name, sizeof name));
}

/* :: and ::ffff:0:0/96, and none that differs from them in one bit. */
static void keeps_two_kinds_away(void **state)
{
	static const struct {
		const char *source;
		unsigned fixed; /* bits of it that make the kind */
	} kinds[] = {{"::", 128}, {"::ffff:127.0.0.1", 96}, {"::ffff:0.0.0.0", 96}};
	int raw = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), fd = converted();

	(void)state;
	assert_true(raw >= 0);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct in6_addr kind = peer6(kinds[i].source, 0, 0).in6.sin6_addr;

		expect_from(raw, fd, &kind, false);
		for (unsigned bit = 0; bit < 128; bit++) {
			struct in6_addr near = kind;

			near.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			expect_from(raw, fd, &near, bit < kinds[i].fixed);
		}
	}
	assert_int_equal(close(raw) | close(fd), 0);
}

/* IPv4, IPv6 and the program's own filter; more of what the guard is for is in
 * tests/e2e/mapped-source.t and special-sources.t. */
static void lets_the_others_through(void **state)
{
	struct address to4, to6;
	int fd = converted(), client4 = new_datagram(AF_INET), client6 = new_datagram(AF_INET6);
	char text[8];

	(void)state;
	to4 = peer4("127.0.0.1", port_of(fd));
	to6 = peer6("::1", 0, port_of(fd));
	assert_int_equal(attach(fd, first_byte, COUNT(first_byte)), 0);
	send_text(client4, "x4", &to4);
	send_text(client6, "x6", &to6);
	send_text(client4, "four", &to4);
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 4);
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), -1);
	assert_int_equal(detach(fd), 0);
	send_text(client6, "x6", &to6);
	send_text(client4, "x4", &to4);
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 2);
	assert_int_equal(text[1], '6');
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 2);
	assert_int_equal(text[1], '4');
	close(fd);
	close(client4);
	close(client6);
}

/* A filter of the program's that takes everything is not taken for the end of the guard. */
static void one_that_takes_everything(void **state)
{
	static struct sock_filter all[] = {{BPF_RET | BPF_K, 0, 0, 0xffffffff}};
	struct address any = peer4("0.0.0.0", 0);
	int fd = converted(), before = bound_datagram(&any);

	(void)state;
	assert_int_equal(attach(fd, all, COUNT(all)), 0);
	expect_seen(fd, all, COUNT(all));
	assert_int_equal(detach(fd), 0);
	assert_int_equal(attach(before, all, COUNT(all)), 0);
	expect_seen(swapped(before, AF_INET6), all, COUNT(all));
	close(fd);
	close(before);
}

/* The accumulator is 0 when a program's filter begins: so this one takes nothing. */
static void begins_with_0(void **state)
{
	static struct sock_filter accumulator[] = {{BPF_RET | BPF_A, 0, 0, 0}};
	int fd = converted(), client4 = new_datagram(AF_INET), client6 = new_datagram(AF_INET6);
	struct address to4 = peer4("127.0.0.1", port_of(fd)), to6 = peer6("::1", 0, port_of(fd));
	char text[8];

	(void)state;
	assert_int_equal(attach(fd, accumulator, COUNT(accumulator)), 0);
	send_text(client4, "four", &to4);
	send_text(client6, "six", &to6);
	assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), -1);
	close(fd);
	close(client4);
	close(client6);
}

/* TCP needs none, and an AF_INET socket neither. */
static void is_nowhere_else(void **state)
{
	int stream = new_socket(AF_INET), datagram = new_datagram(AF_INET);

	(void)state;
	assert_int_equal(try_bind(stream, AF_INET, 0), 0);
	swapped(stream, AF_INET6);
	assert_int_equal(kernel_count(stream), 0);
	assert_int_equal(attach(datagram, first_byte, COUNT(first_byte)), 0);
	assert_int_equal(kernel_count(datagram), COUNT(first_byte));
	close(stream);
	close(datagram);
}

/* Longer than what is carried: the socket is left as it is, or has no guard. */
static void expect_too_long(socklen_t count)
{
	static struct sock_filter code[V4MAPPED_FILTER_MAX + 20];
	struct address any = peer4("0.0.0.0", 0);
	int before = bound_datagram(&any), after = converted();
	struct swap swap = {.mark = MARK_CONVERTED};
	socklen_t length = 0;

	for (size_t i = 0; i < count; i++)
		code[i] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 0xffff};
	assert_int_equal(attach(before, code, count), 0);
	address_set_in6(&swap.local, &in6addr_any, port_of(before));
	assert_false(swap_fd(before, &swap));
	assert_int_equal(domain_of(before), AF_INET);
	assert_int_equal(kernel_count(before), count);
	assert_int_equal(attach(after, code, count), 0);
	assert_int_equal(call_getsockopt(after, SOL_SOCKET, SO_GET_FILTER, NULL, &length, getsockopt), 0);
	assert_int_equal(length, count);
	assert_int_equal(detach(after), 0);
	assert_int_equal(kernel_count(after), V4MAPPED_FILTER_INSTRUCTIONS + 1);
	close(before);
	close(after);
}

static void a_long_filter(void **state)
{
	(void)state;
	expect_too_long(V4MAPPED_FILTER_MAX + 1); /* it would fit without the guard */
	expect_too_long(V4MAPPED_FILTER_MAX + 20);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_there_and_not_seen),
	    cmocka_unit_test(stands_before_the_programs_own),
	    cmocka_unit_test(is_carried_and_left_behind),
	    cmocka_unit_test(a_locked_filter_stays_locked),
	    cmocka_unit_test(lets_the_others_through),
	    cmocka_unit_test(is_nowhere_else),
	    cmocka_unit_test(a_long_filter),
	    cmocka_unit_test(keeps_two_kinds_away),
	    cmocka_unit_test(one_that_takes_everything),
	    cmocka_unit_test(begins_with_0),
	};

	return cmocka_run_group_tests_name("guard", tests, start, NULL);
}

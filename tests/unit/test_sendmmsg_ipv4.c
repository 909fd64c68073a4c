/* SPDX-License-Identifier: MIT */
/* sendmmsg from an AF_INET socket, to clients that the program was shown. */
#define _GNU_SOURCE
#include "outgoing.h"

#include "base/sys.h"
#include "calls/send.h"

/* As sendmmsg.c has it. */
enum { BATCH = 32 };

/* What the native calls were given. */
static struct {
	unsigned calls, first, last;
	const void *messages;
} seen;

static int count_sendmmsg(int fd, struct mmsghdr *given, unsigned count, int flags)
{
	if (seen.calls++ == 0)
		seen.first = count;
	seen.last = count;
	seen.messages = given;
	return sys_sendmmsg(fd, given, count, flags);
}

static void prepare(const struct address *to)
{
	memset(&seen, 0, sizeof seen);
	prepare_messages(to);
}

static int send_all(int fd, unsigned count)
{
	return call_sendmmsg(fd, messages, count, 0, count_sendmmsg);
}

/* An AF_INET socket says EAFNOSUPPORT to the first, and becomes an IPv6 one. */
static void from_an_ipv4_socket(void **state)
{
	int fd = new_datagram(AF_INET);

	(void)state;
	prepare(&receivers.shown);
	set_destination(1, &receivers.real4);
	assert_int_equal(send_all(fd, 40), 40);
	assert_int_equal(mark_get(fd), MARK_CONVERTED);
	check_lengths(40);
	expect_numbers(receivers.in, 1, 2, 1);
	assert_int_equal(seen.first, BATCH);
	assert_int_equal(seen.calls, 1 + 40 / BATCH + 1);
	close(fd);
	drain(receivers.in6);
}

/* One that goes out before it: the program is told of that one, and asks again. */
static void ipv4_first(void **state)
{
	int fd = new_datagram(AF_INET);

	(void)state;
	prepare(&receivers.shown);
	set_destination(0, &receivers.real4);
	assert_int_equal(send_all(fd, 5), 1);
	check_lengths(1);
	assert_int_equal(domain_of(fd), AF_INET);
	assert_int_equal(call_sendmmsg(fd, messages + 1, 4, 0, count_sendmmsg), 4);
	assert_int_equal(domain_of(fd), AF_INET6);
	check_lengths(5);
	expect_numbers(receivers.in, 0, 1, 1);
	expect_numbers(receivers.in6, 1, 5, 1);
	close(fd);
}

/* It cannot become one, and reaches no IPv6 peer. */
static void from_a_bound_ipv4_socket(void **state)
{
	struct address local = peer4("127.0.0.1", 0), real = peer6("2001:db8::1", 0, 9);
	struct address shown = shown_as(&settings_get()->pool, &real);
	int fd = bound_datagram(&local);

	(void)state;
	prepare(&shown);
	assert_int_equal(send_all(fd, 3), -1);
	assert_int_equal(errno, ENETUNREACH);
	assert_int_equal(seen.calls, 1);
	check_lengths(0);
	assert_int_equal(domain_of(fd), AF_INET);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_an_ipv4_socket),
	    cmocka_unit_test(ipv4_first),
	    cmocka_unit_test(from_a_bound_ipv4_socket),
	};

	return cmocka_run_group_tests_name("send: batches from an AF_INET socket", tests, start_receivers,
					   end_receivers);
}

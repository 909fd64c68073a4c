/* SPDX-License-Identifier: MIT */
/* sendmmsg: many at once, to addresses that were shown and to others. */
#define _GNU_SOURCE
#include "outgoing.h"

#include "base/sys.h"
#include "calls/send.h"

/* As sendmmsg.c has it. */
enum { BATCH = 32, LIMIT = 1024 };

/* What the native calls were given; and what they give, where they are fake. */
static struct {
	unsigned calls, counts[OUTGOING / BATCH + 1];
	const void *messages;
	const int *results; /* what each call returns, or -errno */
} seen;

static void note(const struct mmsghdr *given, unsigned count)
{
	assert_true(seen.calls < COUNT(seen.counts));
	seen.counts[seen.calls++] = count;
	seen.messages = given;
}

static int count_sendmmsg(int fd, struct mmsghdr *given, unsigned count, int flags)
{
	note(given, count);
	return sys_sendmmsg(fd, given, count, flags);
}

static int fake_sendmmsg(int fd, struct mmsghdr *given, unsigned count, int flags)
{
	int result = seen.results[seen.calls];

	(void)fd;
	(void)flags;
	note(given, count);
	for (int i = 0; i < result; i++)
		given[i].msg_len = 7;
	errno = result < 0 ? -result : EXFULL;
	return result < 0 ? -1 : result;
}

static void prepare(const struct address *to)
{
	memset(&seen, 0, sizeof seen);
	prepare_messages(to);
}

static struct packet controls[48];

static void set_ttl(unsigned at, int ttl)
{
	controls[at].length = 0;
	add_int(&controls[at], IPPROTO_IP, IP_TTL, ttl);
	messages[at].msg_hdr.msg_control = controls[at].control;
	messages[at].msg_hdr.msg_controllen = controls[at].length;
}

static int send_all(int fd, unsigned count)
{
	return call_sendmmsg(fd, messages, count, 0, count_sendmmsg);
}

static void whole_batches(void **state)
{
	static const unsigned counts[] = {1, 7, 8, 9, 16, 40, 48};

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		int marked = marked_datagram(0);
		unsigned left = counts[i];

		prepare(&receivers.shown);
		assert_int_equal(send_all(marked, counts[i]), counts[i]);
		for (unsigned call = 0; call < seen.calls; call++) {
			assert_int_equal(seen.counts[call], left < BATCH ? left : BATCH);
			left -= seen.counts[call];
		}
		assert_int_equal(left, 0);
		check_lengths(counts[i]);
		expect_numbers(receivers.in6, 0, counts[i], 1);
		close(marked);
	}
}

static void mixed(void **state)
{
	int marked = marked_datagram(0);

	(void)state;
	prepare(&receivers.real4);
	for (unsigned i = 1; i < 40; i += 2)
		set_destination(i, &receivers.shown);
	for (unsigned i = 0; i < 40; i += 3) {
		set_ttl(i, 9);
		leave_the_other_half(&messages[i].msg_hdr);
	}
	assert_int_equal(send_all(marked, 40), 40);
	check_lengths(40);
	expect_numbers(receivers.in, 0, 40, 2);
	expect_numbers(receivers.in6, 1, 40, 2);
	for (unsigned i = 0; i < 40; i += 3)
		assert_ptr_equal(messages[i].msg_hdr.msg_control, controls[i].control);
	close(marked);
}

/* The same pointer where nothing has to be resolved. */
static void others_are_passed_through(void **state)
{
	int fds[] = {marked_datagram(0), new_datagram(AF_INET), new_datagram(AF_INET6)};

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		prepare(&receivers.real4);
		for (unsigned at = 0; at < 40; at++)
			set_ttl(at, 9);
		assert_int_equal(send_all(fds[i], 40), 40);
		assert_ptr_equal(seen.messages, messages);
		assert_int_equal(seen.calls, 1);
		check_lengths(40);
		expect_numbers(receivers.in, 0, 40, 1);
		assert_int_equal(send_all(fds[i], 0), 0);
		assert_int_equal(call_sendmmsg(fds[i], NULL, 3, 0, count_sendmmsg), -1);
		assert_int_equal(errno, EFAULT);
		close(fds[i]);
	}
}

/* One that is refused ends it, wherever it stands; alone it is an error. */
static void refused(void **state)
{
	static const unsigned at[] = {0, 1, 7, 8, 9, 15, 16, 31, 39};
	struct address nobody = peer4("247.5.5.5", 9);

	(void)state;
	for (size_t i = 0; i < COUNT(at) * 2; i++) {
		int marked = marked_datagram(0), error = i % 2 ? EINVAL : ENETUNREACH;
		unsigned count = at[i / 2];

		prepare(&receivers.shown);
		if (i % 2)
			set_ttl(count, 0);
		else
			set_destination(count, &nobody);
		if (count > 0) {
			assert_int_equal(send_all(marked, 40), count);
			check_lengths(count);
		}
		expect_numbers(receivers.in6, 0, count, 1);
		seen.calls = 0;
		assert_int_equal(call_sendmmsg(marked, messages + count, 40 - count, 0, count_sendmmsg), -1);
		assert_int_equal(errno, error);
		assert_int_equal(seen.calls, 0);
		close(marked);
	}
}

static void errors(void **state)
{
	static const struct {
		int results[3], result, error;
		unsigned calls;
	} rows[] = {
	    {{-EPERM}, -1, EPERM, 1},
	    {{BATCH, -EPERM}, BATCH, 0, 2},
	    {{BATCH, 5}, BATCH + 5, 0, 2},
	    {{3, BATCH}, 3, 0, 1},
	};
	int marked = marked_datagram(0);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		prepare(&receivers.shown);
		seen.results = rows[i].results;
		assert_int_equal(call_sendmmsg(marked, messages, 3 * BATCH, 0, fake_sendmmsg), rows[i].result);
		if (rows[i].result < 0)
			assert_int_equal(errno, rows[i].error);
		assert_int_equal(seen.calls, rows[i].calls);
		for (int at = 0; at < 3 * BATCH; at++)
			assert_int_equal(messages[at].msg_len, at < rows[i].result ? 7 : UNTOUCHED);
	}
	close(marked);
}

/* The kernel takes 1024 at a time, and so do we. */
static void very_many(void **state)
{
	int marked = marked_datagram(0), plain = new_datagram(AF_INET6);

	(void)state;
	prepare(&receivers.real6);
	assert_int_equal(sys_sendmmsg(plain, messages, OUTGOING, 0), LIMIT);
	drain(receivers.in6);
	prepare(&receivers.shown);
	assert_int_equal(send_all(marked, OUTGOING), LIMIT);
	check_lengths(LIMIT);
	drain(receivers.in6);
	close(marked);
	close(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_batches), cmocka_unit_test(mixed),  cmocka_unit_test(others_are_passed_through),
	    cmocka_unit_test(refused),       cmocka_unit_test(errors), cmocka_unit_test(very_many),
	};

	return cmocka_run_group_tests_name("send: batches", tests, start_receivers, end_receivers);
}

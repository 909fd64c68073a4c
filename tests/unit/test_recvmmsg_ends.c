/* SPDX-License-Identifier: MIT */
/* recvmmsg: where the batches end before the messages do. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/recv.h"

/* As recvmmsg.c has it. */
enum { BATCH = 32, MOST = 3 * BATCH, UNTOUCHED = 12345 };

/* What a fake native call was given, and what it gives. */
static struct {
	unsigned calls;
	const void *timeout;
	const int *results; /* what each call returns, or -errno */
	struct timespec left;
} seen;

static struct mmsghdr messages[MOST];
static struct sockaddr_in names[MOST]; /* too small for an AF_INET6 one */

static int fake_recvmmsg(int fd, struct mmsghdr *given, unsigned count, int flags, struct timespec *timeout)
{
	int result = seen.results[seen.calls++];

	(void)fd;
	(void)flags;
	assert_int_equal(count, BATCH);
	seen.timeout = timeout;
	if (timeout != NULL)
		*timeout = seen.left;
	for (int i = 0; i < result; i++) {
		given[i].msg_len = 7;
		memset(given[i].msg_hdr.msg_name, 0, given[i].msg_hdr.msg_namelen);
	}
	errno = result < 0 ? -result : EXFULL;
	return result < 0 ? -1 : result;
}

static void prepare(const int *results)
{
	memset(&seen, 0, sizeof seen);
	seen.results = results;
	for (size_t i = 0; i < MOST; i++)
		messages[i] = (struct mmsghdr){.msg_len = UNTOUCHED,
					       .msg_hdr = {.msg_name = &names[i], .msg_namelen = sizeof names[i]}};
}

static void check_lengths(int count)
{
	for (int i = 0; i < MOST; i++)
		assert_int_equal(messages[i].msg_len, i < count ? 7 : UNTOUCHED);
}

static void time_out(void **state)
{
	static const int whole[] = {BATCH, BATCH, BATCH, BATCH};
	struct timespec timeout = {5, 0};
	int fd = marked_datagram(0);

	(void)state;
	/* Time is left, then it is over. */
	for (int is_over = 0; is_over < 2; is_over++) {
		int count = is_over ? BATCH : MOST;

		prepare(whole);
		seen.left.tv_nsec = !is_over;
		assert_int_equal(call_recvmmsg(fd, messages, MOST, 0, &timeout, fake_recvmmsg), count);
		assert_ptr_equal(seen.timeout, &timeout);
		assert_int_equal(timeout.tv_nsec, !is_over);
		check_lengths(count);
	}
	close(fd);
}

/* An error after the first datagram does not undo those before it. */
static void errors(void **state)
{
	static const struct {
		int results[3], result, error;
		unsigned calls;
	} rows[] = {
	    {{-ECONNREFUSED}, -1, ECONNREFUSED, 1},    {{BATCH, -ECONNREFUSED}, BATCH, 0, 2},
	    {{BATCH, BATCH, -EINTR}, 2 * BATCH, 0, 3}, {{5, BATCH}, 5, 0, 1},
	    {{BATCH, 0, BATCH}, BATCH, 0, 2},
	};
	int fd = marked_datagram(0);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		prepare(rows[i].results);
		assert_int_equal(call_recvmmsg(fd, messages, MOST, 0, NULL, fake_recvmmsg), rows[i].result);
		if (rows[i].result < 0)
			assert_int_equal(errno, rows[i].error);
		assert_int_equal(seen.calls, rows[i].calls);
		check_lengths(rows[i].result);
	}
	close(fd);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(time_out), cmocka_unit_test(errors)};

	return cmocka_run_group_tests_name("receive: where batches end", tests, start, NULL);
}

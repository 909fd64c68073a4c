/* SPDX-License-Identifier: MIT */
/* How a filter's listener comes from the program's process to its supervisor. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervise/handover.h"

#include <sys/resource.h>

static int ends[2];

static int begin(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int end(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void a_listener_arrives(void **state)
{
	const struct handover sent = {.no_new_privileges = true};
	struct handover received;
	int fd = new_socket(AF_INET), got;

	(void)state;
	assert_true(handover_send(ends[1], &sent, fd));
	got = handover_receive(ends[0], &received);
	assert_true(got >= 0);
	assert_int_equal(inode_of(got), inode_of(fd));
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(received.error, 0);
	assert_true(received.no_new_privileges);
	assert_false(received.interruptible);
	close(got);
	close(fd);
}

static void there_is_none_and_why(void **state)
{
	const struct handover sent = {.error = EBUSY, .interruptible = true};
	struct handover received;

	(void)state;
	assert_true(handover_send(ends[1], &sent, -1));
	assert_int_equal(handover_receive(ends[0], &received), -1);
	assert_int_equal(received.error, EBUSY);
	assert_false(received.no_new_privileges);
	assert_true(received.interruptible);
}

/* There is a filter, and no descriptor for its listener: processes under it cannot be served. */
static void no_descriptor_is_left(void **state)
{
	const struct handover sent = {.error = 0};
	struct handover received;
	struct rlimit limit, none;
	int fd = new_socket(AF_INET);
	unsigned before = open_descriptors();

	(void)state;
	assert_true(handover_send(ends[1], &sent, fd));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(handover_receive(ends[0], &received), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(received.error, ECHILD);
	assert_int_equal(open_descriptors(), before);
	close(fd);
}

static void the_process_has_ended(void **state)
{
	struct handover received = {.error = 0};

	(void)state;
	close(ends[1]);
	assert_int_equal(handover_receive(ends[0], &received), -1);
	assert_int_equal(received.error, ECHILD);
	ends[1] = -1;
}

static void nobody_receives(void **state)
{
	const struct handover sent = {.error = 0};

	(void)state;
	close(ends[0]);
	assert_false(handover_send(ends[1], &sent, -1));
	assert_int_equal(errno, EPIPE);
	ends[0] = -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_listener_arrives, begin, end),
	    cmocka_unit_test_setup_teardown(there_is_none_and_why, begin, end),
	    cmocka_unit_test_setup_teardown(no_descriptor_is_left, begin, end),
	    cmocka_unit_test_setup_teardown(the_process_has_ended, begin, end),
	    cmocka_unit_test_setup_teardown(nobody_receives, begin, end),
	};

	return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}

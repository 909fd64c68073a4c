/* SPDX-License-Identifier: MIT */
/* What is known of a process that waits for the supervisor's answer: a child of this one. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervisable.h"
#include "supervise/answer.h"
#include "supervise/target.h"
#include "waiting.h"

#include <stdio.h>

enum { NUMBER = 700, OTHER = 701, NOBODY = 999999999 };

static const char words[] = "twenty-four bytes, or so";
static struct settings settings;
static struct target target;
static struct waiting waiting;

/* The same socket at two numbers, close-on-exec at the first. */
static void have_numbers(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	dup3(fd, NUMBER, O_CLOEXEC);
	dup2(fd, OTHER);
	close(fd);
	prctl(PR_SET_NAME, "waits");
}

static void call(void)
{
	syscall(SYS_bind, NUMBER, words, sizeof words, 0L);
	_exit(0);
}

static int begin(void **state)
{
	struct allow_error error;

	(void)state;
	return !allowlist_parse(&settings.allow, "80 other@81 waits@82 test_target@83", &error) ||
	       !waiting_start(&waiting, have_numbers, call) ||
	       !target_enter(&target, waiting.listener, &waiting.notification, &settings);
}

static int end(void **state)
{
	(void)state;
	waiting_kill(&waiting);
	return 0;
}

static void who_it_is(void **state)
{
	(void)state;
	assert_ptr_equal(target_current, &target);
	assert_int_equal(target.process, waiting.child);
	assert_int_equal(target.thread, waiting.child);
	assert_int_equal(target.uid, geteuid());
	assert_int_equal(target.gid, getegid());
	assert_true(target_waits(&target));
	assert_int_equal(fcntl(target.folder, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(target.pidfd, F_GETFD), FD_CLOEXEC);
}

/* By the name of its file, and the one that it goes by. */
static void the_rules_for_it(void **state)
{
	static const bool covered[] = {true, false, true, true};

	(void)state;
	for (uint16_t i = 0; i < sizeof covered; i++)
		assert_int_equal(
		    allowlist_covers(&target.settings.allow, ALLOW_ANY4, (uint16_t)(80 + i), TRANSPORT_TCP),
		    covered[i]);
}

/* The child has it where this process has it. */
static void its_memory(void **state)
{
	char copy[sizeof words] = "";

	(void)state;
	assert_true(target_read(&target, (uintptr_t)words, copy, sizeof copy));
	assert_memory_equal(copy, words, sizeof copy);
	assert_false(target_read(&target, 8, copy, sizeof copy));
	assert_int_equal(errno, EIO);
}

static void its_links(void **state)
{
	char link[64], own[64] = "", cut[4];

	(void)state;
	assert_true(target_link(&target, "ns/net", link, sizeof link));
	assert_true(readlink("/proc/self/ns/net", own, sizeof own - 1) > 0);
	assert_string_equal(link, own);
	assert_true(target_link(&target, "ns/net", cut, sizeof cut));
	assert_string_equal(cut, "net");
	assert_false(target_link(&target, "fd/9999", link, sizeof link));
	assert_string_equal(link, "");
}

static void its_flags(void **state)
{
	(void)state;
	assert_int_equal(target_flags(&target, NUMBER) & (O_CLOEXEC | O_NONBLOCK | O_ACCMODE),
			 O_CLOEXEC | O_NONBLOCK | O_RDWR);
	assert_int_equal(target_flags(&target, OTHER) & O_CLOEXEC, 0);
	assert_int_equal(target_flags(&target, 9999), -1);
}

static void its_network(void **state)
{
	int fd = new_socket(AF_INET), kept = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(target_shares_network(&target, fd));
	if (geteuid() == 0 && enter_network(0)) {
		int other = new_socket(AF_INET);

		assert_false(target_shares_network(&target, fd));
		assert_int_equal(setns(kept, CLONE_NEWNET), 0);
		assert_false(target_shares_network(&target, other));
		close(other);
	}
	close(fd);
	close(kept);
}

/* What was read is of it, or of none. */
static void one_that_has_ended(void **state)
{
	struct seccomp_notif notification = waiting.notification;
	struct target other;
	unsigned before = open_descriptors();
	int fd = new_socket(AF_INET);

	(void)state;
	assert_true(target_waits(&target));
	answer_send(waiting.listener, target.id, (struct answer){.error = EXDEV});
	assert_false(target_waits(&target));
	assert_int_equal(waitpid(waiting.child, NULL, 0), waiting.child);
	close(fd);
	assert_false(target_enter(&other, waiting.listener, &notification, &settings));
	target_leave(&other);
	notification.pid = NOBODY;
	assert_false(target_enter(&other, waiting.listener, &notification, &settings));
	assert_int_equal(errno, ENOENT);
	target_leave(&other);
	assert_null(target_current);
	assert_int_equal(open_descriptors(), before);
	target_leave(&target);
	assert_int_equal(open_descriptors(), before - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_it_is),          cmocka_unit_test(the_rules_for_it), cmocka_unit_test(its_memory),
	    cmocka_unit_test(its_links),          cmocka_unit_test(its_flags),        cmocka_unit_test(its_network),
	    cmocka_unit_test(one_that_has_ended),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("target", tests, begin, end);
}

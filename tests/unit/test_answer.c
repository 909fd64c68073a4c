/* SPDX-License-Identifier: MIT */
/* What a call is answered, and whether an answer was lost. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervisable.h"
#include "supervise/answer.h"
#include "waiting.h"

enum { REMEMBERED = 16 };

static void nothing(void)
{
}

/* Each call that goes on fails with EBADF. */
static void call_twice(void)
{
	int first = syscall(SYS_bind, -1, NULL, 0, 0L) < 0 ? errno : 0;
	int second = syscall(SYS_listen, -1, 0, 0L, 0L) < 0 ? errno : 0;
	int third = syscall(SYS_bind, -1, NULL, 0, 0L) < 0 ? errno : 0;

	_exit(first == EXDEV && second == EBADF && third == 0 ? 42 : 1);
}

static void answers_arrive(void **state)
{
	struct waiting waiting;
	unsigned before;

	(void)state;
	assert_true(waiting_start(&waiting, nothing, call_twice));
	before = open_descriptors();
	answer_send(waiting.listener, waiting.notification.id, (struct answer){.error = EXDEV});
	assert_true(waiting_next(&waiting));
	/* It goes on, whatever the error would be. */
	answer_send(waiting.listener, waiting.notification.id, (struct answer){.continues = true, .error = EXDEV});
	assert_true(waiting_next(&waiting));
	answer_send(waiting.listener, waiting.notification.id, (struct answer){.error = 0});
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(waiting_end(&waiting), 42);
	/* No process waits for it. */
	answer_send(-1, 7, (struct answer){.error = 0});
}

/* Sends, to no process, the answer that tells of BOUND. */
static void answered(struct bound bound)
{
	answer_send(-1, 0, (struct answer){.error = 0, .bound = bound});
}

static void nothing_is_remembered_at_first(void **state)
{
	const struct bound bound = {.thread = 5, .number = 3, .inode = 77, .place = 1000};

	(void)state;
	answered(bound);
	assert_false(answer_was_lost(bound));
}

static void what_was_bound_last_is_remembered(void **state)
{
	const struct bound bound = {.thread = 5, .number = 3, .inode = 77, .place = 1000};
	const struct bound others[] = {{.thread = 5, .number = 4, .inode = 77, .place = 1000},
				       {.thread = 5, .number = 3, .inode = 78, .place = 1000},
				       {.thread = 5, .number = 3, .inode = 77, .place = 1001}};

	(void)state;
	answer_expect_interruptions();
	answered(bound);
	assert_false(answer_was_lost((struct bound){.thread = 6, .number = 3, .inode = 77, .place = 1000}));
	assert_true(answer_was_lost(bound));
	assert_false(answer_was_lost(bound)); /* it has been told */
	/* Another call of the thread means that it has had the answer. */
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		answered(bound);
		assert_false(answer_was_lost(others[i]));
		assert_false(answer_was_lost(bound));
	}
	answered((struct bound){.thread = 0, .number = 3, .inode = 77, .place = 1000});
	assert_false(answer_was_lost((struct bound){.thread = 0, .number = 3, .inode = 77, .place = 1000}));
}

static void the_oldest_is_forgotten(void **state)
{
	struct bound bound = {.number = 3, .inode = 77, .place = 1000};

	(void)state;
	answer_expect_interruptions();
	for (bound.thread = 1; bound.thread <= REMEMBERED + 1; bound.thread++)
		answered(bound);
	bound.thread = 1;
	assert_false(answer_was_lost(bound));
	for (bound.thread = 2; bound.thread <= REMEMBERED + 1; bound.thread++)
		assert_true(answer_was_lost(bound));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_arrive),
	    cmocka_unit_test(nothing_is_remembered_at_first),
	    cmocka_unit_test(what_was_bound_last_is_remembered),
	    cmocka_unit_test(the_oldest_is_forgotten),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Turns: one thread at a time, and a handler or a forked child is not kept waiting by them. */
#define _GNU_SOURCE
#include "sockets.h"

#include "process/turn.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { THREADS = 4, ROUNDS = 2000 };

static int inside, met, rounds;

static void *take_turns(void *argument)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct turn turn;

		turn_begin(&turn, true);
		if (turn.taken) {
			met += inside++;
			rounds++;
			inside--;
		}
		turn_end(&turn);
	}
	return argument;
}

static void one_at_a_time(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_turns, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(met, 0);
	assert_true(rounds > 0 && rounds <= THREADS * ROUNDS);
}

static void a_child_of_that_moment(void **state)
{
	struct turn turn, its;
	int status;
	pid_t child;

	(void)state;
	turn_begin(&turn, true);
	assert_true(turn.taken);
	child = fork();
	if (child == 0) {
		turn_begin(&its, true);
		_exit(!its.taken);
	}
	turn_end(&turn);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int handled;

static void on_signal(int signal)
{
	(void)signal;
	handled++;
}

static void a_handler(void **state)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct turn turn;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	turn_begin(&turn, true);
	raise(SIGUSR1);
	assert_int_equal(handled, 0);
	errno = EDOTDOT;
	turn_end(&turn);
	assert_int_equal(errno, EDOTDOT);
	assert_int_equal(handled, 1);
}

/* Somebody who never ends his turn. */
static void without(void **state)
{
	struct turn first, second;

	(void)state;
	turn_begin(&first, true);
	turn_begin(&second, true);
	assert_true(first.taken && !second.taken);
	turn_end(&second);
	turn_begin(&second, false);
	assert_false(second.taken);
	turn_end(&second);
	turn_end(&first);
	turn_begin(&first, true);
	assert_true(first.taken);
	turn_end(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_at_a_time),
	    cmocka_unit_test(a_child_of_that_moment),
	    cmocka_unit_test(a_handler),
	    cmocka_unit_test(without),
	};

	return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}

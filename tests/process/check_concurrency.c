/* SPDX-License-Identifier: MIT */
/* Listeners made by threads, children and signal handlers at once. A lock held
 * at the wrong moment shows as libcheck's time limit. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 200, CHILDREN = 100, ALARMS = 300 };

/* 0, or the step that went wrong: no libcheck calls outside the main thread. */
static int listen_once(uint16_t port)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, port), name;
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM, 0), wrong = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0)
		wrong = 1;
	else if (kernel_option(fd, SOL_SOCKET, SO_DOMAIN) != AF_INET6)
		wrong = 2;
	else if (listen(fd, 1) != 0)
		wrong = 3;
	else if (getsockname(fd, (struct sockaddr *)&name, &length) != 0 || name.sin_family != AF_INET)
		wrong = 4;
	close(fd);
	return wrong;
}

static void *listen_often(void *argument)
{
	uintptr_t first = (uintptr_t)argument;
	intptr_t wrong = 0;

	/* Each round has a port of its own: a forked child may still hold the last. */
	for (uintptr_t i = 0; i < ROUNDS && wrong == 0; i++)
		wrong = listen_once((uint16_t)(first + i));
	return (void *)wrong;
}

START_TEST(threads_and_forks)
{
	pthread_t threads[THREADS];
	int status;
	void *wrong;

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, listen_often, (void *)(9000 + i * ROUNDS));
	for (int i = 0; i < CHILDREN; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(listen_once(8100));
		waitpid(child, &status, 0);
		ck_assert_int_eq(status, 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		ck_assert_ptr_eq(wrong, NULL);
	}
}
END_TEST

static volatile sig_atomic_t alarms, wrong_in_handler;

/* The next one is armed when one is over: what is interrupted gets its turn. */
static void arm(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 500}}, NULL);
}

static void on_alarm(int signal)
{
	int saved = errno;

	(void)signal;
	alarms++;
	if (listen_once(8300) != 0)
		wrong_in_handler++;
	arm();
	errno = saved;
}

START_TEST(in_a_signal_handler)
{
	struct itimerval never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &action, NULL);
	arm();
	while (alarms < ALARMS)
		ck_assert_int_eq(listen_once(8301), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	ck_assert_int_eq(wrong_in_handler, 0);
}
END_TEST

START_TEST(in_a_vfork_child)
{
	static volatile int wrong;
	int status, before = count_descriptors();
	pid_t child = vfork();

	if (child == 0) {
		wrong = listen_once(8400);
		_exit(0);
	}
	waitpid(child, &status, 0);
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

/* The first thread may end before the others: /proc/self is then empty. */
static void *after_the_first_thread(void *argument)
{
	(void)argument;
	usleep(50000);
	_exit(listen_once(8500));
}

START_TEST(after_the_first_thread_has_ended)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, after_the_first_thread, NULL);
		pthread_exit(NULL);
	}
	waitpid(child, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {threads_and_forks, 1},
	    {in_a_signal_handler, 1},
	    {in_a_vfork_child, 1},
	    {after_the_first_thread_has_ended, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8000-9999", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

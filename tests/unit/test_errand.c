/* SPDX-License-Identifier: MIT */
/*
 * What is done by a process that has the socket where the target has it: an epoll instance
 * and O_ASYNC go by that number, whatever this process has there.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervise/errand.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { NUMBER = 700 };

static int epfd, fd;

static int begin(void **state)
{
	(void)state;
	epfd = epoll_create1(EPOLL_CLOEXEC);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return epfd < 0 || fd < 0;
}

static int end(void **state)
{
	(void)state;
	close(epfd);
	close(fd);
	return 0;
}

/* The number that the instance has a registration by; -1. */
static int registered(int instance)
{
	char path[64], line[128];
	int number = -1;
	FILE *info;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", instance);
	info = fopen(path, "re");
	assert_non_null(info);
	while (fgets(line, sizeof line, info) != NULL)
		if (strncmp(line, "tfd:", 4) == 0)
			number = atoi(line + 4);
	fclose(info);
	return number;
}

static void an_epoll_instance_has_the_targets_number(void **state)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
	struct errand errand = {
	    .number = NUMBER, .socket = fd, .epfd = epfd, .operation = EPOLL_CTL_ADD, .event = &event};
	unsigned before = open_descriptors();

	(void)state;
	assert_int_equal(errand_run(&errand), 0);
	assert_int_equal(registered(epfd), NUMBER);
	assert_int_equal(fcntl(NUMBER, F_GETFD), -1);
	assert_int_equal(errand_run(&errand), -1);
	assert_int_equal(errno, EEXIST);
	errand.operation = EPOLL_CTL_DEL;
	assert_int_equal(errand_run(&errand), 0);
	assert_int_equal(registered(epfd), -1);
	assert_int_equal(errand_run(&errand), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(open_descriptors(), before);
}

/* This process has something else there: the instance itself, or the socket. */
static void a_number_that_is_taken_here(void **state)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct errand errand = {
	    .number = epfd, .socket = fd, .epfd = epfd, .operation = EPOLL_CTL_ADD, .event = &event};

	(void)state;
	assert_int_equal(errand_run(&errand), 0);
	assert_int_equal(registered(epfd), epfd);
	errand.operation = EPOLL_CTL_DEL;
	assert_int_equal(errand_run(&errand), 0);
	errand.number = fd;
	errand.operation = EPOLL_CTL_ADD;
	assert_int_equal(errand_run(&errand), 0);
	assert_int_equal(registered(epfd), fd);
	errand.operation = EPOLL_CTL_DEL;
	assert_int_equal(errand_run(&errand), 0);
}

/* O_ASYNC: the signal tells the number that the target has it at. */
static void flags_are_set_at_the_targets_number(void **state)
{
	struct errand errand = {.number = NUMBER, .epfd = -1, .flags = O_ASYNC | O_NONBLOCK};
	struct timespec soon = {.tv_sec = 5};
	siginfo_t told = {0};
	sigset_t set;
	int ends[2];

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETOWN, getpid()), 0);
	assert_int_equal(fcntl(ends[0], F_SETSIG, SIGRTMIN), 0);
	errand.socket = ends[0];
	assert_int_equal(errand_run(&errand), 0);
	assert_int_equal(fcntl(ends[0], F_GETFL) & (O_ASYNC | O_NONBLOCK), O_ASYNC | O_NONBLOCK);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(sigtimedwait(&set, &told, &soon), SIGRTMIN);
	assert_int_equal(told.si_fd, NUMBER);
	close(ends[0]);
	close(ends[1]);
}

static void failures_are_told(void **state)
{
	struct errand errand = {.number = NUMBER, .socket = 9999, .epfd = -1};
	struct rlimit limit, none;

	(void)state;
	assert_int_equal(errand_run(&errand), -1);
	assert_int_equal(errno, EBADF);
	/* No number so high is allowed here. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = NUMBER;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	errand.socket = fd;
	assert_int_equal(errand_run(&errand), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	/* No errand is left. */
	errand_give_up();
	assert_int_equal(errand_run(&errand), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_epoll_instance_has_the_targets_number, begin, end),
	    cmocka_unit_test_setup_teardown(a_number_that_is_taken_here, begin, end),
	    cmocka_unit_test(flags_are_set_at_the_targets_number),
	    cmocka_unit_test_setup_teardown(failures_are_told, begin, end),
	};

	return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}

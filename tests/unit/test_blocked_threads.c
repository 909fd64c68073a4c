/* SPDX-License-Identifier: MIT */
/* What /proc/PID/task/TID/syscall says of a waiting thread. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "process/blocked_threads.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

static bool waits(long call, int first, int at)
{
	char line[128];

	snprintf(line, sizeof line, "%ld 0x%x 0x7ffc1234 0x0 0x0 0x0 0x0 0x7ffc0000 0x7f1200\n", call,
		 (unsigned)first);
	return blocked_threads_parse(line, at);
}

static void lines(void **state)
{
	(void)state;
	assert_true(waits(SYS_accept4, 11, 11));
	assert_true(waits(SYS_accept, 4, 4));
	assert_false(waits(SYS_accept4, 11, 17));
	assert_true(waits(SYS_ppoll, 0x7f00, 5));
	assert_true(waits(SYS_pselect6, 6, 5));
	assert_true(waits(SYS_restart_syscall, 0x7f00, 5));
	assert_false(waits(SYS_epoll_pwait, 5, 5));
	assert_false(waits(SYS_futex, 5, 5));
	assert_false(blocked_threads_parse("running\n", 5));
	assert_false(blocked_threads_parse("-1 0x7ffc 0x7f12\n", 5));
	assert_false(blocked_threads_parse("", 5));
}

static void lines_of_datagrams(void **state)
{
	static const long calls[] = {SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_read, SYS_readv};

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		assert_true(waits(calls[i], 11, 11));
		assert_false(waits(calls[i], 11, 1));
		assert_false(waits(calls[i], 1, 11));
	}
	assert_false(waits(SYS_sendto, 11, 11));
	assert_false(waits(SYS_write, 11, 11));
}

/* A thread that waits for what comes at FD, in one way or another. */
struct waiter {
	void (*wait)(int fd);
	int fd;
};

static void in_recvfrom(int fd)
{
	char byte;

	recvfrom(fd, &byte, 1, MSG_PEEK, NULL, NULL);
}

static void in_recvmsg(int fd)
{
	struct msghdr message = {.msg_iovlen = 0};

	recvmsg(fd, &message, MSG_PEEK);
}

static void in_recvmmsg(int fd)
{
	struct mmsghdr message = {.msg_len = 0};

	recvmmsg(fd, &message, 1, MSG_PEEK, NULL);
}

static void in_read(int fd)
{
	char byte;
	ssize_t size = read(fd, &byte, 1);

	(void)size;
}

static void in_poll(int fd)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	poll(&watched, 1, -1);
}

static void in_select(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	select(fd + 1, &set, NULL, NULL, NULL);
}

/* A swap moves the registration. */
static void in_epoll(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int epfd = epoll_create1(0);

	epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
	epoll_wait(epfd, &event, 1, -1);
	close(epfd);
}

static void *run_waiter(void *context)
{
	const struct waiter *waiter = context;

	waiter->wait(waiter->fd);
	return NULL;
}

static bool becomes_waiting(int fd, int milliseconds)
{
	while (!blocked_threads_at(fd) && milliseconds-- > 0)
		nanosleep(&(struct timespec){0, 1000000}, NULL);
	return milliseconds > 0;
}

/* Where the kernel does not tell, any other thread may wait. */
static void untold(int fd)
{
	struct waiter waiter = {in_recvfrom, fd};
	struct address to = peer4("127.0.0.1", port_of(fd));
	pthread_t thread;

	assert_false(blocked_threads_at(fd));
	assert_int_equal(pthread_create(&thread, NULL, run_waiter, &waiter), 0);
	assert_true(blocked_threads_at(fd));
	send_text(fd, "x", &to);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(blocked_threads_at(fd));
	close(fd);
}

static void each_way_to_wait(void **state)
{
	static const struct {
		void (*wait)(int fd);
		bool at_one, at_all;
	} rows[] = {
	    {in_recvfrom, true, false}, {in_recvmsg, true, false}, {in_recvmmsg, true, false},
	    {in_read, true, false},     {in_poll, true, true},     {in_select, true, true},
	    {in_epoll, false, false},
	};
	enum { LONG = 10000, SHORT = 50 };
	int other = marked_datagram(0);

	(void)state;
	if (access("/proc/self/syscall", R_OK) != 0) {
		untold(other);
		return;
	}
	assert_false(blocked_threads_at(other));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct waiter waiter = {rows[i].wait, marked_datagram(0)};
		struct address to = peer4("127.0.0.1", port_of(waiter.fd));
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, run_waiter, &waiter), 0);
		if (becomes_waiting(waiter.fd, rows[i].at_one ? LONG : SHORT) != rows[i].at_one)
			fail_msg("row %zu", i);
		assert_int_equal(blocked_threads_at(other), rows[i].at_all);
		send_text(other, "x", &to);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_false(blocked_threads_at(waiter.fd));
		close(waiter.fd);
	}
	close(other);
}

/* Woken by a signal that is of no concern to it, as by system(3) in another thread, a thread in
 * poll goes on under another number of a system call. */
static void in_poll_again(void **state)
{
	struct waiter waiter = {in_poll, marked_datagram(0)};
	struct address to = peer4("127.0.0.1", port_of(waiter.fd));
	sigset_t child;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, run_waiter, &waiter), 0);
	assert_true(becomes_waiting(waiter.fd, 10000));
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	kill(getpid(), SIGCHLD);
	nanosleep(&(struct timespec){0, 50000000}, NULL);
	assert_true(blocked_threads_at(waiter.fd));
	sigprocmask(SIG_UNBLOCK, &child, NULL);
	send_text(waiter.fd, "x", &to);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(waiter.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(lines_of_datagrams),
	    cmocka_unit_test(each_way_to_wait),
	    cmocka_unit_test(in_poll_again),
	};

	return cmocka_run_group_tests_name("threads", tests, private_network, NULL);
}

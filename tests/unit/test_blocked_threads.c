/* SPDX-License-Identifier: MIT */
/* What /proc/PID/task/TID/syscall says of a waiting thread. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "process/blocked_threads.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

static struct blocked_call parsed(long call)
{
	char line[128];

	snprintf(line, sizeof line, "%ld 0xb 0x7ffc1234 0x0 0xffffffffffffffff 0x0 0x0 0x7ffc0000 0x7f1200\n",
		 call);
	return blocked_threads_parse(line);
}

static void lines(void **state)
{
	static const struct {
		long call;
		int kind;
	} rows[] = {
	    {SYS_accept, BLOCKED_AT_ONE},         {SYS_accept4, BLOCKED_AT_ONE},
	    {SYS_recvfrom, BLOCKED_AT_ONE},       {SYS_recvmsg, BLOCKED_AT_ONE},
	    {SYS_recvmmsg, BLOCKED_AT_ONE},       {SYS_read, BLOCKED_AT_ONE},
	    {SYS_readv, BLOCKED_AT_ONE},          {SYS_ppoll, BLOCKED_IN_POLL},
	    {SYS_pselect6, BLOCKED_IN_SELECT},    {SYS_restart_syscall, BLOCKED_IN_POLL},
	    {SYS_epoll_pwait, BLOCKED_ELSEWHERE}, {SYS_futex, BLOCKED_ELSEWHERE},
	    {SYS_sendto, BLOCKED_ELSEWHERE},      {SYS_write, BLOCKED_ELSEWHERE},
	};
	struct blocked_call call = parsed(SYS_accept);

	(void)state;
#ifdef SYS_select
	assert_int_equal(parsed(SYS_poll).kind, BLOCKED_IN_POLL);
	assert_int_equal(parsed(SYS_select).kind, BLOCKED_IN_SELECT);
#endif
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(parsed(rows[i].call).kind, rows[i].kind);
	assert_int_equal(call.arguments[0], 11);
	assert_int_equal(call.arguments[1], 0x7ffc1234);
	assert_int_equal(call.arguments[3], UINT64_MAX);
	assert_int_equal(blocked_threads_parse("running\n").kind, BLOCKED_ELSEWHERE);
	assert_int_equal(blocked_threads_parse("-1 0x7ffc 0x7f12\n").kind, BLOCKED_ELSEWHERE);
	assert_int_equal(blocked_threads_parse("0 0x7ffc 0x7f12 0x0\n").kind, BLOCKED_ELSEWHERE);
	assert_int_equal(blocked_threads_parse("").kind, BLOCKED_ELSEWHERE);
}

static void functions(void **state)
{
	(void)state;
	assert_true(blocked_threads_in("inet_csk_accept"));
	assert_true(blocked_threads_in("__skb_wait_for_more_packets"));
	assert_true(blocked_threads_in("poll_schedule_timeout.constprop.0"));
	assert_true(blocked_threads_in("do_sys_poll"));
	assert_true(blocked_threads_in("do_poll.constprop.0"));
	assert_true(blocked_threads_in("do_select"));
	assert_false(blocked_threads_in("do_epoll_wait"));
	assert_false(blocked_threads_in("ep_poll"));
	assert_false(blocked_threads_in("futex_wait_queue"));
	assert_false(blocked_threads_in("0"));
	assert_false(blocked_threads_in(""));
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

static bool waits_at(int fd)
{
	return blocked_threads_at(fd, inode_of(fd));
}

static bool becomes_waiting(int fd, int milliseconds)
{
	while (!waits_at(fd) && milliseconds-- > 0)
		nanosleep(&(struct timespec){0, 1000000}, NULL);
	return milliseconds > 0;
}

static bool tells_system_calls(void)
{
	return access("/proc/self/syscall", R_OK) == 0;
}

/* If the kernel does not tell, any other thread may wait. */
static void untold(int fd)
{
	struct waiter waiter = {in_recvfrom, fd};
	struct address to = peer4("127.0.0.1", port_of(fd));
	pthread_t thread;

	assert_false(waits_at(fd));
	assert_int_equal(pthread_create(&thread, NULL, run_waiter, &waiter), 0);
	assert_true(waits_at(fd));
	send_text(fd, "x", &to);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(waits_at(fd));
	close(fd);
}

static void each_way_to_wait(void **state)
{
	static const struct {
		void (*wait)(int fd);
		bool waits;
	} rows[] = {
	    {in_recvfrom, true}, {in_recvmsg, true}, {in_recvmmsg, true}, {in_read, true},
	    {in_poll, true},     {in_select, true},  {in_epoll, false},
	};
	enum { LONG = 10000, SHORT = 50 };
	int other = marked_datagram(0);

	(void)state;
	if (!tells_system_calls()) {
		untold(other);
		return;
	}
	assert_false(waits_at(other));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct waiter waiter = {rows[i].wait, marked_datagram(0)};
		struct address to = peer4("127.0.0.1", port_of(waiter.fd));
		pthread_t thread;
		int copy;

		assert_int_equal(pthread_create(&thread, NULL, run_waiter, &waiter), 0);
		if (becomes_waiting(waiter.fd, rows[i].waits ? LONG : SHORT) != rows[i].waits)
			fail_msg("row %zu", i);
		copy = dup(waiter.fd); /* the thread goes on waiting at the old one, whatever its number is */
		assert_int_equal(waits_at(copy), rows[i].waits);
		close(copy);
		assert_false(waits_at(other));
		send_text(other, "x", &to);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_false(waits_at(waiter.fd));
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
	int other = marked_datagram(0);
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
	assert_true(waits_at(waiter.fd));
	assert_int_equal(waits_at(other), !tells_system_calls());
	sigprocmask(SIG_UNBLOCK, &child, NULL);
	send_text(waiter.fd, "x", &to);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(waiter.fd);
	close(other);
}

/* Whether the kernel tells where another thread of this process sleeps: "0" is no function. */
static bool is_told_where(void)
{
	DIR *threads = opendir("/proc/self/task");
	bool told = true;
	struct dirent *entry;

	while ((entry = readdir(threads)) != NULL) {
		char path[64], name[64] = "";
		FILE *file;

		if (entry->d_name[0] == '.' || atoi(entry->d_name) == (int)getpid())
			continue;
		snprintf(path, sizeof path, "/proc/self/task/%.20s/wchan", entry->d_name);
		file = fopen(path, "r");
		told = file != NULL && fgets(name, sizeof name, file) != NULL && strcmp(name, "0") != 0;
		if (file != NULL)
			fclose(file);
	}
	closedir(threads);
	return told;
}

/* A process that has given up root may not read what its own threads call. */
static void after_a_change_of_user(void **state)
{
	enum { NOBODY = 65534 };
	struct waiter waiter = {in_recvfrom, marked_datagram(0)};
	bool tells_calls = tells_system_calls(); /* else each other thread may wait */
	int status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, run_waiter, &waiter) != 0 || !becomes_waiting(waiter.fd, 10000) ||
		    setresuid(NOBODY, NOBODY, NOBODY) != 0 || tells_system_calls())
			_exit(1);
		/* It is woken to change its user too. */
		for (int i = 0; i < 1000 && !is_told_where(); i++)
			nanosleep(&(struct timespec){0, 1000000}, NULL);
		if (!is_told_where())
			_exit(waits_at(waiter.fd) == tells_calls ? 4 : 3); /* it is not seen there */
		_exit(becomes_waiting(waiter.fd, 10000) ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	close(waiter.fd);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 3) {
		print_message("# no functions in wchan on this kernel\n");
		return;
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(functions),
	    cmocka_unit_test(each_way_to_wait),
	    cmocka_unit_test(in_poll_again),
	    cmocka_unit_test(after_a_change_of_user),
	};

	return cmocka_run_group_tests_name("threads", tests, private_network, NULL);
}

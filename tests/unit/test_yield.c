/* SPDX-License-Identifier: MIT */
/* What another thread, a child of one or a handler does in the middle of a swap: the
 * linker puts it before a system call of the swap's. */
#define _GNU_SOURCE
#include "listeners.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void (*before_socket)(void), (*before_dup3)(void);

int __real_sys_socket(int domain, int type, int protocol);
int __wrap_sys_socket(int domain, int type, int protocol);
int __real_sys_dup3(int from, int to, int flags);
int __wrap_sys_dup3(int from, int to, int flags);

static void once(void (**meanwhile)(void))
{
	void (*call)(void) = *meanwhile;

	*meanwhile = NULL;
	if (call != NULL)
		call();
}

int __wrap_sys_socket(int domain, int type, int protocol)
{
	once(&before_socket);
	return __real_sys_socket(domain, type, protocol);
}

int __wrap_sys_dup3(int from, int to, int flags)
{
	once(&before_dup3);
	return __real_sys_dup3(from, to, flags);
}

static pid_t child;

/* It holds all that its parent has, until it is ended, or its parent ends. */
static void bear_a_child(void)
{
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

/* Too late to keep the socket: but the program's own has its place. */
static void a_child_at_the_last_moment(void **state)
{
	int four = listening(AF_INET, 18081), six;

	(void)state;
	assert_int_equal(domain_of(four), AF_INET6);
	before_dup3 = bear_a_child;
	six = listening(AF_INET6, 18081);
	assert_int_equal(domain_of(four), AF_INET);
	/* Another program of the same user cannot bind there either. */
	assert_int_equal(int_option(six, SOL_SOCKET, SO_REUSEPORT), 0);
	end_child(child);
	close(four);
	close(six);
}

/* Seen in time: the socket stays for both. */
static void a_child_in_the_middle(void **state)
{
	int four = listening(AF_INET, 18082), six;

	(void)state;
	before_socket = bear_a_child;
	six = listening(AF_INET6, 18082);
	assert_int_equal(domain_of(four), AF_INET6);
	end_child(child);
	close(four);
	close(six);
}

/* One that held the socket when the program's own was bound has ended, and there is another when that listens. */
static void a_child_at_each_moment(void **state)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(18085)};
	int four = listening(AF_INET, 18085), six = new_socket(AF_INET6);

	(void)state;
	set_int_option(six, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	bear_a_child();
	assert_int_equal(call_bind(settings_get(), six, (struct sockaddr *)&any, sizeof any, sys_bind), 0);
	end_child(child);
	assert_int_equal(domain_of(four), AF_INET6);
	before_dup3 = bear_a_child;
	assert_int_equal(call_listen(settings_get(), six, 4, sys_listen), 0);
	assert_null(before_dup3);
	assert_int_equal(domain_of(four), AF_INET);
	assert_int_equal(int_option(six, SOL_SOCKET, SO_REUSEPORT), 0);
	end_child(child);
	close(four);
	close(six);
}

static int handled, seen_by_handler;

static void on_signal(int signal)
{
	(void)signal;
	seen_by_handler = sys_get_int(handled, SOL_SOCKET, SO_DOMAIN);
}

static void be_signalled(void)
{
	raise(SIGUSR1);
}

/* It may do what it likes, and take any time: it waits until the swap is over. */
static void a_signal_at_the_last_moment(void **state)
{
	struct sigaction action = {.sa_handler = on_signal};
	int six;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	handled = listening(AF_INET, 18089);
	before_dup3 = be_signalled;
	six = listening(AF_INET6, 18089);
	assert_null(before_dup3);
	assert_int_equal(seen_by_handler, AF_INET);
	close(handled);
	close(six);
}

static int watching, watched;

static void watch(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};

	assert_int_equal(epoll_ctl(watching, EPOLL_CTL_ADD, watched, &event), 0);
}

/* memcached's threads watch what its first one is still binding. */
static void an_epoll_instance_in_the_middle(void **state)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(18084)};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), six;
	struct epoll_event event = {0};

	(void)state;
	local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	watched = listening(AF_INET, 18084);
	watching = epoll_create1(EPOLL_CLOEXEC);
	before_socket = watch;
	six = listening(AF_INET6, 18084);
	assert_null(before_socket);
	assert_int_equal(domain_of(watched), AF_INET);
	assert_int_equal(connect(client, (struct sockaddr *)&local, sizeof local), 0);
	assert_int_equal(epoll_wait(watching, &event, 1, 1000), 1);
	assert_int_equal(event.data.u64, 7);
	close(client);
	close(watching);
	close(watched);
	close(six);
}

static int bound;

static void have_it_listen(void)
{
	assert_int_equal(call_listen(settings_get(), bound, 4, sys_listen), 0);
}

/* A thread starts to listen while another one binds for IPv6. */
static void a_listener_that_begins_in_the_middle(void **state)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(18087)};
	int six;

	(void)state;
	bound = new_socket(AF_INET);
	assert_int_equal(call_bind(settings_get(), bound, (struct sockaddr *)&local, sizeof local, sys_bind), 0);
	assert_int_equal(domain_of(bound), AF_INET6);
	before_socket = have_it_listen;
	six = listening(AF_INET6, 18087);
	assert_null(before_socket);
	assert_int_equal(domain_of(bound), AF_INET);
	assert_int_equal(int_option(bound, SOL_SOCKET, SO_ACCEPTCONN), 1);
	close(bound);
	close(six);
}

static int other_number;

static void have_something_else_there(void)
{
	int fd = open("/dev/null", O_RDONLY);

	assert_int_equal(dup2(fd, other_number), other_number);
	close(fd);
}

static int replacing;

static void have_the_other_there(void)
{
	assert_int_equal(dup2(replacing, other_number), other_number);
}

static void a_number_that_is_another_file_meanwhile(void **state)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(18083)};
	struct stat status;
	int fd = new_socket(AF_INET);

	(void)state;
	other_number = dup(fd);
	before_socket = have_something_else_there;
	assert_int_equal(call_bind(settings_get(), fd, (struct sockaddr *)&local, sizeof local, sys_bind), 0);
	assert_null(before_socket);
	assert_int_equal(domain_of(fd), AF_INET6);
	assert_int_equal(fstat(other_number, &status), 0);
	assert_true(S_ISCHR(status.st_mode));
	close(other_number);
	close(fd);
}

/* The listener that is in the way is closed, and its number another one's. */
static void a_listener_that_is_another_one_meanwhile(void **state)
{
	int six, other = new_socket(AF_INET);
	uint16_t port;

	(void)state;
	assert_int_equal(listen(other, 4), 0);
	port = port_of(other);
	replacing = other;
	other_number = listening(AF_INET, 18086);
	assert_int_equal(domain_of(other_number), AF_INET6);
	before_socket = have_the_other_there;
	six = listening(AF_INET6, 18086);
	assert_null(before_socket);
	assert_int_equal(domain_of(other_number), AF_INET);
	assert_int_equal(port_of(other_number), port);
	assert_int_equal(int_option(other_number, SOL_SOCKET, SO_REUSEPORT), 0);
	close(other_number);
	close(other);
	close(six);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_at_the_last_moment),
	    cmocka_unit_test(a_child_in_the_middle),
	    cmocka_unit_test(a_child_at_each_moment),
	    cmocka_unit_test(a_signal_at_the_last_moment),
	    cmocka_unit_test(an_epoll_instance_in_the_middle),
	    cmocka_unit_test(a_listener_that_begins_in_the_middle),
	    cmocka_unit_test(a_number_that_is_another_file_meanwhile),
	    cmocka_unit_test(a_listener_that_is_another_one_meanwhile),
	};

	setenv("DUALBIND_ALLOW", "18080-18099", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return cmocka_run_group_tests_name("yield: meanwhile", tests, private_network, NULL);
}

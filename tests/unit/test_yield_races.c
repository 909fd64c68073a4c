/* What another thread, or a child of one, does in the middle of a swap: the
 * linker puts it before a system call of the swap's. */
#define _GNU_SOURCE
#include "sockets.h"

#include "listener.h"
#include "sys.h"

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

static void end_the_child(void)
{
	assert_true(child > 0);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static int bound(int family, uint16_t port)
{
	struct sockaddr_in local4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = new_socket(family);

	if (family == AF_INET) {
		assert_int_equal(listener_bind(fd, (struct sockaddr *)&local4, sizeof local4, sys_bind), 0);
	} else {
		assert_int_equal(sys_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), 0);
		assert_int_equal(listener_bind(fd, (struct sockaddr *)&local6, sizeof local6, sys_bind), 0);
	}
	return fd;
}

static int listening(int family, uint16_t port)
{
	int fd = bound(family, port);

	assert_int_equal(listener_listen(fd, 4, sys_listen), 0);
	return fd;
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
	end_the_child();
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
	end_the_child();
	close(four);
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
	assert_int_equal(listener_bind(fd, (struct sockaddr *)&local, sizeof local, sys_bind), 0);
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
	struct sockaddr_in name = {0};
	socklen_t length = sizeof name;
	int six, other = new_socket(AF_INET), reuse = -1;

	(void)state;
	assert_int_equal(listen(other, 4), 0);
	assert_int_equal(getsockname(other, (struct sockaddr *)&name, &length), 0);
	replacing = other;
	other_number = listening(AF_INET, 18086);
	assert_int_equal(domain_of(other_number), AF_INET6);
	before_socket = have_the_other_there;
	six = listening(AF_INET6, 18086);
	assert_null(before_socket);
	assert_int_equal(domain_of(other_number), AF_INET);
	assert_int_equal(port_of(other_number), ntohs(name.sin_port));
	length = sizeof reuse;
	assert_int_equal(getsockopt(other_number, SOL_SOCKET, SO_REUSEPORT, &reuse, &length), 0);
	assert_int_equal(reuse, 0);
	close(other_number);
	close(other);
	close(six);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_at_the_last_moment),
	    cmocka_unit_test(a_child_in_the_middle),
	    cmocka_unit_test(an_epoll_instance_in_the_middle),
	    cmocka_unit_test(a_number_that_is_another_file_meanwhile),
	    cmocka_unit_test(a_listener_that_is_another_one_meanwhile),
	};

	setenv("DUALBIND_ALLOW", "18080-18099", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return cmocka_run_group_tests_name("yield: meanwhile", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What another thread does in the moment of a bind or a listen: the native call of that does it. */
#define _GNU_SOURCE
#include "listeners.h"

#include <pthread.h>
#include <stdlib.h>

enum { PORT = 18088 };

static int four;

static void *bind_any(void *argument)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	int six = new_socket(AF_INET6);

	set_int_option(six, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	call_bind(settings_get(), six, (struct sockaddr *)&any, sizeof any, sys_bind);
	close(six);
	return argument;
}

static pthread_t binder;
static bool binds;

/* What is set for the moment of a bind, while another thread has the listener yield. */
static int bind_with_others(int fd, const struct sockaddr *local, socklen_t length)
{
	if (!binds && int_option(four, SOL_SOCKET, SO_REUSEPORT) == 1) {
		binds = true;
		assert_int_equal(pthread_create(&binder, NULL, bind_any, NULL), 0);
		usleep(100000);
	}
	return sys_bind(fd, local, length);
}

static void a_yield_in_the_moment_of_a_bind(void **state)
{
	struct sockaddr_in6 local = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	int six = new_socket(AF_INET6);

	(void)state;
	local.sin6_port = htons(PORT);
	four = listening(AF_INET, PORT);
	call_bind(settings_get(), six, (struct sockaddr *)&local, sizeof local, bind_with_others);
	assert_true(binds);
	assert_int_equal(pthread_join(binder, NULL), 0);
	assert_int_equal(int_option(four, SOL_SOCKET, SO_REUSEPORT), 0);
	assert_int_equal(int_option(four, SOL_SOCKET, SO_REUSEADDR), 0);
	assert_int_equal(int_option(six, SOL_SOCKET, SO_REUSEPORT), 0);
	close(four);
	close(six);
}

static int listen_and_close(int fd, int backlog)
{
	int result = sys_listen(fd, backlog), error = errno;

	if (four >= 0)
		close(four);
	four = -1;
	errno = error;
	return result;
}

/* Natively the two would not have met. */
static void what_is_gone_before_the_look(void **state)
{
	struct sockaddr_in6 local = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	int six = new_socket(AF_INET6);

	(void)state;
	local.sin6_port = htons(PORT);
	four = listening(AF_INET, PORT);
	assert_int_equal(call_bind(settings_get(), six, (struct sockaddr *)&local, sizeof local, sys_bind), 0);
	assert_int_equal(call_listen(settings_get(), six, 4, listen_and_close), 0);
	assert_int_equal(four, -1);
	close(six);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_yield_in_the_moment_of_a_bind),
	    cmocka_unit_test(what_is_gone_before_the_look),
	};

	setenv("DUALBIND_ALLOW", "18088", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return cmocka_run_group_tests_name("bind: moments", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* The options that a swap carries over: what the table says of each is what the kernel does. */
#define _GNU_SOURCE
#include "sockets.h"

#include "socket/sockopt_table.h"

#include <linux/in.h>

enum { BYTES = 64 };

static const struct {
	const struct sockopt *options;
	const size_t *count;
} lists[] = {
    {sockopt_table_binding, &sockopt_table_binding_count},
    {sockopt_table_any, &sockopt_table_any_count},
    {sockopt_table_tcp, &sockopt_table_tcp_count},
    {sockopt_table_udp, &sockopt_table_udp_count},
};

enum { BINDING, ANY, TCP, UDP, LISTS };

/* Calls EACH for every option that a socket of TYPE has; so many there are. */
static size_t for_each(int type, void (*each)(int fd, const struct sockopt *option))
{
	size_t count = 0;

	for (int list = 0; list < LISTS; list++) {
		if (list == (type == SOCK_STREAM ? UDP : TCP))
			continue;
		for (size_t i = 0; i < *lists[list].count; i++) {
			int fd = socket(AF_INET, type, 0);

			assert_true(fd >= 0);
			each(fd, &lists[list].options[i]);
			count++;
			close(fd);
		}
	}
	return count;
}

static void is_off(int fd, const struct sockopt *option)
{
	static const unsigned char zeros[BYTES];
	unsigned char value[BYTES] = {0};
	socklen_t length = sizeof value;

	if (option->form != OFF || getsockopt(fd, option->level, option->name, value, &length) != 0)
		return;
	if (memcmp(value, zeros, length) != 0)
		fail_msg("level %d, option %d is not 0 at first", option->level, option->name);
}

static void what_is_off_at_first(void **state)
{
	(void)state;
	assert_true(for_each(SOCK_STREAM, is_off) > 50);
	assert_true(for_each(SOCK_DGRAM, is_off) > 50);
}

static void is_doubled(int fd, const struct sockopt *option)
{
	if (option->form != DOUBLED)
		return;
	set_int_option(fd, option->level, option->name, 20000);
	assert_int_equal(int_option(fd, option->level, option->name), 40000);
}

static void what_is_doubled(void **state)
{
	(void)state;
	for_each(SOCK_DGRAM, is_doubled);
}

/* What says that it is on is its first number. */
static void is_on(int fd, const struct sockopt *option)
{
	struct linger linger = {1, 7};
	socklen_t length = sizeof linger;
	int value[2];

	if (option->form != ON)
		return;
	assert_int_equal(option->name, SO_LINGER);
	assert_int_equal(getsockopt(fd, option->level, option->name, value, &length), 0);
	assert_int_equal(value[0], 0);
	assert_int_equal(setsockopt(fd, option->level, option->name, &linger, sizeof linger), 0);
	assert_int_equal(getsockopt(fd, option->level, option->name, value, &length), 0);
	assert_int_equal(value[0], 1);
}

static void what_is_on(void **state)
{
	(void)state;
	for_each(SOCK_STREAM, is_on);
}

static void is_known(int fd, const struct sockopt *option)
{
	unsigned char value[BYTES];
	socklen_t length = sizeof value;

	if (getsockopt(fd, option->level, option->name, value, &length) != 0 && errno != ENOPROTOOPT &&
	    errno != EOPNOTSUPP && errno != EPERM)
		fail_msg("level %d, option %d: errno %d", option->level, option->name, errno);
}

/* Or this kernel lacks it; none is of another kind of socket. */
static void each_is_an_option(void **state)
{
	(void)state;
	for_each(SOCK_STREAM, is_known);
	for_each(SOCK_DGRAM, is_known);
}

static void each_stands_once(void **state)
{
	(void)state;
	for (int list = 0; list < LISTS; list++)
		for (size_t i = 0; i < *lists[list].count; i++)
			for (int other = 0; other <= list; other++)
				for (size_t k = 0; k < (other < list ? *lists[other].count : i); k++)
					assert_false(lists[list].options[i].level ==
							 lists[other].options[k].level &&
						     lists[list].options[i].name == lists[other].options[k].name);
}

static size_t place_of(int level, int name)
{
	for (size_t i = 0; i < sockopt_table_any_count; i++)
		if (sockopt_table_any[i].level == level && sockopt_table_any[i].name == name)
			return i;
	fail_msg("level %d, option %d is not there", level, name);
	return 0;
}

/* Some change others. */
static void in_order(void **state)
{
	enum { BUF_LOCK = 72 };

	(void)state;
	assert_true(place_of(SOL_SOCKET, BUF_LOCK) > place_of(SOL_SOCKET, SO_SNDBUF));
	assert_true(place_of(SOL_SOCKET, BUF_LOCK) > place_of(SOL_SOCKET, SO_RCVBUF));
	assert_true(place_of(SOL_SOCKET, SO_PRIORITY) > place_of(IPPROTO_IP, IP_TOS));
}

static void what_binds_is_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sockopt_table_binding_count; i++)
		assert_int_equal(sockopt_table_binding[i].form, SURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_off_at_first),
	    cmocka_unit_test(what_is_doubled),
	    cmocka_unit_test(what_is_on),
	    cmocka_unit_test(each_is_an_option),
	    cmocka_unit_test(each_stands_once),
	    cmocka_unit_test(in_order),
	    cmocka_unit_test(what_binds_is_read_back),
	};

	return cmocka_run_group_tests_name("sockopt_table", tests, private_network, NULL);
}

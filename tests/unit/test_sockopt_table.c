/* SPDX-License-Identifier: MIT */
/* The options that a swap carries over: what the table says of each is what the kernel does. */
#define _GNU_SOURCE
#include "sockets.h"

#include "socket/sockopt_table.h"

#include <linux/in.h>

enum { BYTES = 64 };

struct option {
	int level, name;
	enum option_form form;
};

static const unsigned char *const tables[] = {sockopt_table_any, sockopt_table_tcp, sockopt_table_udp};

enum { ANY, TCP, UDP, TABLES };

typedef void visitor(void *context, const struct option *option);

/* How many there are. */
static size_t for_each_of(const unsigned char *table, visitor *visit, void *context)
{
	size_t count = 0;

	while (*table != END) {
		struct option option = {.form = *table++};

		option.level = *table++;
		for (; *table != 0; table++, count++) {
			option.name = *table;
			visit(context, &option);
		}
		table++;
	}
	return count;
}

/* Calls VISIT for every option that a socket of TYPE has, with a fresh one. */
static size_t for_each(int type, visitor *visit)
{
	size_t count = 0;

	for (int table = 0; table < TABLES; table++)
		if (table != (type == SOCK_STREAM ? UDP : TCP))
			count += for_each_of(tables[table], visit, &type);
	return count;
}

static int fresh(const void *type)
{
	int fd = socket(AF_INET, *(const int *)type, 0);

	assert_true(fd >= 0);
	return fd;
}

/* On AF_INET6 sockets too. */
static void is_unset(void *context, const struct option *option)
{
	static const int one = 1;

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		unsigned char value[BYTES] = {0}, expected[BYTES] = {0};
		socklen_t length = sizeof value;
		int fd = socket(ipv6 ? AF_INET6 : AF_INET, *(int *)context, 0);

		if (option->form == ONE)
			memcpy(expected, &one, sizeof one);
		if (option->form == ONES)
			memset(expected, 0xff, sizeof expected);
		if ((option->form == OFF || option->form == ONE || option->form == ONES) &&
		    getsockopt(fd, option->level, option->name, value, &length) == 0 &&
		    memcmp(value, expected, length) != 0)
			fail_msg("level %d, option %d is otherwise at first", option->level, option->name);
		close(fd);
	}
}

static void what_need_not_be_asked(void **state)
{
	(void)state;
	assert_true(for_each(SOCK_STREAM, is_unset) > 50);
	assert_true(for_each(SOCK_DGRAM, is_unset) > 50);
}

static void is_doubled(void *context, const struct option *option)
{
	int fd = fresh(context);

	if (option->form == DOUBLED) {
		set_int_option(fd, option->level, option->name, 20000);
		assert_int_equal(int_option(fd, option->level, option->name), 40000);
	}
	close(fd);
}

static void what_is_doubled(void **state)
{
	(void)state;
	for_each(SOCK_DGRAM, is_doubled);
}

static void is_known(void *context, const struct option *option)
{
	unsigned char value[BYTES];
	socklen_t length = sizeof value;
	int fd = fresh(context);

	if (getsockopt(fd, option->level, option->name, value, &length) != 0 && errno != ENOPROTOOPT &&
	    errno != EOPNOTSUPP && errno != EPERM)
		fail_msg("level %d, option %d: errno %d", option->level, option->name, errno);
	close(fd);
}

/* Or this kernel lacks it; none is of another kind of socket. */
static void each_is_an_option(void **state)
{
	(void)state;
	for_each(SOCK_STREAM, is_known);
	for_each(SOCK_DGRAM, is_known);
}

struct sought {
	int level, name;
	size_t at, place, times;
};

static void seek(void *context, const struct option *option)
{
	struct sought *sought = context;

	if (option->level == sought->level && option->name == sought->name) {
		sought->place = sought->at;
		sought->times++;
	}
	sought->at++;
}

static void stands_once(void *context, const struct option *option)
{
	struct sought sought = {.level = option->level, .name = option->name};

	(void)context;
	for (int table = 0; table < TABLES; table++)
		for_each_of(tables[table], seek, &sought);
	assert_int_equal(sought.times, 1);
}

static void each_stands_once(void **state)
{
	(void)state;
	for_each(SOCK_STREAM, stands_once);
	for_each(SOCK_DGRAM, stands_once);
}

static size_t place_of(int level, int name)
{
	struct sought sought = {.level = level, .name = name};

	for_each_of(sockopt_table_any, seek, &sought);
	assert_int_equal(sought.times, 1);
	return sought.place;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_need_not_be_asked),
	    cmocka_unit_test(what_is_doubled),
	    cmocka_unit_test(each_is_an_option),
	    cmocka_unit_test(each_stands_once),
	    cmocka_unit_test(in_order),
	};

	return cmocka_run_group_tests_name("sockopt_table", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* getaddrinfo: what AI_ADDRCONFIG hides of a wildcard lookup, and nothing else. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "calls/getaddrinfo.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { NODES = 8 };

/* A native function that answers with ANSWER, or nothing where AI_ADDRCONFIG
 * hides it, and keeps what it was asked. */
static struct {
	const char *answer; /* a shape, or NULL */
	bool hides;
	int type; /* of socket; 0: SOCK_STREAM */
	int port, calls, flags;
} native;

static int fake_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			    struct addrinfo **result)
{
	struct addrinfo *list = NULL;

	(void)node;
	(void)service;
	native.calls++;
	native.flags = hints ? hints->ai_flags : 0;
	errno = ENOTTY;
	if (native.answer == NULL || (native.hides && (native.flags & AI_ADDRCONFIG)))
		return EAI_NONAME;
	/* From the C library, node by node, so that it can be freed. */
	for (size_t at = strlen(native.answer); at-- > 0;) {
		struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
		struct addrinfo *one;
		char port[16];

		wanted.ai_socktype = native.type ? native.type : SOCK_STREAM;
		snprintf(port, sizeof port, "%d", native.port);
		wanted.ai_family = native.answer[at] == '4' ? AF_INET : AF_INET6;
		assert_int_equal(getaddrinfo(NULL, port, &wanted, &one), 0);
		one->ai_next = list;
		list = one;
	}
	*result = list;
	errno = ENOTTY;
	return 0;
}

struct question {
	const char *node;
	int family, flags;
	const char *answer;
	bool hides;
	int port;
	const char *result; /* a shape, or NULL */
	int calls;
};

static void check_questions(const struct question *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct addrinfo hints = {.ai_family = rows[i].family, .ai_flags = rows[i].flags}, *list = NULL;
		char shape[NODES + 1] = "";
		int failure;

		native.answer = rows[i].answer;
		native.hides = rows[i].hides;
		native.port = rows[i].port;
		native.calls = 0;
		failure = call_getaddrinfo(rows[i].node, "x", rows[i].family < 0 ? NULL : &hints, &list,
					   fake_getaddrinfo);
		if ((failure != 0) != (rows[i].result == NULL))
			fail_msg("row %zu: %d", i, failure);
		assert_int_equal(native.calls, rows[i].calls);
		if (failure != 0) {
			assert_int_equal(failure, EAI_NONAME);
			assert_int_equal(errno, ENOTTY);
			continue;
		}
		for (struct addrinfo *node = list; node != NULL; node = node->ai_next)
			strcat(shape, node->ai_family == AF_INET ? "4" : "6");
		if (strcmp(shape, rows[i].result) != 0)
			fail_msg("row %zu: %s", i, shape);
		freeaddrinfo(list);
	}
}

static void the_order_stays(void **state)
{
	static const struct question rows[] = {
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 8080, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE | AI_ADDRCONFIG, "46", false, 8080, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "64", false, 8080, "64", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "4", false, 8080, "4", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 8081, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 0, "46", 1},
	    {NULL, AF_UNSPEC, 0, "46", false, 8080, "46", 1},
	    {NULL, -1, 0, "46", false, 8080, "46", 1},
	    {"localhost", AF_UNSPEC, AI_PASSIVE, "46", false, 8080, "46", 1},
	    {"0.0.0.0", AF_UNSPEC, AI_PASSIVE, "46", false, 8080, "46", 1},
	    {NULL, AF_INET, AI_PASSIVE, "46", false, 8080, "46", 1},
	    {NULL, AF_INET6, AI_PASSIVE, "46", false, 8080, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, NULL, false, 8080, NULL, 1},
	};

	(void)state;
	check_questions(rows, COUNT(rows));
}

static void what_addrconfig_hides(void **state)
{
	static const int both = AI_PASSIVE | AI_ADDRCONFIG;
	const struct question rows[] = {
	    {"0.0.0.0", AF_UNSPEC, both, "4", true, 8080, "4", 2},
	    {"0.0.0.0", AF_INET, both, "4", true, 8080, "4", 2},
	    {"0.0.0.0", AF_INET, AI_ADDRCONFIG, "4", true, 8080, "4", 2},
	    {NULL, AF_INET, both, "4", true, 8080, "4", 2},
	    {NULL, AF_UNSPEC, both, "4", true, 8080, "4", 2},
	    /* No rule; not hidden by that flag; another kind of lookup. */
	    {"0.0.0.0", AF_UNSPEC, both, "4", true, 8081, NULL, 2},
	    {"0.0.0.0", AF_UNSPEC, both, NULL, true, 8080, NULL, 2},
	    {"0.0.0.0", AF_UNSPEC, AI_PASSIVE, NULL, true, 8080, NULL, 1},
	    {"0.0.0.0", AF_INET6, both, "4", true, 8080, NULL, 1},
	    {"10.0.0.1", AF_INET, both, "4", true, 8080, NULL, 1},
	    {NULL, AF_INET, AI_ADDRCONFIG, "4", true, 8080, NULL, 1},
	};

	(void)state;
	check_questions(rows, COUNT(rows));
	assert_int_equal(native.flags & AI_ADDRCONFIG, AI_ADDRCONFIG);
}

/* What a UDP server asks: a rule for UDP brings its address back. */
static void for_datagrams(void **state)
{
	static const int both = AI_PASSIVE | AI_ADDRCONFIG;
	const struct question rows[] = {
	    {"0.0.0.0", AF_INET, both, "4", true, 8081, "4", 2},
	    {NULL, AF_UNSPEC, both, "4", true, 8081, "4", 2},
	    {NULL, AF_UNSPEC, both, "4", true, 8082, "4", 2},
	    /* A port with a rule for TCP, and one without a rule. */
	    {"0.0.0.0", AF_INET, both, "4", true, 8080, NULL, 2},
	    {"0.0.0.0", AF_INET, both, "4", true, 8083, NULL, 2},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 8081, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 8082, "46", 1},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 8080, "46", 1},
	};

	(void)state;
	native.type = SOCK_DGRAM;
	check_questions(rows, COUNT(rows));
	native.type = 0;
}

/* A lookup without a service does not tell the port: any rule may be meant. */
static void without_a_service(void **state)
{
	static const int both = AI_PASSIVE | AI_ADDRCONFIG;
	const struct question rows[] = {
	    {"0.0.0.0", AF_INET, both, "4", true, 0, "4", 2},
	    {NULL, AF_UNSPEC, both, "4", true, 0, "4", 2},
	    {NULL, AF_UNSPEC, AI_PASSIVE, "46", false, 0, "46", 1},
	    {"10.0.0.1", AF_INET, both, "4", true, 0, NULL, 1},
	};

	(void)state;
	for (int type = 0; type < 2; type++) {
		native.type = type ? SOCK_DGRAM : SOCK_STREAM;
		check_questions(rows, COUNT(rows));
	}
	native.type = 0;
}

/* Success leaves errno as the native function left it, or as it was. */
static void errno_on_success(void **state)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_ADDRCONFIG}, *list;

	(void)state;
	native.answer = "4";
	native.port = 8080;
	native.hides = true;
	assert_int_equal(call_getaddrinfo(NULL, "x", &hints, &list, fake_getaddrinfo), 0);
	freeaddrinfo(list);
}

static int start(void **state)
{
	(void)state;
	/* Read once per process. */
	return setenv("DUALBIND_ALLOW", "8080 127.0.0.1:8081 [::]:8081 8081/udp 8082/any", 1) |
	       unsetenv("DUALBIND_DRY_RUN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_order_stays),  cmocka_unit_test(what_addrconfig_hides),
	    cmocka_unit_test(for_datagrams),    cmocka_unit_test(without_a_service),
	    cmocka_unit_test(errno_on_success),
	};

	return cmocka_run_group_tests_name("lookup", tests, start, NULL);
}

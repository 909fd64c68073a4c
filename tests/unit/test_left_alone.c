/* SPDX-License-Identifier: MIT */
/* Why a socket stays as it is: what the log says, and what is kept. */
#define _GNU_SOURCE
#include "sockets.h"

#include "base/own_errno.h"
#include "bind/left_alone.h"
#include "logged.h"

#include <string.h>

static struct settings settings;
static struct bind_request request = {.settings = &settings, .fd = -1, .port = 8080, .protocol = TRANSPORT_TCP};

static int begin(void **state)
{
	(void)state;
	logged_start(&settings.log, LOG_INFO);
	logged();
	request.port = 8080;
	request.protocol = TRANSPORT_TCP;
	for (size_t i = 0; i < LEFT_ALONE_MAX; i++)
		left_alone_kept[i] = 0;
	return 0;
}

/* At which level REASON is told. */
static enum log_level level(enum reason reason, int error)
{
	for (settings.log.level = LOG_ERROR; settings.log.level <= LOG_DEBUG; settings.log.level++) {
		left_alone_forget(&request);
		left_alone_report(&request, reason, MARK_CONVERTED, error);
		if (logged()[0] != '\0')
			return settings.log.level;
	}
	return LOG_OFF;
}

static void a_line_that_is_seen(void **state)
{
	static const int seen[] = {EACCES,  EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EXDEV,
				   EREMCHG, ERINGED,    ENOKEY,        E2BIG};

	(void)state;
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EACCES);
	assert_non_null(
	    strstr(logged(), " port=8080/tcp not converted: no dual-stack socket for 0.0.0.0: EACCES\n"));
	left_alone_report(&request, SHARED, MARK_PROMOTED, 0);
	assert_non_null(strstr(logged(), "not converted: other processes hold the socket at 127.0.0.1\n"));
	left_alone_report(&request, UDP_STRANGERS, MARK_CONVERTED, 0);
	assert_non_null(strstr(logged(), "not converted: another process shares 0.0.0.0\n"));
	left_alone_report(&request, PASSED_BY, MARK_CONVERTED, 0);
	assert_non_null(strstr(logged(), "not converted: modules that do not call the library are loaded\n"));
	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
		assert_int_equal(level(NOT_TO_BE_HAD, seen[i]), LOG_INFO);
	assert_int_equal(level(NOT_TO_BE_HAD, EMFILE), LOG_ERROR);
}

/* What any program does, and what another thread may do at any time. */
static void a_line_that_is_not(void **state)
{
	static const int unseen[] = {EBADF, ENOTSOCK, ESRCH, EINTR};

	(void)state;
	assert_int_equal(level(NO_RULE, 0), LOG_DEBUG);
	assert_int_equal(level(COMPANY, 0), LOG_DEBUG);
	for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
		assert_int_equal(level(NOT_TO_BE_HAD, unseen[i]), LOG_DEBUG);
}

/* A program on such a kernel may bind often. */
static void once(void **state)
{
	(void)state;
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EFORGOTTEN);
	assert_non_null(strstr(logged(), "this kernel"));
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EACCES);
	assert_non_null(strstr(logged(), "EACCES"));
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EACCES);
	assert_string_equal(logged(), "");
	left_alone_forget(&request);
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EACCES);
	assert_non_null(strstr(logged(), "EACCES"));
	assert_int_equal(level(NOT_TO_BE_HAD, EUNTOLD), LOG_DEBUG);
}

static struct left_alone found(enum transport transport, uint16_t port)
{
	uint32_t copy[LEFT_ALONE_MAX];

	for (size_t i = 0; i < LEFT_ALONE_MAX; i++)
		copy[i] = left_alone_kept[i];
	return left_alone_find(copy, transport, port);
}

static void what_is_kept(void **state)
{
	(void)state;
	left_alone_report(&request, NOT_TO_BE_HAD, MARK_CONVERTED, EACCES);
	assert_int_equal(found(TRANSPORT_TCP, 8080).reason, NOT_TO_BE_HAD);
	assert_int_equal(found(TRANSPORT_TCP, 8080).error, EACCES);
	assert_int_equal(found(TRANSPORT_UDP, 8080).reason, NO_REASON);
	assert_int_equal(found(TRANSPORT_TCP, 8080 + LEFT_ALONE_MAX).reason, NO_REASON);
	request.protocol = TRANSPORT_UDP;
	left_alone_yielded(&request);
	assert_int_equal(found(TRANSPORT_UDP, 8080).reason, YIELDED);
	assert_int_equal(found(TRANSPORT_TCP, 8080).reason, NOT_TO_BE_HAD);
	request.port = 65535;
	left_alone_report(&request, NO_RULE, MARK_CONVERTED, 0);
	assert_int_equal(found(TRANSPORT_UDP, 65535).reason, NO_REASON);
}

static void what_is_forgotten(void **state)
{
	(void)state;
	left_alone_report(&request, COMPANY, MARK_CONVERTED, 0);
	request.port += LEFT_ALONE_MAX; /* has the same place */
	left_alone_forget(&request);
	assert_int_equal(found(TRANSPORT_TCP, 8080).reason, COMPANY);
	request.port -= LEFT_ALONE_MAX;
	left_alone_forget(&request);
	assert_int_equal(found(TRANSPORT_TCP, 8080).reason, NO_REASON);
}

/* Another process may have anything there. */
static void what_is_not_trusted(void **state)
{
	uint32_t kept[LEFT_ALONE_MAX];

	(void)state;
	memset(kept, 0xff, sizeof kept);
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		assert_int_equal(left_alone_find(kept, TRANSPORT_TCP, (uint16_t)port).reason, NO_REASON);
		assert_int_equal(left_alone_find(kept, TRANSPORT_UDP, (uint16_t)port).reason, NO_REASON);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_line_that_is_seen, begin),
	    cmocka_unit_test_setup(a_line_that_is_not, begin),
	    cmocka_unit_test_setup(once, begin),
	    cmocka_unit_test_setup(what_is_kept, begin),
	    cmocka_unit_test_setup(what_is_forgotten, begin),
	    cmocka_unit_test_setup(what_is_not_trusted, begin),
	};

	return cmocka_run_group_tests_name("not converted", tests, NULL, NULL);
}

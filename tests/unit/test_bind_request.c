/* SPDX-License-Identifier: MIT */
/* Lines of the log about a port. */
#define _GNU_SOURCE
#include "sockets.h"

#include "base/own_errno.h"
#include "bind/bind_request.h"
#include "logged.h"

static struct settings settings;
static struct bind_request request = {.settings = &settings, .fd = -1, .port = 8080, .protocol = TRANSPORT_TCP};

static void is_logged(const char *rest)
{
	char wanted[256];

	snprintf(wanted, sizeof wanted, "dualbind pid=%d port=%s\n", getpid(), rest);
	assert_string_equal(logged(), wanted);
}

static void the_address_that_was_asked_for(void **state)
{
	(void)state;
	bind_request_report(&request, LOG_INFO, "converted ", MARK_CONVERTED, " -> [::]", 0);
	is_logged("8080/tcp converted 0.0.0.0 -> [::]");
	bind_request_report(&request, LOG_INFO, "promoted ", MARK_PROMOTED, " -> [::]", 0);
	is_logged("8080/tcp promoted 127.0.0.1 -> [::]");
	bind_request_report(&request, LOG_INFO, "widened ", MARK_WIDENED, "", 0);
	is_logged("8080/tcp widened [::] (IPv6 only)");
	request.protocol = TRANSPORT_UDP;
	request.port = 65535;
	bind_request_report(&request, LOG_INFO, "converted ", MARK_MAPPED, "", 0);
	is_logged("65535/udp converted [::ffff:0.0.0.0]");
	bind_request_report(&request, LOG_INFO, "not converted", MARK_NONE, "", 0);
	is_logged("65535/udp not converted");
}

static void errors(void **state)
{
	(void)state;
	request.port = 80;
	errno = EXDEV;
	bind_request_report(&request, LOG_ERROR, "cannot convert ", MARK_CONVERTED, ": ", EADDRINUSE);
	assert_int_equal(errno, EXDEV);
	is_logged("80/udp cannot convert 0.0.0.0: EADDRINUSE");
	bind_request_report(&request, LOG_ERROR, "cannot convert ", MARK_CONVERTED, ": ", ERINGED);
	assert_null(strstr(logged(), "errno="));
}

static void of_its_level(void **state)
{
	(void)state;
	bind_request_report(&request, LOG_DEBUG, "not converted", MARK_NONE, "", 0);
	assert_string_equal(logged(), "");
	settings.log.level = LOG_DEBUG;
	bind_request_report(&request, LOG_DEBUG, "not converted", MARK_NONE, "", 0);
	is_logged("80/udp not converted");
	settings.log.level = LOG_OFF;
	bind_request_report(&request, LOG_ERROR, "not converted", MARK_NONE, "", 0);
	assert_string_equal(logged(), "");
}

static int start(void **state)
{
	(void)state;
	logged_start(&settings.log, LOG_INFO);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_address_that_was_asked_for),
	    cmocka_unit_test(errors),
	    cmocka_unit_test(of_its_level),
	};

	return cmocka_run_group_tests_name("bind_request", tests, start, NULL);
}

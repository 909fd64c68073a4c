/* SPDX-License-Identifier: MIT */
/* What was decided is done, and the log says it. */
#define _GNU_SOURCE
#include "listeners.h"

#include "bind/perform.h"
#include "logged.h"

#include <stdlib.h>
#include <sys/prctl.h>

static struct settings settings;
static struct survey survey;
static uint16_t port;

static int begin(void **state)
{
	struct allow_error error;
	char rules[16];

	(void)state;
	port = free_port();
	snprintf(rules, sizeof rules, "%u/any", port);
	memset(&survey, 0, sizeof survey);
	settings = *settings_get();
	logged_start(&settings.log, LOG_DEBUG);
	logged();
	survey.request.settings = &settings;
	return !allowlist_parse(&settings.allow, rules, &error);
}

/* FD is to bind the wildcard address of FAMILY, at PORT or at another. */
static void asks(int fd, int family, uint16_t at)
{
	struct address asked;

	survey.request.fd = fd;
	if (family == AF_INET)
		address_set_in(&asked, htonl(INADDR_ANY), at);
	else
		address_set_in6(&asked, &in6addr_any, at);
	survey_at(&survey, &asked);
	assert_true(survey_begin(&survey, TO_BIND));
}

static bool told(const char *words)
{
	return strstr(logged(), words) != NULL;
}

static void a_conversion(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd);

	(void)state;
	asks(fd, AF_INET, port);
	assert_true(perform(&survey));
	assert_int_equal(domain_of(fd), AF_INET6);
	assert_int_equal(port_of(fd), port);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	assert_int_equal(inode_of(copy), inode_of(fd));
	assert_true(told("/tcp converted 0.0.0.0 -> [::]\n"));
	close(copy);
	close(fd);
}

static void a_dry_run(void **state)
{
	int fd = new_socket(AF_INET);

	(void)state;
	settings.dry_run = true;
	asks(fd, AF_INET, port);
	assert_false(perform(&survey));
	assert_true(survey.told);
	assert_int_equal(domain_of(fd), AF_INET);
	assert_int_equal(port_of(fd), 0);
	assert_true(told("/tcp would convert 0.0.0.0 -> [::]\n"));
	close(fd);
}

static void the_reason_why_not(void **state)
{
	int fd = new_socket(AF_INET), other = new_socket(AF_INET6);

	(void)state;
	asks(fd, AF_INET, port == 65535 ? 1 : (uint16_t)(port + 1));
	assert_false(perform(&survey));
	assert_true(told("not converted: no rule allows 0.0.0.0\n"));
	set_int_option(other, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(other, AF_INET6, port), 0);
	asks(fd, AF_INET, port);
	assert_false(perform(&survey));
	assert_true(told("not converted: the program serves this port itself\n"));
	assert_int_equal(domain_of(fd), AF_INET);
	close(other);
	close(fd);
}

/* Another process has the port over IPv6: no dual-stack socket is to be had. */
static void a_port_that_is_taken(void **state)
{
	int fd = new_socket(AF_INET), ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		int taken = new_socket(AF_INET6);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_int_option(taken, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		if (try_bind(taken, AF_INET6, port) == 0 && write(ends[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	asks(fd, AF_INET, port);
	assert_false(perform(&survey));
	assert_string_equal(logged(), ""); /* the program's own call may fail too */
	perform_report(&survey);
	assert_true(told("not converted: no dual-stack socket for 0.0.0.0: EADDRINUSE\n"));
	perform_report(&survey);
	assert_string_equal(logged(), "");
	assert_int_equal(domain_of(fd), AF_INET);
	assert_int_equal(port_of(fd), 0);
	end_child(child);
	close(ends[0]);
	close(ends[1]);
	close(fd);
}

/* The program binds :: where it has 0.0.0.0: that is its own again. */
static void one_that_yields(void **state)
{
	int ours = listening(AF_INET, port), fd = new_socket(AF_INET6);
	ino_t inode = inode_of(ours);
	struct plan plan;

	(void)state;
	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(domain_of(ours), AF_INET6);
	asks(fd, AF_INET6, port);
	plan = perform_decide(&survey);
	assert_int_equal(plan.yielding, AT_PORT_CONVERTED);
	perform_yielding(&survey, &plan);
	assert_int_equal(domain_of(ours), AF_INET);
	assert_int_equal(port_of(ours), port);
	assert_int_not_equal(survey.yielded, 0);
	assert_false(survey.kept);
	assert_int_equal(survey.listener, inode);
	assert_true(told("yielded [::] -> 0.0.0.0\n"));
	close(ours);
	close(fd);
}

/* A client waits at it: it stays, and the program's socket is bound beside it. */
static void one_that_is_in_use(void **state)
{
	int ours = listening(AF_INET, port), client = connect_to(AF_INET, port), fd = new_socket(AF_INET6);
	struct plan plan;

	(void)state;
	assert_true(client >= 0);
	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	asks(fd, AF_INET6, port);
	plan = perform_decide(&survey);
	perform_yielding(&survey, &plan);
	assert_int_equal(domain_of(ours), AF_INET6);
	assert_true(survey.kept);
	assert_int_equal(plan.verb, BIND_BESIDE);
	assert_true(plan.apart);
	assert_int_equal(plan.keeping, AT_PORT_CONVERTED);
	close(client);
	close(ours);
	close(fd);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state) || settings_get() == NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_conversion, begin),       cmocka_unit_test_setup(a_dry_run, begin),
	    cmocka_unit_test_setup(the_reason_why_not, begin), cmocka_unit_test_setup(a_port_that_is_taken, begin),
	    cmocka_unit_test_setup(one_that_yields, begin),    cmocka_unit_test_setup(one_that_is_in_use, begin),
	};

	return cmocka_run_group_tests_name("perform", tests, start, NULL);
}

/* SPDX-License-Identifier: MIT */
/* One notified call after the other, of a child: what is decided, done and answered. */
#define _GNU_SOURCE
#include "skip.h"
#include "sockets.h"

#include "logged.h"
#include "supervisable.h"
#include "supervise/judge.h"
#include "supervise/notify.h"
#include "waiting.h"

#include <stdio.h>

enum { CONVERTED = 42, NATIVE = 43 };

static struct settings settings;
static struct making making;
static uint16_t port;
static int fd;

/* What answers have been given. */
static struct {
	unsigned made, gone_on;
	int error; /* of the last one that was made */
	pid_t begun;
} seen;

static int begin(void **state)
{
	struct allow_error error;
	char rules[16];

	(void)state;
	port = free_port();
	snprintf(rules, sizeof rules, "%u/any", port);
	memset(&settings, 0, sizeof settings);
	settings.pool = pool_default();
	memset(&seen, 0, sizeof seen);
	logged_start(&settings.log, LOG_INFO);
	logged();
	judge_start(CONVERTS_ALL, NULL);
	return !allowlist_parse(&settings.allow, rules, &error);
}

/* The status of a child that runs CALL after PREPARE, each of its calls being decided. */
static int status_of(void (*prepare)(void), void (*call)(void))
{
	struct waiting waiting;
	struct answer answer;
	unsigned before;

	assert_true(waiting_start(&waiting, prepare, call));
	before = open_descriptors();
	do {
		making.thread = 0;
		errno = EXDEV;
		answer = notify_decide(waiting.listener, &waiting.notification, &settings, &making);
		assert_int_equal(errno, EXDEV);
		assert_int_equal(open_descriptors(), before);
		seen.gone_on += answer.continues;
		seen.made += !answer.continues;
		seen.error = answer.continues ? seen.error : answer.error;
		seen.begun = making.thread != 0 ? making.thread : seen.begun;
		answer_send(waiting.listener, waiting.notification.id, answer);
	} while (waiting_next(&waiting));
	return waiting_end(&waiting);
}

static void have_stream(void)
{
	fd = socket(AF_INET, SOCK_STREAM, 0);
}

static void have_datagrams(void)
{
	fd = socket(AF_INET, SOCK_DGRAM, 0);
}

static void end_by_family(void)
{
	_exit(domain_of(fd) == AF_INET6 ? CONVERTED : NATIVE);
}

static void serve(void)
{
	if (try_bind(fd, AF_INET, port) != 0 || listen(fd, 4) != 0)
		_exit(1);
	end_by_family();
}

static void a_listener_is_converted(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_stream, serve), CONVERTED);
	assert_int_equal(seen.made, 2);
	assert_int_equal(seen.error, 0);
	assert_true(seen.begun != 0 && seen.begun != getpid()); /* another worker may answer it */
	assert_non_null(strstr(logged(), "converted 0.0.0.0"));
}

static void no_rule_covers_it(void **state)
{
	(void)state;
	settings.allow.entries[0].low = settings.allow.entries[0].high = port == 65535 ? 1 : (uint16_t)(port + 1);
	assert_int_equal(status_of(have_stream, serve), NATIVE);
	assert_int_equal(seen.gone_on, 1); /* the listen is looked at, since its port was not known */
	assert_string_equal(logged(), "");
}

static void only_for_other_programs(void **state)
{
	struct allow_error error;
	char rules[32];

	(void)state;
	snprintf(rules, sizeof rules, "other@%u", port);
	assert_true(allowlist_parse(&settings.allow, rules, &error));
	assert_int_equal(status_of(have_stream, serve), NATIVE);
	assert_int_equal(seen.made, 0);
}

static void a_dry_run(void **state)
{
	(void)state;
	settings.dry_run = true;
	assert_int_equal(status_of(have_stream, serve), NATIVE);
	assert_non_null(strstr(logged(), "would convert 0.0.0.0"));
}

/* It would not be shown IPv4 addresses. */
static void a_program_that_may_not_expect_it(void **state)
{
	const char *lines;

	(void)state;
	judge_start(CONVERTS_KNOWN, NULL);
	assert_int_equal(status_of(have_stream, serve), NATIVE);
	assert_int_equal(seen.made, 0);
	lines = logged();
	assert_non_null(strstr(lines, "not converted: 0.0.0.0 stays IPv4: "));
	assert_ptr_equal(strchr(lines, '\n') + 1, lines + strlen(lines)); /* one line */
}

static void bind_alone(void)
{
	if (try_bind(fd, AF_INET, port) != 0)
		_exit(1);
	end_by_family();
}

static void datagrams_go_on(void **state)
{
	(void)state;
	settings.log.level = LOG_ERROR;
	assert_int_equal(status_of(have_datagrams, bind_alone), NATIVE);
	assert_int_equal(seen.made, 0);
	assert_non_null(strstr(logged(), "/udp the rule does nothing: UDP takes the library"));
	/* Once that is an error. */
	assert_int_equal(status_of(have_datagrams, bind_alone), NATIVE);
	assert_string_equal(logged(), "");
}

/* What the kernel refuses stays the kernel's to refuse. */
static void bind_badly(void)
{
	struct sockaddr_storage any;
	socklen_t length = fill_address(&any, AF_INET, false, port);

	if (bind(fd, (struct sockaddr *)&any, 1) == 0 || errno != EINVAL)
		_exit(1);
	if (bind(fd, (struct sockaddr *)&any, sizeof any + 1) == 0 || errno != EINVAL)
		_exit(2);
	if (syscall(SYS_bind, fd, 8L, (long)length) == 0 || errno != EFAULT)
		_exit(3);
	if (bind(-1, (struct sockaddr *)&any, length) == 0 || errno != EBADF)
		_exit(4);
	if (bind(STDOUT_FILENO, (struct sockaddr *)&any, length) == 0 || errno != ENOTSOCK)
		_exit(5);
	end_by_family();
}

static void bad_calls(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_stream, bind_badly), NATIVE);
	assert_int_equal(seen.made, 0);
	assert_int_equal(seen.gone_on, 5);
}

static void have_taken(void)
{
	int other = socket(AF_INET, SOCK_STREAM, 0);

	have_stream();
	if (try_bind(other, AF_INET, port) != 0 || listen(other, 4) != 0)
		_exit(1);
}

static void bind_in_vain(void)
{
	if (try_bind(fd, AF_INET, port) == 0 || errno != EADDRINUSE)
		_exit(1);
	end_by_family();
}

static void a_port_that_is_taken(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_taken, bind_in_vain), NATIVE);
	assert_int_equal(seen.made, 1);
	assert_int_equal(seen.error, EADDRINUSE);
}

static void have_another_network(void)
{
	have_stream();
	enter_network(0);
}

/* What the supervisor makes would be of its own. */
static void a_socket_of_another_network(void **state)
{
	struct waiting waiting;
	struct answer answer;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	assert_true(waiting_start(&waiting, have_another_network, bind_alone));
	assert_true(enter_network(0)); /* of neither */
	answer = notify_decide(waiting.listener, &waiting.notification, &settings, &making);
	assert_true(answer.continues);
	assert_non_null(strstr(logged(), "not converted: a socket of another network namespace"));
	waiting_kill(&waiting);
}

/* It is interrupted, or killed, before it has an answer. */
static void a_process_that_has_ended(void **state)
{
	struct waiting waiting;
	struct answer answer;

	(void)state;
	assert_true(waiting_start(&waiting, have_stream, serve));
	kill(waiting.child, SIGKILL);
	assert_int_equal(waitpid(waiting.child, NULL, 0), waiting.child);
	answer = notify_decide(waiting.listener, &waiting.notification, &settings, &making);
	assert_true(answer.continues);
	assert_string_equal(logged(), "");
	close(waiting.listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_listener_is_converted, begin),
	    cmocka_unit_test_setup(no_rule_covers_it, begin),
	    cmocka_unit_test_setup(only_for_other_programs, begin),
	    cmocka_unit_test_setup(a_dry_run, begin),
	    cmocka_unit_test_setup(a_program_that_may_not_expect_it, begin),
	    cmocka_unit_test_setup(datagrams_go_on, begin),
	    cmocka_unit_test_setup(bad_calls, begin),
	    cmocka_unit_test_setup(a_port_that_is_taken, begin),
	    cmocka_unit_test_setup(a_process_that_has_ended, begin),
	    cmocka_unit_test_setup(a_socket_of_another_network, begin),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("notify", tests, private_network, NULL);
}

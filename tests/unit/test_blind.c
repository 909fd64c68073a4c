/* SPDX-License-Identifier: MIT */
/* A child whose sockets are not taken: what bind has told, and what listen finds of it. */
#define _GNU_SOURCE
#include "sockets.h"

#include "logged.h"
#include "ring.h"
#include "supervisable.h"
#include "supervise/blind.h"
#include "supervise/judge.h"
#include "waiting.h"

#include <stdio.h>
#include <sys/epoll.h>

enum { CONVERTED = 42, NATIVE = 43 };

static struct settings settings;
static uint16_t port;
static int fd;

static int begin(void **state)
{
	struct allow_error error;
	char rules[16];

	(void)state;
	port = free_port();
	snprintf(rules, sizeof rules, "%u", port);
	memset(&settings, 0, sizeof settings);
	settings.pool = pool_default();
	logged_start(&settings.log, LOG_INFO);
	logged();
	judge_start(CONVERTS_ALL, NULL);
	return !allowlist_parse(&settings.allow, rules, &error);
}

static void decide(struct waiting *waiting, bool listens)
{
	struct target target;
	struct address asked;
	struct answer answer;

	assert_true(target_enter(&target, waiting->listener, &waiting->notification, &settings));
	address_set_in(&asked, htonl(INADDR_ANY), port);
	answer = listens ? blind_listen(&target, (int)waiting->notification.data.args[0], EPERM)
			 : blind_bind(&target, (int)waiting->notification.data.args[0], &asked);
	target_leave(&target);
	assert_true(answer.continues);
	answer_send(waiting->listener, waiting->notification.id, answer);
}

/* The status of a child that makes its calls after PREPARE. */
static int status_of(void (*prepare)(void), void (*call)(void))
{
	struct waiting waiting;
	unsigned before;

	assert_true(waiting_start(&waiting, prepare, call));
	before = open_descriptors();
	do {
		decide(&waiting, waiting.notification.data.nr == SYS_listen);
		assert_int_equal(open_descriptors(), before);
	} while (waiting_next(&waiting));
	return waiting_end(&waiting);
}

static void have_plain_socket(void)
{
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static void have_socket(void)
{
	have_plain_socket();
	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

static void have_two_numbers(void)
{
	have_socket();
	dup(fd);
}

static void have_epoll(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	have_socket();
	epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, fd, &event);
}

static void have_ring(void)
{
	struct ring ring;

	have_socket();
	if (ring_begin(&ring) != 0 || ring_register(&ring, &fd, 1) != 0)
		dup(fd); /* a kernel without */
}

static void end_by_family(void)
{
	if (fcntl(fd, F_GETFD) != FD_CLOEXEC || (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0)
		_exit(2);
	_exit(domain_of(fd) == AF_INET6 ? CONVERTED : NATIVE);
}

static void serve(void)
{
	if (try_bind(fd, AF_INET, port) != 0 || listen(fd, 4) != 0)
		_exit(1);
	if (domain_of(fd) == AF_INET6 && (port_of(fd) != port || int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0 ||
					  int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 1))
		_exit(3);
	end_by_family();
}

static bool told(const char *words)
{
	return strstr(logged(), words) != NULL;
}

static void a_new_socket_takes_its_place(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_socket, serve), CONVERTED);
	assert_true(told("converted at listen without seeing the socket (CAP_SYS_PTRACE is missing)"));
}

static void a_dry_run(void **state)
{
	(void)state;
	settings.dry_run = true;
	assert_int_equal(status_of(have_socket, serve), NATIVE);
	assert_true(told("would convert 0.0.0.0 -> [::]"));
}

/* Then no other has a place beside it. */
static void one_without_reuse(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_plain_socket, serve), NATIVE);
	assert_true(told("there is no dual-stack socket beside 0.0.0.0: EADDRINUSE"));
}

/* What only the socket itself could take along. */
static void one_that_is_referred_to(void **state)
{
	static const char busy[] = "there is no dual-stack socket beside 0.0.0.0: EBUSY";

	(void)state;
	assert_int_equal(status_of(have_two_numbers, serve), NATIVE);
	assert_true(told(busy));
	assert_int_equal(status_of(have_epoll, serve), NATIVE);
	assert_true(told(busy));
	assert_int_equal(status_of(have_ring, serve), NATIVE);
	assert_true(told(busy));
}

static void no_rule_covers_it(void **state)
{
	(void)state;
	settings.allow.count = 0;
	assert_int_equal(status_of(have_socket, serve), NATIVE);
	assert_true(told("not converted: cannot look into it (its sockets: EPERM)"));
}

/* The note is of the socket, not of its number. */
static void listen_on_another(void)
{
	int other;

	if (try_bind(fd, AF_INET, port) != 0)
		_exit(1);
	other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (dup3(other, fd, O_CLOEXEC) < 0 || close(other) != 0 || listen(fd, 4) != 0)
		_exit(1);
	end_by_family();
}

static void another_socket_at_its_number(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_socket, listen_on_another), NATIVE);
	assert_true(told("not converted: cannot look into it"));
}

/* It was not bound there after all: the port is free. */
static void listen_alone(void)
{
	struct sockaddr_storage elsewhere;
	socklen_t length = fill_address(&elsewhere, AF_INET, true, 0);

	if (bind(fd, (struct sockaddr *)&elsewhere, length) != 0 || listen(fd, 4) != 0)
		_exit(1);
	end_by_family();
}

static void a_bind_that_has_failed(void **state)
{
	(void)state;
	assert_int_equal(status_of(have_socket, listen_alone), NATIVE);
	assert_true(told("there is no dual-stack socket beside 0.0.0.0: EADDRNOTAVAIL"));
}

static void once_for_each_program(void **state)
{
	struct target target = {.process = 7, .uid = geteuid()};

	(void)state;
	target.settings = settings;
	blind_say(&target, "its memory", NULL, EPERM);
	assert_true(told("not converted: cannot look into it (its memory: EPERM): dualbind lacks CAP_SYS_PTRACE"));
	blind_say(&target, "its sockets", NULL, EPERM);
	assert_string_equal(logged(), "");
	target.process = 8;
	target.uid = geteuid() + 1;
	blind_say(&target, "its memory", NULL, EPERM);
	assert_true(told("it runs as another user and dualbind lacks CAP_SYS_PTRACE; start it as: "));
	target.process = 9;
	blind_say(&target, "its user's rights", "something else is missing", EPERM);
	assert_true(told("(its user's rights: EPERM): something else is missing; start it as: "));
	/* If the library probably serves it, that is no error. */
	judge_start(CONVERTS_UNLOADED, "/lib/libdualbind.so");
	target.process = 10;
	target.settings.log.level = LOG_ERROR;
	blind_say(&target, "its memory", NULL, EPERM);
	assert_string_equal(logged(), "");
	target.process = 11;
	target.settings.log.level = LOG_INFO;
	blind_say(&target, "its memory", NULL, EPERM);
	assert_true(told("; if it loads the library, that serves it, otherwise start it as: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_new_socket_takes_its_place, begin),
	    cmocka_unit_test_setup(a_dry_run, begin),
	    cmocka_unit_test_setup(one_without_reuse, begin),
	    cmocka_unit_test_setup(one_that_is_referred_to, begin),
	    cmocka_unit_test_setup(no_rule_covers_it, begin),
	    cmocka_unit_test_setup(another_socket_at_its_number, begin),
	    cmocka_unit_test_setup(a_bind_that_has_failed, begin),
	    cmocka_unit_test_setup(once_for_each_program, begin),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("blind", tests, private_network, NULL);
}

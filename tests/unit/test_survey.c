/* SPDX-License-Identifier: MIT */
/* What is known of a socket that binds, and of what its process has at the port. */
#define _GNU_SOURCE
#include "listeners.h"

#include "bind/survey.h"
#include "swap/sock_refs.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

static struct survey survey;
static uint16_t port;

static int begin(void **state)
{
	(void)state;
	port = free_port();
	memset(&survey, 0, sizeof survey);
	survey.request.settings = settings_get();
	return survey.request.settings == NULL;
}

/* FD, which is to bind the wildcard address of FAMILY at the port. */
static bool looks_at(int fd, int family)
{
	struct address asked;

	survey.request.fd = fd;
	if (family == AF_INET)
		address_set_in(&asked, htonl(INADDR_ANY), port);
	else
		address_set_in6(&asked, &in6addr_any, port);
	survey_at(&survey, &asked);
	return survey_begin(&survey, TO_BIND);
}

static void the_socket_itself(void **state)
{
	int fd = new_socket(AF_INET), ends[2];

	(void)state;
	assert_true(looks_at(fd, AF_INET));
	assert_int_equal(survey.request.protocol, TRANSPORT_TCP);
	assert_int_equal(survey.request.port, port);
	assert_int_equal(survey.place, PLACE_ANY4);
	assert_int_equal(survey.self.inode, inode_of(fd));
	assert_int_equal(survey.self.mark, MARK_NONE);
	assert_int_equal(survey.known, 0);
	close(fd);
	assert_false(looks_at(fd, AF_INET));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_false(looks_at(ends[0], AF_INET));
	close(ends[0]);
	close(ends[1]);
}

static void where_it_is_asked_for(void **state)
{
	static const struct {
		const char *ip;
		enum place place;
	} rows[] = {{"0.0.0.0", PLACE_ANY4},
		    {"127.0.0.1", PLACE_LOOPBACK4},
		    {"127.0.0.2", PLACE_OTHER4},
		    {"192.0.2.1", PLACE_OTHER4},
		    {"::", PLACE_ANY6},
		    {"::1", PLACE_OTHER6},
		    {"2001:db8::1", PLACE_OTHER6},
		    {"::ffff:0.0.0.0", PLACE_ANY4},
		    {"::ffff:192.0.2.1", PLACE_OTHER4}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct address asked;
		struct in6_addr ip6;
		struct in_addr ip4;

		if (inet_pton(AF_INET, rows[i].ip, &ip4) == 1)
			address_set_in(&asked, ip4.s_addr, port);
		else if (inet_pton(AF_INET6, rows[i].ip, &ip6) == 1)
			address_set_in6(&asked, &ip6, port);
		survey_at(&survey, &asked);
		assert_int_equal(survey.place, rows[i].place);
		assert_int_equal(survey.request.port, port);
	}
}

/* The program's other sockets: each kind is a bit, however many there are. */
static void what_is_at_the_port(void **state)
{
	int fd = new_socket(AF_INET), ours, other = new_socket(AF_INET6);

	(void)state;
	assert_true(looks_at(fd, AF_INET));
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.known, AT_PORT);
	assert_int_equal(survey.at_port, 0);
	ours = listening(AF_INET, port);
	assert_true(looks_at(other, AF_INET6));
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.at_port, AT_PORT_CONVERTED);
	assert_int_equal(survey.ours.inode, inode_of(ours));
	assert_false(survey.several);
	close(ours);
	assert_true(looks_at(fd, AF_INET));
	set_int_option(other, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(other, AF_INET6, port), 0);
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.at_port, AT_PORT_IPV6_ANY);
	close(other);
	/* It is not its own company, nor is a socket of another port or protocol. */
	assert_int_equal(try_bind(fd, AF_INET, port), 0);
	other = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(try_bind(other, AF_INET, port), 0);
	ours = listening(AF_INET, free_port());
	assert_true(looks_at(fd, AF_INET));
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.at_port, 0);
	close(ours);
	close(other);
	close(fd);
}

/* Ours are no company to a socket of 0.0.0.0, and behind one that was seen others are left out: but not what
 * stands among them. */
static void ours_are_left_out(void **state)
{
	int fd = new_socket(AF_INET), before[] = {listening(AF_INET, free_port()), listening(AF_INET, free_port())},
	    own = new_socket(AF_INET6), after = listening(AF_INET, free_port());

	(void)state;
	set_int_option(own, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(own, AF_INET6, port), 0);
	assert_true(looks_at(fd, AF_INET));
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.at_port, AT_PORT_IPV6_ANY);
	close(before[0]);
	close(before[1]);
	close(own);
	close(after);
	close(fd);
}

/* More than one, and more than any list would hold. */
static void many_at_the_port(void **state)
{
	enum { MEMBERS = 40 };
	int fd = new_socket(AF_INET6), members[MEMBERS];

	(void)state;
	for (int i = 0; i < MEMBERS; i++)
		members[i] = listening_in_group(AF_INET, port);
	assert_true(looks_at(fd, AF_INET6));
	survey_look(&survey, AT_PORT);
	assert_int_equal(survey.at_port, AT_PORT_CONVERTED);
	assert_true(survey.several);
	for (int i = 1; i < MEMBERS; i++)
		close(members[i]);
	members[1] = dup(members[0]); /* a second number is no second socket */
	survey_look(&survey, AT_PORT);
	assert_false(survey.several);
	close(members[0]);
	close(members[1]);
	close(fd);
}

/* The same walk notes what refers to the socket. */
static void references_to_it(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd), epfd = epoll_create1(EPOLL_CLOEXEC);
	bool seen = false;

	(void)state;
	assert_true(looks_at(fd, AF_INET));
	survey_look(&survey, AT_PORT);
	assert_true(survey.refs.whole);
	assert_false(survey.refs.has_ring);
	for (size_t i = 0; i < survey.refs.count; i++)
		seen =
		    seen || (survey.refs.each[i].kind == DESCRIPTOR_SOCKET && survey.refs.each[i].number == copy);
	assert_true(seen);
	close(epfd);
	close(copy);
	close(fd);
}

/* The bit for each kind of socket at the port. */
static void kinds(void **state)
{
	struct sock sock = {.mark = MARK_NONE};

	(void)state;
	address_set_in(&sock.local, htonl(INADDR_ANY), port);
	assert_int_equal(survey_kind(&sock), AT_PORT_IPV4_ANY);
	address_set_in(&sock.local, htonl(INADDR_LOOPBACK), port);
	assert_int_equal(survey_kind(&sock), AT_PORT_IPV4);
	address_set_in6(&sock.local, &in6addr_loopback, port);
	assert_int_equal(survey_kind(&sock), AT_PORT_IPV6);
	sock.mark = MARK_CONVERTED; /* a connection, or to call an IPv6 peer: the program's is an AF_INET one */
	assert_int_equal(survey_kind(&sock), AT_PORT_IPV4);
	address_set_in6(&sock.local, &in6addr_any, port);
	for (int mark = MARK_CONVERTED; mark <= MARK_WIDENED; mark++) {
		sock.mark = (enum mark)mark;
		assert_int_equal(survey_kind(&sock), 1U << mark);
		assert_true((survey_kind(&sock) & AT_PORT_OURS) != 0);
	}
}

/* Another process that has it, and one that has not. */
static void who_holds_it(void **state)
{
	int fd = new_socket(AF_INET);
	pid_t child;

	(void)state;
	assert_int_equal(try_bind(fd, AF_INET, port), 0);
	survey.request.fd = fd;
	assert_true(survey_begin(&survey, TO_LISTEN));
	survey_look(&survey, SHARERS);
	assert_int_equal(survey.known, SHARERS);
	assert_false(survey.shared);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	survey_look(&survey, SHARERS);
	assert_true(survey.shared);
	end_child(child);
	close(fd);
}

static void the_process(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_true(looks_at(fd, AF_INET));
	assert_int_equal(survey.request.protocol, TRANSPORT_UDP);
	survey_look(&survey, PROC);
	assert_true(survey.has_proc);
	port = 1;
	assert_true(looks_at(fd, AF_INET));
	survey_look(&survey, PORT_RANGE);
	assert_false(survey.ephemeral);
	survey.request.port = 0;
	assert_int_equal(try_bind(fd, AF_INET, 0), 0);
	survey.request.port = port_of(fd); /* the kernel has chosen it */
	survey_look(&survey, PORT_RANGE);
	assert_true(survey.ephemeral);
	survey_look(&survey, STRANGERS);
	assert_false(survey.strangers);
	assert_int_equal(survey.known, PORT_RANGE | STRANGERS);
	close(fd);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_socket_itself, begin),
	    cmocka_unit_test_setup(where_it_is_asked_for, begin),
	    cmocka_unit_test_setup(what_is_at_the_port, begin),
	    cmocka_unit_test_setup(ours_are_left_out, begin),
	    cmocka_unit_test_setup(many_at_the_port, begin),
	    cmocka_unit_test_setup(references_to_it, begin),
	    cmocka_unit_test_setup(kinds, begin),
	    cmocka_unit_test_setup(who_holds_it, begin),
	    cmocka_unit_test_setup(the_process, begin),
	};

	return cmocka_run_group_tests_name("survey", tests, start, NULL);
}

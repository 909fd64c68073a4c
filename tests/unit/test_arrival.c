/* SPDX-License-Identifier: MIT */
/* A message that was received, and what the program gets of it: buffers, names, lengths. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/arrival.h"

#include <limits.h>
#include <sys/wait.h>

enum { HEADER = sizeof(struct cmsghdr), FILLING = 0xa5 };

/* Whether there is something to present, in a process with RULES. */
static bool starts_with(const char *rules, int flags)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct arrival arrival;

		setenv("DUALBIND_ALLOW", rules, 1);
		_exit(arrival_start(&arrival, 0, flags));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

/* On TCP only an error queue has names. It comes first: afterwards this process has read its
 * own rules. */
static void what_may_be_presented(void **state)
{
	(void)state;
	assert_false(starts_with("", 0));
	assert_false(starts_with("malformed", MSG_ERRQUEUE));
	assert_false(starts_with("8080", 0));
	assert_true(starts_with("8080", MSG_ERRQUEUE));
	assert_true(starts_with("8080/udp", 0));
	assert_true(starts_with("other@8080/udp", 0)); /* a socket may be inherited */
	assert_false(starts_with("[::]:8080/udp", 0));
}

static size_t bytes_for(size_t offered)
{
	static _Alignas(struct cmsghdr) unsigned char control[2 * CMSG_TRANSLATE_BYTES];
	struct msghdr message = {.msg_control = control, .msg_controllen = offered};

	return arrival_control_bytes(&message);
}

static void room_for_ancillary_data(void **state)
{
	struct msghdr none = {.msg_controllen = 64};

	(void)state;
	assert_int_equal(arrival_control_bytes(&none), 0);
	assert_int_equal(bytes_for(0), 0);
	assert_int_equal(bytes_for(HEADER - 1), 0); /* not even an item's header fits */
	assert_int_equal(bytes_for(CMSG_TRANSLATE_BYTES), 0);
	assert_int_equal(bytes_for(CMSG_TRANSLATE_BYTES + 1), 0);
	for (size_t offered = HEADER; offered < CMSG_TRANSLATE_BYTES; offered++) {
		size_t bytes = bytes_for(offered), wanted = CMSG_ALIGN(offered) + CMSG_TRANSLATE_GROWTH;

		assert_int_equal(bytes, wanted < CMSG_TRANSLATE_BYTES ? wanted : CMSG_TRANSLATE_BYTES);
	}
}

/* What the kernel is given: the program's buffers where an AF_INET6 name fits, or ours. */
static void buffers(void **state)
{
	struct sockaddr_in6 own, large;
	struct sockaddr_in small;
	_Alignas(struct cmsghdr) unsigned char control[64], ours[CMSG_TRANSLATE_BYTES];
	struct msghdr message = {.msg_name = &small, .msg_namelen = sizeof small}, given = message;

	(void)state;
	arrival_prepare(&message, &given, &own, ours);
	assert_ptr_equal(given.msg_name, &own);
	assert_int_equal(given.msg_namelen, sizeof own);
	assert_ptr_equal(given.msg_control, NULL);
	message = given = (struct msghdr){.msg_name = &large, .msg_namelen = sizeof large};
	arrival_prepare(&message, &given, &own, ours);
	assert_ptr_equal(given.msg_name, &large);
	message = given = (struct msghdr){.msg_control = control, .msg_controllen = sizeof control};
	arrival_prepare(&message, &given, &own, ours);
	assert_null(given.msg_name);
	assert_ptr_equal(given.msg_control, ours);
	assert_int_equal(given.msg_controllen, arrival_control_bytes(&message));
	/* What the kernel refuses it is to refuse. */
	message = given = (struct msghdr){.msg_name = &small, .msg_namelen = (socklen_t)INT_MAX + 1};
	arrival_prepare(&message, &given, &own, ours);
	assert_ptr_equal(given.msg_name, &small);
	assert_int_equal(given.msg_namelen, (socklen_t)INT_MAX + 1);
}

/* What a program with CAPACITY bytes for the name gets of NAME at FD. */
static struct address shown(int fd, const struct address *name, socklen_t capacity, enum outcome *outcome)
{
	struct arrival arrival;
	struct address seen = {.length = 0}, copy = *name;
	struct msghdr received = {.msg_name = &copy.any, .msg_namelen = name->length, .msg_flags = MSG_TRUNC};
	struct msghdr message = {.msg_name = &seen.any, .msg_namelen = capacity};

	memset(&seen.in6, FILLING, sizeof seen.in6);
	assert_true(arrival_start(&arrival, fd, 0));
	*outcome = arrival_show(&arrival, &received, &message);
	assert_int_equal(message.msg_flags, MSG_TRUNC);
	seen.length = message.msg_namelen;
	return seen;
}

static void names_on_a_marked_socket(void **state)
{
	struct address mapped = peer6("::ffff:192.0.2.1", 0, 5000), wanted = peer4("192.0.2.1", 5000);
	struct address far = peer6("2001:db8::1", 0, 5000), ipv4 = peer4("192.0.2.1", 5000), seen;
	int fd = marked_datagram(0);
	enum outcome outcome;

	(void)state;
	seen = shown(fd, &mapped, sizeof wanted.in, &outcome);
	assert_int_equal(outcome, DELIVERED);
	assert_true(same_address(&seen, &wanted));
	seen = shown(fd, &far, sizeof seen.in6, &outcome);
	assert_int_equal(outcome, DELIVERED);
	assert_int_equal(seen.length, sizeof seen.in);
	assert_int_equal(seen.any.sa_family, AF_INET);
	assert_int_equal(address_port(&seen), 5000);
	/* Cut as the kernel cuts it, and the whole length told. */
	seen = shown(fd, &mapped, 4, &outcome);
	assert_int_equal(seen.length, sizeof wanted.in);
	assert_memory_equal(&seen.in, &wanted.in, 4);
	assert_int_equal(((unsigned char *)&seen.in)[4], FILLING);
	/* For an AF_INET name nothing is asked, on any socket. */
	seen = shown(-1, &ipv4, sizeof seen.in6, &outcome);
	assert_true(same_address(&seen, &ipv4));
	close(fd);
}

static void names_on_another_socket(void **state)
{
	struct address mapped = peer6("::ffff:192.0.2.1", 0, 5000), far = peer6("2001:db8::1", 7, 5000), seen;
	int fd = new_datagram(AF_INET6);
	enum outcome outcome;

	(void)state;
	seen = shown(fd, &mapped, sizeof seen.in6, &outcome);
	assert_int_equal(outcome, DELIVERED);
	assert_true(same_address(&seen, &mapped));
	seen = shown(fd, &far, sizeof seen.in, &outcome);
	assert_int_equal(seen.length, sizeof seen.in6);
	assert_memory_equal(&seen.in6, &far.in6, sizeof seen.in);
	close(fd);
}

/* The mark is asked for once for all messages of a call. */
static void the_socket_is_asked_once(void **state)
{
	struct address mapped = peer6("::ffff:192.0.2.1", 0, 5000), seen;
	struct msghdr received = {.msg_name = &mapped.any, .msg_namelen = mapped.length};
	struct msghdr message = {.msg_name = &seen.any, .msg_namelen = sizeof seen.in6};
	struct arrival arrival;
	int fd = marked_datagram(0);

	(void)state;
	assert_true(arrival_start(&arrival, fd, 0));
	assert_int_equal(arrival_show(&arrival, &received, &message), DELIVERED);
	assert_int_equal(seen.any.sa_family, AF_INET);
	close(fd);
	message.msg_namelen = sizeof seen.in6;
	assert_int_equal(arrival_show(&arrival, &received, &message), DELIVERED);
	assert_int_equal(seen.any.sa_family, AF_INET);
}

static void ancillary_data(void **state)
{
	_Alignas(struct cmsghdr) unsigned char control[256];
	struct packet packet = {.length = 0};
	struct msghdr received, message = {.msg_control = control, .msg_controllen = sizeof control};
	struct arrival arrival;
	int fd = marked_datagram(0);
	const int *ttl;

	(void)state;
	add_int(&packet, IPPROTO_IPV6, IPV6_HOPLIMIT, 64);
	received = message_of(&packet);
	assert_true(arrival_start(&arrival, fd, 0));
	assert_int_equal(arrival_show(&arrival, &received, &message), DELIVERED);
	ttl = find_item(&message, IPPROTO_IP, IP_TTL, sizeof *ttl);
	assert_non_null(ttl);
	assert_int_equal(*ttl, 64);
	close(fd);
	/* On another socket it stays what it is; what is of no IP is not looked at. */
	fd = new_datagram(AF_INET6);
	message.msg_controllen = sizeof control;
	assert_true(arrival_start(&arrival, fd, 0));
	assert_int_equal(arrival_show(&arrival, &received, &message), DELIVERED);
	assert_non_null(find_item(&message, IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof *ttl));
	message.msg_controllen = sizeof control;
	received.msg_controllen = 0;
	assert_int_equal(arrival_show(&arrival, &received, &message), DELIVERED);
	assert_int_equal(message.msg_controllen, 0);
	close(fd);
}

static void after_a_failure(void **state)
{
	struct sockaddr_in6 own;
	struct sockaddr_in small;
	struct msghdr message = {.msg_name = &small, .msg_namelen = sizeof small}, given = message;

	(void)state;
	arrival_prepare(&message, &given, &own, NULL);
	arrival_abandon(&given, &message);
	assert_int_equal(message.msg_namelen, sizeof small);
}

static void what_stays_in_the_queue(void **state)
{
	static const struct {
		int flags;
		bool stays;
	} rows[] = {{0, false},
		    {MSG_PEEK, true},
		    {MSG_PEEK | MSG_DONTWAIT, true},
		    {MSG_ERRQUEUE, false},
		    {MSG_PEEK | MSG_ERRQUEUE, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arrival arrival;

		arrival_start(&arrival, 0, rows[i].flags);
		assert_int_equal(arrival_stays(&arrival), rows[i].stays);
	}
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
	    cmocka_unit_test(what_may_be_presented),
	    cmocka_unit_test(room_for_ancillary_data),
	    cmocka_unit_test(buffers),
	    cmocka_unit_test(names_on_a_marked_socket),
	    cmocka_unit_test(names_on_another_socket),
	    cmocka_unit_test(the_socket_is_asked_once),
	    cmocka_unit_test(ancillary_data),
	    cmocka_unit_test(after_a_failure),
	    cmocka_unit_test(what_stays_in_the_queue),
	};

	return cmocka_run_group_tests_name("arrival", tests, start, NULL);
}

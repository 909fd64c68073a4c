/* SPDX-License-Identifier: MIT */
/* What is left of a listener that has yielded: the linker puts its end before a
 * pause of the bind that waits for it. */
#define _GNU_SOURCE
#include "listeners.h"

#include "process/listener_remains.h"

#include <stdlib.h>
#include <sys/prctl.h>

static void (*before_pause)(void);

void __real_sys_pause(long milliseconds);
void __wrap_sys_pause(long milliseconds);

void __wrap_sys_pause(long milliseconds)
{
	void (*call)(void) = before_pause;

	before_pause = NULL;
	if (call != NULL)
		call();
	__real_sys_pause(milliseconds);
}

/* A message on its way holds what it brings, which /proc shows nowhere; as it
 * shows nothing of a process that is ending. */
static int way[2];

static void send_on_its_way(int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec data = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	struct cmsghdr *control = CMSG_FIRSTHDR(&message);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, way), 0);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(control), &fd, sizeof fd);
	assert_int_equal(sendmsg(way[0], &message, 0), 1);
}

static void lose_it(void)
{
	close(way[0]);
	close(way[1]);
}

typedef int make_listener(int family, uint16_t port);

/* A listener that no process serves any more is waited for: clients would be lost with it. */
static int second_after_its_end(make_listener *listens, uint16_t port, int reuses)
{
	int four = listens(AF_INET, port), six;

	send_on_its_way(four);
	before_pause = lose_it;
	six = listens(AF_INET6, port);
	assert_null(before_pause);
	assert_int_equal(domain_of(four), AF_INET);
	assert_int_equal(int_option(six, SOL_SOCKET, SO_REUSEPORT), reuses);
	assert_true(serves(six, AF_INET6));
	close(four);
	return six;
}

static void one_that_nobody_shows(void **state)
{
	(void)state;
	close(second_after_its_end(listening, 18087, 0));
}

/* The program's own SO_REUSEPORT would let it bind beside. */
static void one_that_nobody_shows_of_a_group(void **state)
{
	int six = second_after_its_end(listening_in_group, 18088, 1);
	int seven = listening_in_group(AF_INET6, 18088);

	(void)state;
	close(six);
	assert_true(serves(seven, AF_INET6));
	close(seven);
}

static void never(void)
{
	fail_msg("waited for what is not ours");
}

/* As haproxy's new process beside its old one, which has a socket for each family. */
static void one_of_a_strangers_group(void **state)
{
	int done[2], four, six;
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(done), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		six = new_socket(AF_INET6);
		set_int_option(six, SOL_SOCKET, SO_REUSEPORT, 1);
		set_int_option(six, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		if (try_bind(six, AF_INET6, 18090) != 0 || listen(six, 4) != 0 || write(done[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(done[1]);
	assert_int_equal(read(done[0], &byte, 1), 1);
	close(done[0]);
	four = listening_in_group(AF_INET, 18090);
	assert_int_equal(domain_of(four), AF_INET6);
	before_pause = never;
	six = listening_in_group(AF_INET6, 18090);
	before_pause = NULL;
	assert_int_equal(domain_of(four), AF_INET);
	assert_int_equal(int_option(six, SOL_SOCKET, SO_REUSEPORT), 1);
	end_child(child);
	assert_true(serves(six, AF_INET6));
	close(four);
	close(six);
}

/* The kernel keeps the port of a connection that the server closed first: natively there is none of IPv6. */
static void an_ipv6_clients_last_minute(void **state)
{
	struct sockaddr_in6 local = {
	    .sin6_family = AF_INET6, .sin6_port = htons(18091), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int four = listening_in_group(AF_INET, 18091), client = new_socket(AF_INET6), served, six;
	char byte;

	(void)state;
	assert_int_equal(connect(client, (struct sockaddr *)&local, sizeof local), 0);
	served = accept(four, NULL, NULL);
	assert_true(served >= 0);
	close(served);
	assert_int_equal(read(client, &byte, 1), 0);
	close(client);
	six = listening(AF_INET6, 18091);
	assert_int_equal(domain_of(four), AF_INET);
	assert_true(serves(six, AF_INET6));
	close(four);
	close(six);
}

/* Of whichever family they are. */
static void connections(void **state)
{
	int four = listening(AF_INET, 18092);

	(void)state;
	assert_false(listener_has_connections(18092));
	for (int i = 0; i < 2; i++) {
		int client = connect_to(i == 0 ? AF_INET : AF_INET6, 18092), served = accept(four, NULL, NULL);

		assert_true(client >= 0 && served >= 0);
		assert_true(listener_has_connections(18092));
		assert_false(listener_has_connections(18093));
		assert_int_equal(
		    setsockopt(client, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)), 0);
		close(client); /* reset: nothing is left of it */
		close(served);
		assert_false(listener_has_connections(18092));
	}
	close(four);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_that_nobody_shows),
	    cmocka_unit_test(one_that_nobody_shows_of_a_group),
	    cmocka_unit_test(one_of_a_strangers_group),
	    cmocka_unit_test(an_ipv6_clients_last_minute),
	    cmocka_unit_test(connections),
	};

	setenv("DUALBIND_ALLOW", "18080-18099", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return cmocka_run_group_tests_name("yield: what remains", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* AF_INET sockets that become AF_INET6 ones, since the program calls a client. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "bind/convert_for_peer.h"

#include <pthread.h>
#include <sys/wait.h>

static const struct settings *settings;
static struct settings tcp_only;

/* Ports of the program's own choice: what the rules say of them. */
enum { COVERED = 5301, FORBIDDEN = 5302, UNCOVERED = 5303 };

static int start(void **state)
{
	/* Read once per process. */
	setenv("DUALBIND_ALLOW", "8080 5301/udp 5302/any !5302/udp", 1);
	setenv("DUALBIND_LOG", "off", 1);
	settings = settings_get();
	assert_non_null(settings);
	tcp_only = *settings;
	tcp_only.datagrams = false;
	return private_network(state);
}

static bool become(const struct settings *which, int fd, const struct address *real, enum peer_call calls)
{
	bool done = convert_for_peer(which, fd, real, calls);

	assert_int_equal(domain_of(fd), done ? AF_INET6 : AF_INET);
	assert_int_equal(mark_shown(fd) > 0, done);
	return done;
}

/* What is bound stays so, in the other family. */
static void which_become_ipv6(void **state)
{
	static const struct {
		const char *local, *real, *becomes; /* NULL: unbound; not possible */
	} rows[] = {
	    {NULL, "2001:db8::1", "::"}, {NULL, "::1", "::"},      {"0.0.0.0", "2001:db8::1", "::"},
	    {"127.0.0.1", "::1", "::1"}, {"0.0.0.0", "::1", "::"}, {"127.0.0.1", "2001:db8::1", NULL},
	    {"127.0.0.2", "::1", NULL},
	};
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(types); i++) {
		struct address real = peer6(rows[i / 2].real, 0, 53), local, expected;
		int fd = socket(AF_INET, types[i % 2], 0);
		uint16_t port;

		if (rows[i / 2].local != NULL) {
			local = peer4(rows[i / 2].local, 0);
			assert_int_equal(bind(fd, &local.any, local.length), 0);
		}
		port = port_of(fd);
		if (become(settings, fd, &real, CONNECTS) != (rows[i / 2].becomes != NULL))
			fail_msg("%s for %s", rows[i / 2].local, rows[i / 2].real);
		if (rows[i / 2].becomes != NULL) {
			expected = peer6(rows[i / 2].becomes, 0, port);
			local_name(fd, &local);
			assert_true(same_address(&local, &expected));
		}
		close(fd);
	}
}

static void which_do_not(void **state)
{
	struct address real = peer6("::1", 0, 53), peer = peer4("127.0.0.1", 9);
	int connected = new_datagram(AF_INET), plain = new_datagram(AF_INET), in6 = new_datagram(AF_INET6);
	int local = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(connect(connected, &peer.any, peer.length), 0);
	assert_false(become(settings, connected, &real, CONNECTS));
	/* Without a rule for UDP nothing would be shown on it. */
	assert_false(become(&tcp_only, plain, &real, SENDS));
	assert_true(become(settings, plain, &real, SENDS));
	assert_false(convert_for_peer(settings, in6, &real, SENDS));
	assert_false(convert_for_peer(settings, local, &real, SENDS));
	assert_int_equal(mark_shown(in6), 0);
	assert_int_equal(close(connected) | close(plain) | close(in6) | close(local), 0);
}

static void no_such_descriptor(void **state)
{
	struct address real = peer6("::1", 0, 53);

	(void)state;
	assert_false(convert_for_peer(settings, -1, &real, SENDS));
}

/* It goes on with what it had. */
static void what_it_keeps(void **state)
{
	struct address real = peer6("::1", 0, 53), any = peer4("0.0.0.0", 0);
	struct ip_mreqn group = {.imr_multiaddr = {inet_addr("239.1.2.3")}, .imr_ifindex = LOOPBACK_INDEX};
	int fd = bound_datagram(&any), copy = dup(fd);

	(void)state;
	set_int_option(fd, SOL_SOCKET, SO_BROADCAST, 1);
	set_int_option(fd, IPPROTO_IP, IP_TTL, 33);
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0);
	assert_true(become(settings, fd, &real, SENDS));
	assert_int_equal(inode_of(fd), inode_of(copy));
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_BROADCAST), 1);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 33);
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group), 0);
	close(fd);
	close(copy);
}

static int bound_at(uint16_t port)
{
	struct address any = peer4("0.0.0.0", port);

	return bound_datagram(&any);
}

/* Unconnected it receives from all of IPv6: that takes a rule, or a port that no program
 * chose, unless a rule says no. */
static void by_the_rules(void **state)
{
	static const struct {
		uint16_t port;
		bool connects, sends;
	} rows[] = {{COVERED, true, true}, {FORBIDDEN, false, false}, {UNCOVERED, true, false}, {0, true, true}};
	struct address real = peer6("2001:db8::1", 0, 53);

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		enum peer_call calls = i % 2 ? SENDS : CONNECTS;
		int fd = bound_at(rows[i / 2].port);

		if (become(settings, fd, &real, calls) != (i % 2 ? rows[i / 2].sends : rows[i / 2].connects))
			fail_msg("port %u, %s", rows[i / 2].port, i % 2 ? "sends" : "connects");
		close(fd);
	}
}

/* What would be left behind with the old socket: a datagram, a process. */
static void left_behind(void **state)
{
	struct address real = peer6("2001:db8::1", 0, 53), own = peer4("127.0.0.1", 0);
	int fd = bound_at(0), ends[2], status;
	pid_t child;
	char byte;

	(void)state;
	own.in.sin_port = htons(port_of(fd));
	send_text(fd, "", &own);
	assert_false(become(settings, fd, &real, SENDS));
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_false(become(settings, fd, &real, SENDS));
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(become(settings, fd, &real, SENDS));
	assert_int_equal(close(ends[0]) | close(fd), 0);
}

static void *receive_one(void *context)
{
	char byte;

	return recv(*(int *)context, &byte, 1, 0) == 1 ? context : NULL;
}

/* And a thread that sleeps in a receive. */
static void waited_at(void **state)
{
	struct address real = peer6("2001:db8::1", 0, 53), own = peer4("127.0.0.1", 0);
	int fd = bound_at(0);
	pthread_t thread;
	void *result;

	(void)state;
	own.in.sin_port = htons(port_of(fd));
	assert_int_equal(pthread_create(&thread, NULL, receive_one, &fd), 0);
	/* Until it sleeps. */
	poll(NULL, 0, 200);
	assert_false(become(settings, fd, &real, SENDS));
	send_text(fd, "x", &own);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &fd);
	assert_true(become(settings, fd, &real, SENDS));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_become_ipv6),  cmocka_unit_test(which_do_not), cmocka_unit_test(what_it_keeps),
	    cmocka_unit_test(by_the_rules),       cmocka_unit_test(left_behind),  cmocka_unit_test(waited_at),
	    cmocka_unit_test(no_such_descriptor),
	};

	return cmocka_run_group_tests_name("become", tests, start, NULL);
}

/* SPDX-License-Identifier: MIT */
/* recvfrom by what the environment says, which is read once per process: each
 * question is a child's. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "base/sys.h"
#include "calls/recv.h"
#include "peers/loopback.h"

#include <sys/wait.h>

static const void *seen; /* the address that the native call was given */

static ssize_t note_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
			     socklen_t *length)
{
	seen = address;
	return sys_recvfrom(fd, buffer, size, flags, address, length);
}

/* In a child that has read no settings yet: whether marked sockets are presented
 * with ALLOW in the environment. Exits with 0 where it is as EXPECTED. */
static int presents_with(const char *allow, int flags, bool expected)
{
	struct sockaddr_in peer; /* too small to show what the socket is */
	socklen_t length = sizeof peer;
	int fd;
	char byte;

	if (allow != NULL)
		setenv("DUALBIND_ALLOW", allow, 1);
	else
		unsetenv("DUALBIND_ALLOW");
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (!set_mark(fd, MARK_CONVERTED))
		return 1;
	call_recvfrom(fd, &byte, 1, flags, (struct sockaddr *)&peer, &length, note_recvfrom, sys_recvmsg);
	return (seen != (const void *)&peer) == expected ? 0 : 2;
}

/* In such a child too, with DUALBIND_PEERS=native: IPv6 peers as they are. */
static int shows_native_peers(void)
{
	struct address ours = {.length = sizeof ours.in6}, from, client = peer6("::1", 0, 0), to;
	int fd = marked_datagram(0), sender = bound_datagram(&client);
	char byte;

	setenv("DUALBIND_ALLOW", "*/udp", 1);
	setenv("DUALBIND_PEERS", "native", 1);
	local_name(sender, &client);
	local_name(fd, &ours);
	to = peer6("::1", 0, address_port(&ours));
	send_text(sender, "x", &to);
	memset(&from, 0, sizeof from);
	from.length = sizeof from.in6;
	if (call_recvfrom(fd, &byte, 1, 0, &from.any, &from.length, note_recvfrom, sys_recvmsg) != 1 ||
	    !same_address(&from, &client))
		return 1;
	sender = new_datagram(AF_INET);
	to = peer4("127.0.0.1", address_port(&ours));
	send_text(sender, "x", &to);
	from.length = sizeof from.in6;
	if (call_recvfrom(fd, &byte, 1, 0, &from.any, &from.length, note_recvfrom, sys_recvmsg) != 1 ||
	    from.any.sa_family != AF_INET || from.length != sizeof from.in)
		return 2;
	return loopback_means_ipv6(address_port(&client)) ? 3 : 0;
}

static void native_peers(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(shows_native_peers());
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void where_no_rule_names_udp(void **state)
{
	static const struct {
		const char *allow;
		int flags;
		bool presents;
	} rows[] = {
	    {NULL, 0, false},          {"", MSG_ERRQUEUE, false},
	    {"8080", 0, false},        {"8080", MSG_ERRQUEUE, true},
	    {"8080/udp", 0, true},     {"x@8080/any", 0, true},
	    {"[::]:53/udp", 0, false}, {"127.0.0.1:53/udp", 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			_exit(presents_with(rows[i].allow, rows[i].flags, rows[i].presents));
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status != 0)
			fail_msg("row %zu: status %x", i, (unsigned)status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(native_peers),
	    cmocka_unit_test(where_no_rule_names_udp),
	};

	return cmocka_run_group_tests_name("receive: settings", tests, private_network, NULL);
}

/* Who is meant by 127.0.0.1. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "loopback.h"

static void lines(void **state)
{
	static const struct {
		const char *line;
		uint16_t port;
		bool is_at;
	} rows[] = {
	    {"  12: 0100007F:1388 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2 0 0",
	     5000, true},
	    {"  12: 00000000:1388 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2 0 0",
	     5000, true},
	    {"12345: 0100007F:1388 0100007F:0035 01 00000000:00000000", 5000, true},
	    {"  12: 0100007F:1388 00000000:0000 07", 5001, false},
	    {"  12: 0200007F:1388 00000000:0000 07", 5000, false},
	    {"  12: 0100000A:1388 00000000:0000 07", 5000, false},
	    {"  12: 0100000A:0035 0100007F:1388 01", 5000, false},
	    {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
	     5000, false},
	    {"  12: 0100007F", 5000, false},
	    {"  12: 0100007F:", 5000, false},
	    {"  12: x:1388", 5000, false},
	    {"", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (loopback_line_is_at(rows[i].line, rows[i].port) != rows[i].is_at)
			fail_msg("\"%s\", %u", rows[i].line, rows[i].port);
}

static void who_was_heard_last(void **state)
{
	uint16_t port = free_port();

	(void)state;
	assert_false(loopback_means_ipv6(port));
	loopback_heard_ipv4(port);
	assert_false(loopback_means_ipv6(port));
	errno = SENTINEL;
	assert_true(loopback_heard_ipv6(port));
	assert_true(loopback_heard_ipv6(port));
	assert_int_equal(errno, SENTINEL);
	assert_true(loopback_means_ipv6(port));
	assert_true(loopback_means_ipv6_now(port, false));
	loopback_heard_ipv4(port);
	assert_false(loopback_means_ipv6(port));
	assert_false(loopback_means_ipv6_now(port, true));
}

/* A bit for each, and each another one. */
static void ports(void **state)
{
	static const uint16_t each[] = {0, 1, 31, 32, 33, 53, 63, 64, 32767, 32768, 65535};

	(void)state;
	for (size_t i = 0; i < COUNT(each); i++) {
		if (!loopback_heard_ipv6(each[i])) {
			print_message("# somebody is at port %u\n", each[i]);
			continue;
		}
		for (unsigned port = 0; port <= UINT16_MAX; port++)
			assert_int_equal(loopback_means_ipv6((uint16_t)port), port == each[i]);
		loopback_heard_ipv4((uint16_t)(each[i] ^ 1));
		assert_true(loopback_means_ipv6(each[i]));
		loopback_heard_ipv4(each[i]);
		assert_false(loopback_means_ipv6(each[i]));
	}
}

/* Whoever has the address of IPv4 keeps it, whatever comes from ::1. */
static void who_is_there(void **state)
{
	static const struct {
		const char *local;
		bool keeps;
	} rows[] = {
	    {"127.0.0.1", true}, {"0.0.0.0", true}, {"127.0.0.2", false}, {"::1", false}, {"::", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint16_t port = free_port();
		struct address local =
		    strchr(rows[i].local, ':') ? peer6(rows[i].local, 0, port) : peer4(rows[i].local, port);
		int fd = bound_datagram(&local);
		unsigned before = open_descriptors();

		if (loopback_heard_ipv6(port) == rows[i].keeps)
			fail_msg("%s", rows[i].local);
		assert_int_equal(loopback_means_ipv6(port), !rows[i].keeps);
		close(fd);
		/* It goes, ::1 comes, it comes back: now the question is who asks. */
		assert_true(loopback_heard_ipv6(port));
		fd = bound_datagram(&local);
		assert_true(loopback_means_ipv6(port));
		assert_int_equal(loopback_means_ipv6_now(port, true), !rows[i].keeps);
		assert_int_equal(loopback_means_ipv6_now(port, false), !rows[i].keeps);
		assert_int_equal(open_descriptors(), before);
		close(fd);
	}
}

/* Many sockets before it in the list. */
static void long_lists(void **state)
{
	enum { SOCKETS = 60 };
	int fds[SOCKETS];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		struct address local = peer4("127.0.0.1", 0);

		fds[i] = bound_datagram(&local);
	}
	for (size_t i = 0; i < COUNT(fds); i++)
		assert_false(loopback_heard_ipv6(port_of(fds[i])));
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),        cmocka_unit_test(who_was_heard_last), cmocka_unit_test(ports),
	    cmocka_unit_test(who_is_there), cmocka_unit_test(long_lists),
	};

	return cmocka_run_group_tests_name("loopback", tests, private_network, NULL);
}

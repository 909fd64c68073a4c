/* SPDX-License-Identifier: MIT */
/* What 127.0.0.1 means. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "peers/loopback.h"

/* The clock stands still unless a test moves it; what is opened is counted. */
static uint32_t now = 1000;
static unsigned opened;
static bool no_proc;

uint32_t __wrap_clock_seconds(void);
int __real_sys_openat(int directory, const char *path, int flags, mode_t mode);
int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode);

uint32_t __wrap_clock_seconds(void)
{
	return now;
}

int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode)
{
	opened++;
	errno = ENOENT;
	return no_proc ? -1 : __real_sys_openat(directory, path, flags, mode);
}

static void lines(void **state)
{
#define REST "00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2 0 0"
#define ZEROS "000000000000000000000000"
	static const struct {
		const char *line;
		uint16_t port;
		enum loopback_place place;
	} rows[] = {
	    {"  12: 0100007F:1388 " REST, 5000, LOOPBACK_AT_IPV4},
	    {"  12: 00000000:1388 " REST, 5000, LOOPBACK_AT_IPV4},
	    {"12345: 0100007F:1388 0100007F:0035 01 00000000:00000000 00:00000000 00000000  0  0 7", 5000,
	     LOOPBACK_AT_IPV4},
	    {"  12: 0100007F:1388 00000000:0000 07", 5001, LOOPBACK_ELSEWHERE},
	    {"  12: 0200007F:1388 00000000:0000 07", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0100000A:1388 00000000:0000 07", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0100000A:0035 0100007F:1388 01", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: " ZEROS "00000000:1388 " ZEROS REST, 5000, LOOPBACK_AT_WILDCARD6},
	    {"  12: " ZEROS "01000000:1388 " ZEROS REST, 5000, LOOPBACK_AT_IPV6},
	    {"  12: " ZEROS "01000000:1388 " ZEROS REST, 5001, LOOPBACK_ELSEWHERE},
	    {"  12: " ZEROS "02000000:1388 " ZEROS REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 000080FE000000000000000001000000:1388 " REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 00000000000000010000000001000000:1388 " REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 00000000010000000000000000000000:1388 " REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0000000000000000FFFF00000100007F:1388 " REST, 5000, LOOPBACK_AT_IPV4},
	    {"  12: 0000000000000000FFFF000000000000:1388 " REST, 5000, LOOPBACK_AT_IPV4},
	    {"  12: 0000000000000000FFFF00000100000A:1388 " REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0000000000000000FEFF00000100007F:1388 " REST, 5000, LOOPBACK_ELSEWHERE},
	    {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
	     5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0100007F:1388 0100007F:0035 01 00000000:00000000", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0100007F", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 0100007F:", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: 00100007F:1388", 5000, LOOPBACK_ELSEWHERE},
	    {"  12: x:1388", 5000, LOOPBACK_ELSEWHERE},
	    {"", 0, LOOPBACK_ELSEWHERE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (loopback_place_of(rows[i].line, rows[i].port) != rows[i].place)
			fail_msg("\"%s\", %u", rows[i].line, rows[i].port);
}

static void who_was_heard_last(void **state)
{
	uint16_t port = free_port();

	(void)state;
	assert_false(loopback_means_ipv6(port));
	loopback_heard_ipv4(port);
	assert_false(loopback_means_ipv6(port));
	assert_true(loopback_heard_ipv6(port));
	assert_true(loopback_heard_ipv6(port));
	assert_true(loopback_means_ipv6(port));
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV6);
	loopback_heard_ipv4(port);
	assert_false(loopback_means_ipv6(port));
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV4);
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

static int bound(const char *text, uint16_t port)
{
	struct address local = strchr(text, ':') ? peer6(text, 0, port) : peer4(text, port);
	int fd = new_datagram(local.any.sa_family);

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(bind(fd, &local.any, local.length), 0);
	return fd;
}

/* A socket that has the IPv4 address keeps it, whatever comes from ::1, and the one that was
 * first there. */
static void who_is_there(void **state)
{
	static const struct {
		const char *local, *other;
		bool keeps;
	} rows[] = {
	    {"127.0.0.1", NULL, true},
	    {"0.0.0.0", NULL, true},
	    {"::ffff:127.0.0.1", NULL, true},
	    {"::ffff:0.0.0.0", NULL, true},
	    {"127.0.0.2", NULL, false},
	    {"::1", NULL, false},
	    {"::", NULL, false},
	    {"::", "::1", true},
	    {"127.0.0.1", "::1", true},
	    {"::ffff:127.0.0.2", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint16_t port = free_port();
		int other = rows[i].other ? bound(rows[i].other, port) : -1, fd = bound(rows[i].local, port);
		unsigned before = open_descriptors();

		if (loopback_heard_ipv6(port) == rows[i].keeps)
			fail_msg("%s", rows[i].local);
		assert_int_equal(loopback_means_ipv6(port), !rows[i].keeps);
		close(fd);
		now++;
		/* It goes, ::1 comes, it comes back. */
		assert_true(loopback_heard_ipv6(port));
		assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV6);
		fd = bound(rows[i].local, port);
		now++;
		assert_int_equal(loopback_meaning(port, false),
				 rows[i].keeps ? LOOPBACK_IS_IPV4 : LOOPBACK_IS_IPV6);
		assert_int_equal(loopback_means_ipv6(port), !rows[i].keeps);
		assert_int_equal(loopback_heard_ipv6(port), !rows[i].keeps);
		assert_int_equal(open_descriptors(), before);
		close(fd);
		if (other >= 0)
			close(other);
		now++;
	}
}

/* /proc is read once a second for each port, whatever it says. */
static void what_it_costs(void **state)
{
	enum { DATAGRAMS = 1000 };
	uint16_t port = free_port();
	unsigned before = opened, once;
	int fd = -1;

	(void)state;
	for (int taken = 0; taken <= 1; taken++) {
		if (taken)
			fd = bound("127.0.0.1", port);
		now++;
		before = opened;
		assert_int_equal(loopback_heard_ipv6(port), !taken);
		once = opened - before;
		assert_in_range(once, 1, 2);
		for (int i = 0; i < DATAGRAMS; i++) {
			assert_int_equal(loopback_heard_ipv6(port), !taken);
			assert_int_equal(loopback_meaning(port, false),
					 taken ? LOOPBACK_IS_IPV4 : LOOPBACK_IS_IPV6);
		}
		assert_int_equal(opened - before, once);
		now++;
		assert_int_equal(loopback_heard_ipv6(port), !taken);
		assert_int_equal(opened - before, 2 * once);
	}
	/* A port that ::1 was never heard from costs nothing to send to. */
	before = opened;
	assert_int_equal(loopback_meaning((uint16_t)(port ^ 1), false), LOOPBACK_IS_IPV4);
	assert_int_equal(opened, before);
	close(fd);
}

/* That the service at 127.0.0.1 is there counts at once where it was heard itself. */
static void a_service_that_was_heard(void **state)
{
	uint16_t port = free_port();
	int fd;

	(void)state;
	assert_true(loopback_heard_ipv6(port));
	fd = bound("127.0.0.1", port);
	assert_true(loopback_heard_ipv6(port)); /* in the same second */
	loopback_heard_ipv4(port);
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV4);
	assert_false(loopback_heard_ipv6(port));
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV4);
	close(fd);
}

/* Not from memory, if that is asked for. */
static void afresh(void **state)
{
	uint16_t port = free_port();
	int fd;

	(void)state;
	assert_true(loopback_heard_ipv6(port));
	fd = bound("127.0.0.1", port);
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV6);
	assert_int_equal(loopback_meaning(port, true), LOOPBACK_IS_IPV4);
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV4);
	assert_false(loopback_heard_ipv6(port));
	close(fd);
}

/* Without /proc it may be any socket's. */
static void unknown(void **state)
{
	uint16_t port = free_port();

	(void)state;
	assert_true(loopback_heard_ipv6(port));
	no_proc = true;
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV6);
	now++;
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_UNKNOWN);
	assert_false(loopback_heard_ipv6(port));
	assert_int_equal(loopback_meaning(port, false), LOOPBACK_IS_IPV4);
	no_proc = false;
	now++;
	assert_true(loopback_heard_ipv6(port));
}

/* Two ports that are remembered in the same place. */
static void neighbours(void **state)
{
	uint16_t port = 20000, other = 20000 + 1024;
	int fd = bound("127.0.0.1", other);

	(void)state;
	now++;
	for (int i = 0; i < 3; i++) {
		assert_true(loopback_heard_ipv6(port));
		assert_false(loopback_heard_ipv6(other));
	}
	close(fd);
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
	    cmocka_unit_test(lines),         cmocka_unit_test(who_was_heard_last),
	    cmocka_unit_test(ports),         cmocka_unit_test(who_is_there),
	    cmocka_unit_test(what_it_costs), cmocka_unit_test(a_service_that_was_heard),
	    cmocka_unit_test(unknown),       cmocka_unit_test(neighbours),
	    cmocka_unit_test(long_lists),    cmocka_unit_test(afresh),
	};

	return cmocka_run_group_tests_name("loopback", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Sockets as /proc/net lists them: what the kernel writes is read as getsockname(2) and fstat(2) tell it. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/procfs.h"
#include "base/sock_line.h"

#include <netinet/tcp.h>

#define REST " 00000000:00000000 00:00000000 00000000  1000        0 77 1 0000000000000000 100"
#define ZEROS "00000000000000000000000000000000"

static void lines(void **state)
{
	static const struct {
		const char *line;
		bool is_socket;
	} rows[] = {
	    {"   0: 00000000:1F90 00000000:0000 0A" REST, true},
	    {"123456: 0100007F:1F90 0100007F:FFFF 01" REST, true},
	    {"  0: 0100007f:1f90 00000000:0000 0a" REST, true},
	    {"  0: " ZEROS ":1F90 " ZEROS ":0000 07" REST, true},
	    {"  0: " ZEROS ":1F90 00000000:0000 07" REST, true},
	    {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
	     false},
	    {"  0: 0000000:1F90 00000000:0000 0A" REST, false},
	    {"  0: 000000000:1F90 00000000:0000 0A" REST, false},
	    {"  0: 0" ZEROS ":1F90 00000000:0000 0A" REST, false},
	    {"  0: 00000000 00000000:0000 0A" REST, false},
	    {"  0: 00000000: 00000000:0000 0A" REST, false},
	    {"  0: 00000000:10000 00000000:0000 0A" REST, false},
	    {"  0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 x", false},
	    {"  0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000", false},
	    {"  0: 00000000:1F90 00000000:0000", false},
	    {"  0:", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sock_line read;

		if (sock_line_parse(&read, rows[i].line) != rows[i].is_socket)
			fail_msg("\"%s\"", rows[i].line);
		if (!rows[i].is_socket)
			continue;
		assert_int_equal(address_port(&read.local), 8080);
		assert_int_equal(read.uid, 1000);
		assert_int_equal(read.inode, 77);
	}
}

struct sought {
	ino_t inode;
	struct sock_line line;
	unsigned found;
};

static bool find(void *context, const char *line)
{
	struct sought *sought = context;
	struct sock_line read;

	if (sock_line_parse(&read, line) && read.inode == sought->inode) {
		sought->line = read;
		sought->found++;
	}
	return true;
}

static void as_the_kernel_tells(void **state)
{
	static const struct {
		const char *list, *address;
		int family, type;
		unsigned network_state;
	} rows[] = {
	    {"/net/tcp", "127.0.0.1", AF_INET, SOCK_STREAM, TCP_LISTEN},
	    {"/net/tcp", "0.0.0.0", AF_INET, SOCK_STREAM, TCP_LISTEN},
	    {"/net/tcp6", "::1", AF_INET6, SOCK_STREAM, TCP_LISTEN},
	    {"/net/tcp6", "::ffff:127.0.0.1", AF_INET6, SOCK_STREAM, TCP_LISTEN},
	    {"/net/udp", "127.0.0.2", AF_INET, SOCK_DGRAM, TCP_CLOSE},
	    {"/net/udp6", "::", AF_INET6, SOCK_DGRAM, TCP_CLOSE},
	    {"/net/udp6", "::1", AF_INET6, SOCK_DGRAM, TCP_CLOSE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = socket(rows[i].family, rows[i].type, 0);
		struct address local =
		    rows[i].family == AF_INET ? peer4(rows[i].address, 0) : peer6(rows[i].address, 0, 0);
		struct sought sought = {.inode = inode_of(fd)};

		assert_int_equal(bind(fd, &local.any, local.length), 0);
		if (rows[i].type == SOCK_STREAM)
			assert_int_equal(listen(fd, 1), 0);
		local_name(fd, &local);
		assert_true(procfs_all_lines(procfs_open_own(rows[i].list, 0), find, &sought));
		assert_int_equal(sought.found, 1);
		assert_true(same_address(&sought.line.local, &local));
		assert_int_equal(sought.line.state, rows[i].network_state);
		assert_int_equal(address_port(&sought.line.remote), 0);
		assert_true(address_is_any(&sought.line.remote));
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(as_the_kernel_tells)};

	return cmocka_run_group_tests_name("sockets of /proc/net", tests, private_network, NULL);
}

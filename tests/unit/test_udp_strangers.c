/* SPDX-License-Identifier: MIT */
/* Strangers: other processes' UDP sockets at a port. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "bind/udp_strangers.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void lines(void **state)
{
	static const struct {
		const char *line;
		uint16_t port;
		ino_t inode; /* 0: it tells of no such socket */
	} rows[] = {
	    {"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref",
	     53, 0},
	    {" 1107: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2 "
	     "ffff888 0",
	     53, 41557},
	    {"16384: 00000000:FFFF 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 "
	     "4294967295 2",
	     65535, 4294967295},
	    {"    3: 00000000000000000000000000000000:14E9 00000000000000000000000000000000:0000 07 "
	     "00000000:00000000 "
	     "00:00000000 00000000   117        0 18093 2 0000000000000000 0       ",
	     5353, 18093},
	    {"    3: 0000000000000000FFFF000000000000:14E9 00000000000000000000000000000000:0000 07 "
	     "00000000:00000000 "
	     "00:00000000 00000000   117        0 18093 2 0000000000000000 0       ",
	     5353, 18093},
	    {"    3: 0000000000000000FFFF00000100007F:14E9 00000000000000000000000000000000:0000 07 "
	     "00000000:00000000 "
	     "00:00000000 00000000   117        0 18093 2 0000000000000000 0       ",
	     5353, 0},
	    /* Another port, a connected one, one address, the other endpoint's. */
	    {"    3: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     54, 0},
	    {"    3: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     0, 0},
	    {"    3: 00000000:0035 00000000:0050 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     53, 0},
	    {"    3: 00000000:0035 0100007F:0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     53, 0},
	    {"    3: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     53, 0},
	    {"    3: 00000000:0050 00000000:0035 07 00000000:00000000 00:00000000 00000000     0        0 41557 2",
	     53, 0},
	    {"    3: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 x 2", 53,
	     0},
	    {"    3: 00000000:0035 00000000:0000 07", 53, 0},
	    {"    3: 00000000:0035 00000000:0000 ", 53, 0},
	    {"    3: :0035 :0000 07 00000000:00000000 00:00000000 00000000     0        0 41557 2", 53, 0},
	    {"    3: 00000000: 00000000: 07 00000000:00000000 00:00000000 00000000     0        0 41557 2", 0, 0},
	    {"", 53, 0},
	    {"   ", 53, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ino_t inode = 0;

		if (stranger_parse(rows[i].line, rows[i].port, &inode) != (rows[i].inode != 0))
			fail_msg("row %zu", i);
		if (rows[i].inode != 0)
			assert_int_equal(inode, rows[i].inode);
	}
}

static void garbage_lines(void **state)
{
	static const char words[][10] = {"  ", " ", "00000000", ":", "0035", "07", "41557", "zz", "0", "\t"};

	(void)state;
	srandom(20250303);
	for (int round = 0; round < 100000; round++) {
		char line[256] = "";
		ino_t inode;

		for (long left = random() % 24; left > 0; left--)
			strcat(line, words[(size_t)random() % COUNT(words)]);
		stranger_parse(line, 53, &inode);
	}
}

static int shared_datagram(const struct address *local)
{
	int fd = new_datagram(local->any.sa_family);

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(bind(fd, &local->any, local->length), 0);
	return fd;
}

struct stranger {
	const char *local, *peer; /* NULL: not connected */
	bool v6only, shares, kin_shares;
};

static struct address address_of(const char *text, uint16_t port)
{
	return strchr(text, ':') ? peer6(text, 0, port) : peer4(text, port);
}

/* What the other process does; true: done. */
static bool open_stranger(const struct stranger *stranger, uint16_t port)
{
	struct address local = address_of(stranger->local, port), peer;
	int fd = socket(local.any.sa_family, SOCK_DGRAM, 0), yes = 1, only = stranger->v6only;

	if (local.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, &local.any, local.length) != 0)
		return false;
	if (stranger->peer == NULL)
		return true;
	peer = address_of(stranger->peer, 9);
	return connect(fd, &peer.any, peer.length) == 0;
}

/* Another process, of another program unless it is KIN, which has that socket
 * until its input ends. */
struct other {
	pid_t pid;
	int input;
};

static struct other start_other(const struct stranger *stranger, uint16_t port, bool kin)
{
	int input[2], output[2];
	struct other other;
	char byte;

	assert_int_equal(pipe(input) | pipe(output), 0);
	other = (struct other){fork(), input[1]};
	if (other.pid == 0) {
		close(input[1]);
		dup2(input[0], STDIN_FILENO);
		dup2(output[1], STDOUT_FILENO);
		if (!open_stranger(stranger, port))
			_exit(1);
		/* It writes what it reads: then it runs. */
		if (!kin)
			execl("/bin/cat", "cat", (char *)NULL);
		while (read(STDIN_FILENO, &byte, 1) == 1)
			if (write(STDOUT_FILENO, &byte, 1) != 1)
				_exit(2);
		_exit(0);
	}
	assert_true(other.pid > 0);
	close(output[1]);
	close(input[0]);
	assert_int_equal(write(input[1], "x", 1), 1);
	assert_int_equal(read(output[0], &byte, 1), 1);
	close(output[0]);
	return other;
}

static void end_other(const struct other *other)
{
	int status;

	close(other->input);
	assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
	assert_int_equal(status, 0);
}

static void each_stranger(void **state)
{
	static const struct stranger rows[] = {
	    {"0.0.0.0", NULL, false, true, true}, {"::", NULL, false, true, false},
	    {"::", NULL, true, true, false},      {"127.0.0.1", NULL, false, false, false},
	    {"::1", NULL, false, false, false},   {"0.0.0.0", "127.0.0.1", false, false, false},
	    {"::", "::1", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		const struct stranger *row = &rows[i / 2];
		uint16_t port = free_port();
		struct other other = start_other(row, port, i % 2);

		if (strangers_share(port, 0) != (i % 2 ? row->kin_shares : row->shares))
			fail_msg("%s, %s, %s", row->local, row->peer ? row->peer : "not connected",
				 i % 2 ? "kin" : "another program");
		assert_false(strangers_share((uint16_t)(port ^ 1), 0));
		end_other(&other);
		assert_false(strangers_share(port, 0));
	}
}

/* Any number of this process's own, even if other processes have them, too. */
static void own_sockets(void **state)
{
	static const struct stranger none = {"127.0.0.1", NULL, false, false, false};
	uint16_t port = free_port();
	struct address any4 = peer4("0.0.0.0", port), any6 = peer6("::", 0, port);
	int fds[] = {shared_datagram(&any4), shared_datagram(&any4), shared_datagram(&any6)};
	unsigned before = open_descriptors();
	struct other heir;

	(void)state;
	assert_false(strangers_share(port, 0));
	assert_int_equal(open_descriptors(), before);
	heir = start_other(&none, free_port(), false);
	assert_false(strangers_share(port, 0));
	/* What only the other has left is a stranger's. */
	close(fds[1]);
	assert_true(strangers_share(port, 0));
	end_other(&heir);
	assert_false(strangers_share(port, 0));
	close(fds[0]);
	close(fds[2]);
}

/* More lines than one read(2) of the list gives; the one that counts is any. */
static void long_lists(void **state)
{
	static const struct stranger one = {"0.0.0.0", NULL, false, true, true};
	enum { SOCKETS = 60 };
	uint16_t port = free_port();
	struct other other = start_other(&one, port, false);
	int fds[SOCKETS];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = new_datagram(i % 2 ? AF_INET : AF_INET6);
		assert_int_equal(try_bind(fds[i], i % 2 ? AF_INET : AF_INET6, 0), 0);
	}
	assert_true(strangers_share(port, 0));
	assert_false(strangers_share(port_of(fds[0]), 0));
	end_other(&other);
	assert_false(strangers_share(port, 0));
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

/* More of them than are kept at a time; all are another program's. */
static void many_strangers(void **state)
{
	static const struct stranger one = {"127.0.0.1", NULL, false, false, false};
	enum { SOCKETS = 260 };
	uint16_t port = free_port();
	struct address any4 = peer4("0.0.0.0", port);
	struct other heir;
	int fds[SOCKETS];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = shared_datagram(&any4);
	assert_false(strangers_share(port, 0));
	heir = start_other(&one, free_port(), false);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	assert_true(strangers_share(port, 0));
	end_other(&heir);
	assert_false(strangers_share(port, 0));
}

/* If the lists cannot be read: true. */
static void no_telling(void **state)
{
	struct rlimit limit, none;
	uint16_t port = free_port();
	bool told;
	int lowest = dup(0);

	(void)state;
	assert_int_equal(close(lowest), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)lowest;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	told = !strangers_share(port, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_false(told);
	assert_false(strangers_share(port, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),       cmocka_unit_test(garbage_lines), cmocka_unit_test(each_stranger),
	    cmocka_unit_test(own_sockets), cmocka_unit_test(long_lists),    cmocka_unit_test(many_strangers),
	    cmocka_unit_test(no_telling),
	};

	return cmocka_run_group_tests_name("strangers", tests, private_network, NULL);
}

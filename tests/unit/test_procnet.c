/* SPDX-License-Identifier: MIT */
/* The listening sockets as /proc/net lists them: what sock_diag says too. */
#define _GNU_SOURCE
#include "sockets.h"

#include "inspect/procnet.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void lines(void **state)
{
	static const struct {
		enum transport protocol;
		const char *line;
		bool listens;
		int family;
	} rows[] = {
	    {TRANSPORT_TCP,
	     "  0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 77 1", true,
	     AF_INET},
	    {TRANSPORT_TCP,
	     "  0: 00000000:1F90 00000000:0000 01 00000000:00000000 00:00000000 00000000  1000 0 77 1", false, 0},
	    {TRANSPORT_TCP,
	     "  0: 00000000:1F90 00000000:1000 0A 00000000:00000000 00:00000000 00000000  1000 0 77 1", false, 0},
	    {TRANSPORT_UDP,
	     "  9: 00000000:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000 0 77 2 0 0", true,
	     AF_INET},
	    {TRANSPORT_UDP,
	     "  9: 00000000:0000 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000 0 77 2 0 0", false,
	     0},
	    {TRANSPORT_TCP,
	     "  1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A "
	     "00000000:00000000 "
	     "00:00000000 00000000  1000 0 77 1",
	     true, AF_INET6},
	    {TRANSPORT_TCP,
	     "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
	     false, 0},
	    {TRANSPORT_TCP,
	     "  0: 0000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 77 1", false, 0},
	    {TRANSPORT_TCP, "  0: 00000000:1F90 00000000:0000 0A 00000000:00000000", false, 0},
	    {TRANSPORT_TCP, "", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct listener listener;

		if (procnet_parse(&listener, rows[i].protocol, rows[i].line) != rows[i].listens)
			fail_msg("row %zu", i);
		if (!rows[i].listens)
			continue;
		assert_int_equal(listener.protocol, rows[i].protocol);
		assert_int_equal(listener.local.any.sa_family, rows[i].family);
		assert_int_equal(address_port(&listener.local), 8080);
		assert_int_equal(listener.uid, 1000);
		assert_int_equal(listener.inode, 77);
	}
}

static const struct listener *find(const struct listing *listing, const struct listener *wanted)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct listener *one = &listing->list[i];

		if (one->inode == wanted->inode && one->protocol == wanted->protocol && one->uid == wanted->uid &&
		    one->local.length == wanted->local.length &&
		    memcmp(&one->local.in6, &wanted->local.in6, one->local.length) == 0)
			return one;
	}
	return NULL;
}

static void as_sock_diag_says(void **state)
{
	struct listing told = {0}, read = {0};
	int fds[8];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		int family = i % 2 ? AF_INET6 : AF_INET;
		struct sockaddr_storage at;
		socklen_t length = fill_address(&at, family, i / 2 % 2, 0);

		fds[i] = socket(family, i / 4 ? SOCK_DGRAM : SOCK_STREAM, 0);
		assert_int_equal(bind(fds[i], (struct sockaddr *)&at, length), 0);
		if (i / 4 == 0)
			assert_int_equal(listen(fds[i], 5), 0);
	}
	assert_true(sock_diag_read(&told) && procnet_read(&read));
	assert_int_equal(told.count, COUNT(fds));
	assert_int_equal(read.count, told.count);
	for (size_t i = 0; i < told.count; i++)
		assert_non_null(find(&read, &told.list[i]));
	listing_free(&told);
	listing_free(&read);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(as_sock_diag_says),
	};

	return cmocka_run_group_tests_name("listeners of /proc/net", tests, private_network, NULL);
}

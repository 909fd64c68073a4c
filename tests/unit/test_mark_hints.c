/* SPDX-License-Identifier: MIT */
/* The mark as it is in the write hint of a socket's inode. */
#define _GNU_SOURCE
#include "sockets.h"

#include "socket/mark.h"

#include <fcntl.h>
#include <stdlib.h>

static int new_datagram(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	return fd;
}

static uint64_t hint_of(int fd)
{
	uint64_t hint = 99;

	return fcntl(fd, F_GET_RW_HINT, &hint) == 0 ? hint : 0;
}

static void set_hint(int fd, uint64_t hint)
{
	assert_int_equal(fcntl(fd, F_SET_RW_HINT, &hint), 0);
}

/* That a socket is shown as AF_INET is in the write hint too, where the kernel has them, and nothing
 * else is. The option is asked for where the hint is not there. No program of TCP alone asks for it with
 * each datagram; nor does a connection, which has none, say that there are none. */
static void hints(void **state)
{
	int fd = new_datagram(AF_INET6), native = new_datagram(AF_INET6), stream = new_socket(AF_INET6),
	    widened = new_socket(AF_INET6);
	uint64_t hint;

	(void)state;
	if (fcntl(fd, F_GET_RW_HINT, &hint) != 0) {
		print_message("# no write hints on this kernel\n");
		skip();
	}
	assert_true(mark_set(stream, TRANSPORT_TCP, MARK_CONVERTED));
	assert_int_equal(hint_of(stream), RWH_WRITE_LIFE_EXTREME);
	assert_true(mark_is_hinted(stream));
	assert_false(mark_hints_are_used());
	set_hint(stream, RWH_WRITE_LIFE_NOT_SET); /* as what is accepted there has it */
	assert_int_equal(mark_shown_datagram(stream), 1);
	assert_true(mark_set(widened, TRANSPORT_TCP, MARK_WIDENED));
	assert_false(mark_is_hinted(widened));
	assert_true(mark_set(fd, TRANSPORT_UDP, MARK_CONVERTED));
	assert_int_equal(hint_of(fd), RWH_WRITE_LIFE_EXTREME);
	assert_true(mark_hints_are_used());
	assert_int_equal(mark_shown_datagram(native), 0);
	set_hint(native, RWH_WRITE_LIFE_LONG); /* whatever that is to mean */
	assert_int_equal(mark_shown_datagram(native), 0);
	set_hint(fd, RWH_WRITE_LIFE_NOT_SET);
	assert_int_equal(mark_shown_datagram(fd), 1);
	assert_true(mark_show(fd, true));
	assert_int_equal(hint_of(fd), RWH_WRITE_LIFE_EXTREME);
	assert_true(mark_show(fd, false));
	assert_int_equal(hint_of(fd), RWH_WRITE_LIFE_NOT_SET);
	assert_int_equal(mark_shown_datagram(fd), 0);
	assert_int_equal(close(fd) | close(native) | close(stream) | close(widened), 0);
}

/* Once a filter may forbid the call: a hint is neither looked at nor set. The last test. */
static void hints_that_end(void **state)
{
	int fd = new_datagram(AF_INET6), later = new_datagram(AF_INET6), native = new_datagram(AF_INET6);

	(void)state;
	assert_true(mark_set(fd, TRANSPORT_UDP, MARK_CONVERTED));
	mark_hints_end();
	assert_false(mark_hints_are_used());
	assert_false(mark_is_hinted(fd));
	assert_true(mark_set(later, TRANSPORT_UDP, MARK_CONVERTED));
	assert_int_equal(hint_of(later), RWH_WRITE_LIFE_NOT_SET);
	assert_int_equal(mark_shown_datagram(fd), 1);
	assert_int_equal(mark_shown_datagram(later), 1);
	assert_int_equal(mark_shown_datagram(native), 0);
	assert_int_equal(close(fd) | close(later) | close(native), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hints),
	    cmocka_unit_test(hints_that_end),
	};

	setenv("DUALBIND_ALLOW", "*/any", 1);
	return cmocka_run_group_tests_name("mark_hints", tests, private_network, NULL);
}

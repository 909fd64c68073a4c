/* SPDX-License-Identifier: MIT */
/* A kernel that says 0 and does nothing: the program's socket stays what it is. */
#define _GNU_SOURCE
#include "forgets.h"
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "swap/swap.h"

#include <linux/filter.h>
#include <linux/in6.h>
#include <sys/epoll.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif

enum { UNKNOWN = READS_UNKNOWN, TRUTH = READS_THE_TRUTH };

/* What F_GETOWN_EX is asked with; gVisor leaves it as it is. */
static bool owner_is_unwritten;

int __real_sys_fcntl(int fd, int command, unsigned long argument);
int __wrap_sys_fcntl(int fd, int command, unsigned long argument);

int __wrap_sys_fcntl(int fd, int command, unsigned long argument)
{
	static const struct f_owner_ex nobody;

	if (command != F_GETOWN_EX || !owner_is_unwritten)
		return __real_sys_fcntl(fd, command, argument);
	assert_memory_equal((const void *)argument, &nobody, sizeof nobody);
	return 0;
}

static int new_of(int type, int family)
{
	int fd = socket(family, type, 0);

	assert_true(fd >= 0);
	return fd;
}

/* What a swap finds on the stack where it writes nothing itself. */
static __attribute__((noinline)) void leave_litter(void)
{
	volatile char litter[16384];

	for (size_t i = 0; i < sizeof litter; i++)
		litter[i] = 1;
}

static bool convert_as(int fd, enum mark mark, uint16_t port)
{
	struct swap swap = {.mark = mark};

	address_set_in6(&swap.local, &in6addr_any, port);
	leave_litter();
	return swap_fd(fd, &swap);
}

struct state {
	ino_t inode;
	unsigned open;
	int reuse_address, reuse_port, flags;
};

static struct state state_of(int fd)
{
	struct state state = {inode_of(fd), open_descriptors(), int_option(fd, SOL_SOCKET, SO_REUSEADDR),
			      int_option(fd, SOL_SOCKET, SO_REUSEPORT), fcntl(fd, F_GETFL)};

	return state;
}

static void expect_as_before(int fd, struct state before)
{
	struct state now = state_of(fd);

	assert_memory_equal(&now, &before, sizeof now);
}

/* Nothing has changed, and the program's own bind succeeds. */
static void expect_left(int type, enum mark mark, void (*set_up)(int fd), const struct forgets *forgets, int row)
{
	int fd = new_of(type, mark == MARK_MAPPED || mark == MARK_WIDENED ? AF_INET6 : AF_INET);
	uint16_t port = free_port();
	struct state before;
	bool done;

	set_up(fd);
	before = state_of(fd);
	forgets_start(forgets);
	errno = 0;
	done = convert_as(fd, mark, port);
	forgets_start(NULL);
	if (done || errno != EFORGOTTEN)
		fail_msg("row %d: %s, errno %d", row, done ? "converted" : "not converted", errno);
	expect_as_before(fd, before);
	assert_int_equal(try_bind(fd, domain_of(fd), port), 0);
	close(fd);
}

static void as_it_comes(int fd)
{
	(void)fd;
}

static void only_ipv6(int fd)
{
	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

static void reusing(int fd)
{
	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_int_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

static void on_loopback(int fd)
{
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
}

static void filtered(int fd)
{
	struct sock_filter all = {BPF_RET | BPF_K, 0, 0, 0xffff};
	struct sock_fprog program = {1, &all};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
}

static void locked(int fd)
{
	filtered(fd);
	set_int_option(fd, SOL_SOCKET, SO_LOCK_FILTER, 1);
}

static void member(int fd)
{
	struct ip_mreqn group = {.imr_multiaddr = {htonl(0xef090805)}, .imr_ifindex = 1};

	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0);
}

#define V IPPROTO_IPV6
#define I IPPROTO_IP
#define S SOL_SOCKET

/* Each option on which a conversion rests; those that are always set. */
static void nothing_is_changed(void **state)
{
	static const struct {
		int type;
		enum mark mark;
		void (*set_up)(int fd);
		struct forgets forgets;
	} rows[] = {
	    {SOCK_DGRAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, 0, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, UNKNOWN, 0, true, 0}},
	    {SOCK_DGRAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, UNKNOWN, 0, true, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, UNKNOWN, true, true, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, 1, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_ROUTER_ALERT_ISOLATE}, 0, 0, 0, 0}},
	    {SOCK_STREAM, MARK_PROMOTED, as_it_comes, {I, {IP_MULTICAST_LOOP}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_PROMOTED, as_it_comes, {I, {IP_MULTICAST_LOOP}, 0, 0, 0, 0}},
	    {SOCK_STREAM, MARK_WIDENED, only_ipv6, {I, {IP_MULTICAST_LOOP}, UNKNOWN, 0, 0, 0}},
	    {SOCK_STREAM, MARK_MAPPED, as_it_comes, {I, {IP_BIND_ADDRESS_NO_PORT}, TRUTH, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_PROMOTED, as_it_comes, {S, {SO_LINGER}, TRUTH, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_WIDENED, only_ipv6, {S, {SO_LINGER}, UNKNOWN, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_V6ONLY}, 1, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_CONVERTED, as_it_comes, {V, {IPV6_V6ONLY}, 1, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_CONVERTED, as_it_comes, {S, {SO_ATTACH_FILTER}, TRUTH, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_WIDENED, only_ipv6, {S, {SO_ATTACH_FILTER}, UNKNOWN, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_MAPPED, as_it_comes, {S, {SO_ATTACH_FILTER}, UNKNOWN, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_CONVERTED, filtered, {S, {SO_ATTACH_FILTER}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, filtered, {S, {SO_ATTACH_FILTER}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, locked, {S, {SO_LOCK_FILTER}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, reusing, {S, {SO_REUSEADDR}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, reusing, {S, {SO_REUSEPORT}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {S, {SO_REUSEPORT}, TRUTH, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, as_it_comes, {S, {SO_REUSEPORT}, 1, 0, 0, 0}},
	    {SOCK_STREAM, MARK_CONVERTED, on_loopback, {S, {SO_BINDTODEVICE}, TRUTH, 0, 0, 0}},
	    {SOCK_DGRAM, MARK_CONVERTED, member, {I, {MCAST_JOIN_GROUP}, TRUTH, 0, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_left(rows[i].type, rows[i].mark, rows[i].set_up, &rows[i].forgets, (int)i);
}

/* A filter that does not read back is none, though the kernel knows the option. */
static void a_filter_that_is_none(void **state)
{
	static const struct forgets forgets = {S, {SO_ATTACH_FILTER}, 0, 0, 0, 0};

	(void)state;
	expect_left(SOCK_DGRAM, MARK_CONVERTED, as_it_comes, &forgets, -1);
}

/* A bound socket shares its port by SO_REUSEPORT, for the moment. */
static void yields_not(void **state)
{
	static const struct forgets rows[] = {
	    {S, {SO_REUSEPORT}, TRUTH, 0, 0, 0},
	    {S, {SO_REUSEPORT}, 0, 0, 0, 0},
	    {V, {IPV6_V6ONLY}, TRUTH, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = new_socket(i == 2 ? AF_INET6 : AF_INET);
		struct swap swap = {.v6only = true, .mark = MARK_NONE};
		uint16_t port = free_port();
		struct state before;

		if (i == 2)
			only_ipv6(fd);
		assert_true(convert_as(fd, i == 2 ? MARK_WIDENED : MARK_CONVERTED, port));
		assert_int_equal(listen(fd, 5), 0);
		before = state_of(fd);
		address_set_in(&swap.local, htonl(INADDR_ANY), port);
		if (i == 2)
			address_set_in6(&swap.local, &in6addr_any, port);
		forgets_start(&rows[i]);
		assert_false(swap_fd(fd, &swap));
		forgets_start(NULL);
		assert_int_equal(errno, EFORGOTTEN);
		expect_as_before(fd, before);
		assert_true(serves(fd, AF_INET) && serves(fd, AF_INET6));
		close(fd);
	}
}

static void linger(int fd, int on)
{
	struct linger linger = {on, 3};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
}

/*
 * Before 5.1 Linux has no IPV6_ROUTER_ALERT_ISOLATE, and says so; gVisor does not say so.
 * Another option takes its place, also where the program has set it itself, and none that
 * a bind or a datagram would notice.
 */
static void other_kernels(void **state)
{
	static const struct forgets kernels[] = {{V, {IPV6_ROUTER_ALERT_ISOLATE}, UNKNOWN, true, 0, 0},
						 {V, {IPV6_ROUTER_ALERT_ISOLATE, IPV6_FREEBIND}, UNKNOWN, 0, 0, 0}};
	static const enum mark marks[] = {MARK_CONVERTED, MARK_PROMOTED, MARK_MAPPED, MARK_WIDENED};

	(void)state;
	for (size_t i = 0; i < 2 * 2 * 2 * COUNT(marks); i++) {
		int type = i % 2 ? SOCK_STREAM : SOCK_DGRAM, own = i / 2 % 2;
		enum mark mark = marks[i / 8];
		bool shown = mark == MARK_CONVERTED || mark == MARK_PROMOTED;
		int fd = new_of(type, shown ? AF_INET : AF_INET6);

		if (mark == MARK_WIDENED)
			only_ipv6(fd);
		linger(fd, own);
		if (type == SOCK_DGRAM)
			set_int_option(fd, SOL_SOCKET, SO_NO_CHECK, own);
		forgets_start(&kernels[i / 4 % 2]);
		assert_int_equal(mark_get(fd), MARK_NONE);
		assert_true(convert_as(fd, mark, free_port()));
		assert_int_equal(mark_get(fd), mark);
		assert_int_equal(mark_shown(fd), shown);
		assert_int_equal(mark_shown_datagram(fd), shown);
		assert_int_equal(mark_lingers(fd), type == SOCK_DGRAM);
		linger(fd, 0); /* as the program may at any time: this kernel's takes nothing away */
		assert_int_equal(mark_get(fd), mark);
		assert_true(mark_show(fd, !shown));
		assert_int_equal(mark_shown(fd), !shown);
		forgets_start(NULL);
		assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_FREEBIND), 0);
		if (type == SOCK_DGRAM)
			assert_int_equal(int_option(fd, SOL_SOCKET, SO_NO_CHECK), own);
		close(fd);
	}
}

static void an_owner_that_is_unwritten(void **state)
{
	int fd = new_socket(AF_INET);

	(void)state;
	owner_is_unwritten = true;
	assert_true(convert_as(fd, MARK_CONVERTED, free_port()));
	owner_is_unwritten = false;
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_changed),
	    cmocka_unit_test(a_filter_that_is_none),
	    cmocka_unit_test(yields_not),
	    cmocka_unit_test(other_kernels),
	    cmocka_unit_test(an_owner_that_is_unwritten),
	};

	return cmocka_run_group_tests_name("a kernel that forgets", tests, private_network, NULL);
}

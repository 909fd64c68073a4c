/* SPDX-License-Identifier: MIT */
/* A swap after its process has given up root: the new socket is another user's than the old one. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "swap/swap.h"

#include <sys/wait.h>

enum { NOBODY = 65534 };

int __real_sys_dup3(int from, int to, int flags);
int __wrap_sys_dup3(int from, int to, int flags);

static bool fails;

int __wrap_sys_dup3(int from, int to, int flags)
{
	if (!fails)
		return __real_sys_dup3(from, to, flags);
	fails = false;
	errno = EBUSY; /* another thread is just opening that number */
	return -1;
}

static bool to_ipv4(int fd, uint16_t port)
{
	struct swap swap = {.mark = MARK_NONE};

	address_set_in(&swap.local, htonl(INADDR_ANY), port);
	return swap_fd(fd, &swap);
}

static bool to_ipv6(int fd, uint16_t port)
{
	struct swap swap = {.mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, port);
	return swap_fd(fd, &swap);
}

/* With SO_REUSEADDR or not. */
static int bound(int family, int type, int reuse, uint16_t *port)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, reuse);
	assert_int_equal(try_bind(fd, family, 0), 0);
	*port = port_of(fd);
	return fd;
}

/* In a child that is another user; its own assertions end it. */
static void as_another(void (*check)(int reuse), int reuse)
{
	pid_t child;
	int status;

	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		check(reuse);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("reuse %d: status %#x", reuse, (unsigned)status);
}

static void must(bool condition, int line)
{
	if (!condition)
		_exit(line);
}
#define MUST(condition) must(condition, __LINE__ % 256)

static void give_up_root(void)
{
	MUST(setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

static bool options_are(int fd, int reuse)
{
	return int_option(fd, SOL_SOCKET, SO_REUSEADDR) == reuse && int_option(fd, SOL_SOCKET, SO_REUSEPORT) == 0;
}

/* No other socket can have the port afterwards, unless the program itself allows it. */
static bool is_shared(int type, uint16_t port)
{
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	bool done;

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	done = try_bind(fd, AF_INET6, port) == 0;
	close(fd);
	return done;
}

static void convert_bound(int reuse)
{
	uint16_t port;
	int fd = bound(AF_INET, SOCK_STREAM, reuse, &port);

	give_up_root();
	MUST(to_ipv6(fd, port));
	MUST(domain_of(fd) == AF_INET6 && port_of(fd) == port && options_are(fd, reuse));
	MUST(is_shared(SOCK_STREAM, port) == (reuse != 0));
	MUST(listen(fd, 4) == 0 && !is_shared(SOCK_STREAM, port));
}

static void convert_datagrams(int reuse)
{
	uint16_t port;
	int fd = bound(AF_INET, SOCK_DGRAM, reuse, &port);

	give_up_root();
	MUST(to_ipv6(fd, port));
	MUST(domain_of(fd) == AF_INET6 && port_of(fd) == port && options_are(fd, reuse));
	MUST(is_shared(SOCK_DGRAM, port) == (reuse != 0));
}

static void yield_listener(int reuse)
{
	uint16_t port;
	int fd = bound(AF_INET6, SOCK_STREAM, reuse, &port);

	MUST(listen(fd, 17) == 0);
	give_up_root();
	MUST(to_ipv4(fd, port));
	MUST(domain_of(fd) == AF_INET && port_of(fd) == port && options_are(fd, reuse));
	MUST(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
	MUST(serves(fd, AF_INET));
}

/* It had made way. */
static void keep_listener(int reuse)
{
	uint16_t port;
	int fd = bound(AF_INET6, SOCK_STREAM, reuse, &port);

	MUST(listen(fd, 17) == 0);
	give_up_root();
	fails = true;
	errno = 0;
	MUST(!to_ipv4(fd, port) && errno == EBUSY && !fails);
	MUST(domain_of(fd) == AF_INET6 && port_of(fd) == port && options_are(fd, reuse));
	MUST(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
	MUST(serves(fd, AF_INET6));
}

/* The connection has the option from its listener. */
static void yield_with_a_connection(int reuse)
{
	uint16_t port;
	int fd = bound(AF_INET6, SOCK_STREAM, reuse, &port), client, served;

	MUST(listen(fd, 17) == 0);
	client = connect_to(AF_INET6, port);
	served = accept(fd, NULL, NULL);
	MUST(client >= 0 && served >= 0);
	give_up_root();
	errno = 0;
	MUST(to_ipv4(fd, port) == (reuse != 0));
	MUST(reuse != 0 || errno == EADDRINUSE);
	MUST(domain_of(fd) == (reuse ? AF_INET : AF_INET6) && options_are(fd, reuse));
	MUST(serves(fd, AF_INET));
	MUST(write(client, "x", 1) == 1 && read(served, &(char){0}, 1) == 1);
}

static void each(void **state, void (*check)(int reuse))
{
	(void)state;
	as_another(check, 0);
	as_another(check, 1);
}

static void a_bound_socket(void **state)
{
	each(state, convert_bound);
}

static void a_udp_socket(void **state)
{
	each(state, convert_datagrams);
}

static void a_listener(void **state)
{
	each(state, yield_listener);
}

static void a_listener_that_stays(void **state)
{
	each(state, keep_listener);
}

static void a_listener_with_a_connection(void **state)
{
	each(state, yield_with_a_connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bound_socket),
	    cmocka_unit_test(a_udp_socket),
	    cmocka_unit_test(a_listener),
	    cmocka_unit_test(a_listener_that_stays),
	    cmocka_unit_test(a_listener_with_a_connection),
	};

	return cmocka_run_group_tests_name("swap: another user", tests, private_network, NULL);
}

/* SPDX-License-Identifier: MIT */
/* accept: the kernel is given a buffer that shows the family, and nothing is asked where
 * that is not AF_INET6's. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "base/sys.h"
#include "calls/names.h"

#include <fcntl.h>
#include <sys/un.h>

/* What the native call was given. */
static struct {
	int calls;
	const void *address, *length;
} seen;

static int count_accept(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	seen.calls++;
	seen.address = address;
	seen.length = length;
	return sys_accept4(listener, address, length, flags);
}

static int unix_listener(struct sockaddr_un *local)
{
	int fd = new_socket(AF_UNIX);

	*local = (struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "\0dualbind-test-accept"};
	assert_int_equal(bind(fd, (struct sockaddr *)local, sizeof *local) | listen(fd, 8), 0);
	return fd;
}

static void to_unix(const struct sockaddr_un *peer)
{
	struct sockaddr_un own = {.sun_family = AF_UNIX, .sun_path = "\0dualbind-test-accept-client"};
	int fd = new_socket(AF_UNIX);

	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)peer, sizeof *peer), 0);
	close(fd);
}

/* Natively the same bytes are written, and the same length told. */
static void names_of_another_family(void **state)
{
	static const socklen_t capacities[] = {0, 1, 2, 15, 16, 27, 28, 109, 110, 128};
	struct sockaddr_un local;
	int listener = unix_listener(&local);

	(void)state;
	for (size_t i = 0; i < COUNT(capacities); i++) {
		unsigned char bytes[2][160];
		socklen_t lengths[2] = {capacities[i], capacities[i]};

		memset(bytes, 0xa5, sizeof bytes);
		for (int with = 0; with < 2; with++) {
			struct sockaddr *name = (struct sockaddr *)bytes[with];
			int fd;

			to_unix(&local);
			fd = with ? call_accept(listener, name, &lengths[with], 0, count_accept)
				  : sys_accept4(listener, name, &lengths[with], 0);
			assert_true(fd >= 0);
			close(fd);
		}
		assert_int_equal(lengths[0], lengths[1]);
		assert_memory_equal(bytes[0], bytes[1], sizeof bytes[0]);
	}
	close(listener);
}

static void no_name_asked_for(void **state)
{
	struct sockaddr_un local;
	int listener = unix_listener(&local), fd;
	socklen_t length = 77;

	(void)state;
	to_unix(&local);
	fd = call_accept(listener, NULL, &length, SOCK_CLOEXEC, count_accept);
	assert_true(fd >= 0);
	assert_non_null(seen.address);
	assert_int_equal(length, 77);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	/* What the kernel refuses it is given as it is. */
	to_unix(&local);
	errno = 0;
	assert_int_equal(call_accept(listener, (struct sockaddr *)&local, NULL, 0, count_accept), -1);
	assert_int_equal(errno, EFAULT);
	assert_null(seen.length);
	close(listener);
}

/* A kind of socket without names, as AF_ALG: with a buffer for one the kernel refuses. */
static int nameless_accept(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	(void)flags;
	seen.calls++;
	seen.length = length;
	if (address == NULL)
		return dup(listener);
	errno = ECONNABORTED;
	return -1;
}

static void a_socket_without_names(void **state)
{
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	int fd;

	(void)state;
	seen.calls = 0;
	fd = call_accept(0, NULL, NULL, 0, nameless_accept);
	assert_true(fd > 0);
	assert_int_equal(seen.calls, 2);
	assert_null(seen.length);
	close(fd);
	assert_int_equal(call_accept(0, (struct sockaddr *)&name, &length, 0, nameless_accept), -1);
	assert_int_equal(errno, ECONNABORTED);
	assert_int_equal(seen.calls, 3);
	assert_int_equal(length, sizeof name);
}

/* The client has reset the connection already: it is accepted all the same, with or without
 * a buffer for its name. */
static void a_client_that_has_gone(void **state)
{
	static const int families[] = {AF_INET, AF_INET6};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct linger reset = {1, 0};
		struct address name = {.length = sizeof name.in};
		int listener = new_socket(AF_INET6), client, fd;

		set_int_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
		assert_true(set_mark(listener, MARK_CONVERTED));
		assert_int_equal(try_bind(listener, AF_INET6, 0) | listen(listener, 1), 0);
		client = connect_to(families[i % 2], port_of(listener));
		assert_true(is_readable(listener, WAIT_MS)); /* the client may know before */
		setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		close(client);
		fd = call_accept(listener, i / 2 ? &name.any : NULL, i / 2 ? &name.length : NULL, 0, count_accept);
		assert_true(fd >= 0);
		if (i / 2) {
			assert_int_equal(name.length, sizeof name.in);
			assert_int_equal(name.in.sin_family, AF_INET);
			assert_int_equal(name.in.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
		}
		assert_int_equal(close(fd) | close(listener), 0);
	}
}

static int accept_unmarked(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	int fd = accept4(listener, address, length, flags);

	assert_true(mark_show(fd, false));
	return fd;
}

/* gVisor's connections do not inherit what marks their listener. */
static void a_mark_that_is_not_inherited(void **state)
{
	(void)state;
	for (int marked = 0; marked < 2; marked++) {
		struct address name = {.length = sizeof name.in6};
		int listener = new_socket(AF_INET6), client, fd;

		set_int_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
		assert_true(!marked || set_mark(listener, MARK_CONVERTED));
		assert_int_equal(try_bind(listener, AF_INET6, 0) | listen(listener, 1), 0);
		client = connect_to(AF_INET6, port_of(listener));
		fd = call_accept(listener, &name.any, &name.length, 0, accept_unmarked);
		assert_true(fd >= 0);
		assert_int_equal(name.any.sa_family, marked ? AF_INET : AF_INET6);
		assert_int_equal(mark_shown(fd), marked);
		assert_int_equal(close(client) | close(fd) | close(listener), 0);
	}
}

static void disguise(struct sockaddr *address)
{
	static const struct in6_addr mapped = {{{[10] = 0xff, 0xff, 127, 0, 0, 1}}};

	((struct sockaddr_in6 *)address)->sin6_addr = mapped;
}

static int accept_disguised(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	int fd = accept_unmarked(listener, address, length, flags);

	disguise(address);
	return fd;
}

static int disguised_name(int fd, struct sockaddr *address, socklen_t *length)
{
	int result = getpeername(fd, address, length);

	disguise(address);
	return result;
}

/* Older gVisor takes connections over IPv6 from ::ffff:127.0.0.1: they are not from 127.0.0.1. */
static void a_disguised_client(void **state)
{
	struct address name = {.length = sizeof name.in6}, again = name;
	int listener = new_socket(AF_INET6), client, fd;

	(void)state;
	set_int_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	assert_true(set_mark(listener, MARK_CONVERTED));
	assert_int_equal(try_bind(listener, AF_INET6, 0) | listen(listener, 1), 0);
	client = connect_to(AF_INET6, port_of(listener));
	fd = call_accept(listener, &name.any, &name.length, 0, accept_disguised);
	assert_true(fd >= 0);
	assert_int_equal(call_getpeername(fd, &again.any, &again.length, disguised_name), 0);
	assert_int_equal(name.any.sa_family, AF_INET);
	assert_true(ntohl(name.in.sin_addr.s_addr) >> 28 == 15);
	assert_int_equal(name.in.sin_addr.s_addr, again.in.sin_addr.s_addr);
	assert_int_equal(close(client) | close(fd) | close(listener), 0);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_another_family),      cmocka_unit_test(no_name_asked_for),
	    cmocka_unit_test(a_socket_without_names),       cmocka_unit_test(a_client_that_has_gone),
	    cmocka_unit_test(a_mark_that_is_not_inherited), cmocka_unit_test(a_disguised_client),
	};

	return cmocka_run_group_tests_name("accept", tests, start, NULL);
}

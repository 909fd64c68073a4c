/* SPDX-License-Identifier: MIT */
/*
 * What the tests of io_uring(7) have in common. Failures end the test.
 */
#ifndef DUALBIND_TESTS_RING_SERVER_H
#define DUALBIND_TESTS_RING_SERVER_H

#include "preloaded.h"
#include "ring.h"

enum { PORT = 8080 };

static inline bool lacks_rings(struct ring *ring)
{
	const char *lack = ring_lack(ring);

	return lacks(lack, lack != NULL);
}

static inline void bind_any(int fd)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
}

static inline int family_of(int fd)
{
	return kernel_option(fd, SOL_SOCKET, SO_DOMAIN);
}

/* An operation on the socket, by its number or by its place among the registered files. */
static inline struct io_uring_sqe operation(uint8_t code, int fd, bool is_place)
{
	struct io_uring_sqe entry;

	memset(&entry, 0, sizeof entry);
	entry.opcode = code;
	entry.fd = fd;
	entry.flags = is_place ? IOSQE_FIXED_FILE : 0;
	return entry;
}

static inline void start_accept(struct ring *ring, int fd, bool is_place)
{
	struct io_uring_sqe entry = operation(IORING_OP_ACCEPT, fd, is_place);

	ck_assert_int_eq(ring_submit(ring, &entry), 0);
}

static inline void serve_ipv6_too(void)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);
	int six = socket(AF_INET6, SOCK_STREAM, 0);

	ck_assert_int_eq(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(six, 5), 0);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Which sockets a ring has registered, and that these are not swapped. */
#define _GNU_SOURCE
#include "ring.h"
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "process/rings.h"
#include "swap/sock_refs.h"
#include "swap/swap.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool lacks_rings(struct ring *ring)
{
	const char *lack = ring_lack(ring);

	if (lack != NULL)
		print_message("# no %s on this kernel\n", lack);
	return lack != NULL;
}

/* Only from 6.13 on; before, the protocol is listed. */
static bool names_sockets(const struct ring *ring, ino_t held)
{
	return !rings_hold(ring->fd, held + 1);
}

static void names_of_files(void **state)
{
	static const struct {
		const char *name;
		bool means;
	} rows[] = {
	    {"socket:[7]", true},
	    {"socket:[77]", false},
	    {"TCP", true},
	    {"UDPv6", true},
	    {"MPTCP", true},
	    {"/etc/TCP", false},
	    {"<none>", false},
	    {"pipe:[7]", false},
	    {"", false},
	    {"TCP2", false},
	    {"anon_inode:[eventpoll]", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rings_name_means(rows[i].name, 7) != rows[i].means)
			fail_msg("%s", rows[i].name);
}

static void registered_files(void **state)
{
	int fd = new_socket(AF_INET), file = open("/dev/null", O_RDONLY);
	int before[] = {file, -1}, with[] = {file, -1, fd};
	struct ring ring, other;

	(void)state;
	if (lacks_rings(&ring))
		return;
	assert_false(rings_hold(ring.fd, inode_of(fd)));
	assert_int_equal(ring_register(&ring, before, COUNT(before)), 0);
	assert_false(rings_hold(ring.fd, inode_of(fd)));
	assert_int_equal(ring_begin(&other), 0);
	assert_int_equal(ring_register(&other, with, COUNT(with)), 0);
	assert_true(rings_hold(other.fd, inode_of(fd)));
	assert_false(rings_hold(ring.fd, inode_of(fd)));
	ring_end(&other);
	assert_false(rings_hold(other.fd, inode_of(fd))); /* a number that is closed */
	assert_true(rings_hold(file, inode_of(fd)));      /* what does not tell */
	ring_end(&ring);
	close(file);
	close(fd);
}

/* Whether FD is swapped, with the refs of a walk or without. */
static bool is_swapped(int fd, const struct ref_list *refs)
{
	struct swap swap = {.mark = MARK_CONVERTED, .refs = refs};
	unsigned before = open_descriptors();
	bool done;

	address_set_in6(&swap.local, &in6addr_any, free_port());
	done = swap_fd(fd, &swap);
	assert_true(done || errno == ERINGED);
	assert_int_equal(domain_of(fd), done ? AF_INET6 : AF_INET);
	assert_int_equal(open_descriptors(), before);
	return done;
}

static void held_sockets_are_not_swapped(void **state)
{
	int fd = new_socket(AF_INET), other = new_socket(AF_INET);
	struct ref_list refs;
	struct sock sock;
	struct ring ring;

	(void)state;
	if (lacks_rings(&ring))
		return;
	assert_int_equal(ring_register(&ring, &fd, 1), 0);
	assert_false(is_swapped(fd, NULL));
	assert_true(sock_read(fd, &sock));
	ref_list_begin(&refs, &sock);
	ref_list_note(&refs, &(struct descriptor){.number = ring.fd, .kind = DESCRIPTOR_RING});
	assert_true(refs.whole);
	assert_false(is_swapped(fd, &refs));
	if (names_sockets(&ring, inode_of(fd)))
		assert_true(is_swapped(other, NULL));
	ring_end(&ring);
	assert_true(is_swapped(fd, NULL));
	close(other);
	close(fd);
}

/* libuv's, and those whose program gives no files to them. */
static void rings_without_files_are_no_hindrance(void **state)
{
	int fd = new_socket(AF_INET);
	struct ring ring;

	(void)state;
	if (lacks_rings(&ring))
		return;
	assert_true(is_swapped(fd, NULL));
	ring_end(&ring);
	close(fd);
}

/* That something waits for a connection is no hindrance to a listener. */
static void operations_that_wait(void **state)
{
	struct io_uring_sqe entry;
	struct ring ring;
	int tcp = new_socket(AF_INET), pair[2];
	char byte;

	(void)state;
	if (lacks_rings(&ring))
		return;
	assert_false(rings_wait(ring.fd, TRANSPORT_TCP) || rings_wait(ring.fd, TRANSPORT_UDP));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	memset(&entry, 0, sizeof entry);
	entry.opcode = IORING_OP_RECV;
	entry.fd = pair[0];
	entry.addr = (uintptr_t)&byte;
	entry.len = 1;
	assert_int_equal(ring_submit(&ring, &entry), 0);
	assert_true(rings_wait(ring.fd, TRANSPORT_UDP));
	assert_false(rings_wait(ring.fd, TRANSPORT_TCP));
	assert_int_equal(listen(tcp, 5), 0);
	memset(&entry, 0, sizeof entry);
	entry.opcode = IORING_OP_ACCEPT;
	entry.fd = tcp;
	assert_int_equal(ring_submit(&ring, &entry), 0);
	assert_true(rings_wait(ring.fd, TRANSPORT_TCP));
	ring_end(&ring);
	close(pair[0]);
	close(pair[1]);
	close(tcp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_files),
	    cmocka_unit_test(registered_files),
	    cmocka_unit_test(held_sockets_are_not_swapped),
	    cmocka_unit_test(rings_without_files_are_no_hindrance),
	    cmocka_unit_test(operations_that_wait),
	};

	return cmocka_run_group_tests(tests, private_network, NULL);
}

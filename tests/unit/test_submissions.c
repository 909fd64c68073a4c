/* SPDX-License-Identifier: MIT */
/* What is queued in a ring when io_uring_enter(2) comes by, and what becomes of the socket. */
#define _GNU_SOURCE
#include "ring.h"
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "bind/submissions.h"
#include "process/rings.h"
#include "swap/swap.h"

#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct settings settings = {.native_peers = false}, native = {.native_peers = true};

static void lines(void **state)
{
	static const struct {
		const char *line;
		bool means;
		unsigned kind;
		int fd;
		unsigned flags;
		uint64_t address;
	} rows[] = {
	    {"    0: opcode:ACCEPT, fd:4, flags:0, off:14, addr:0x7fff, rw_flags:0x0", true, RING_ACCEPTS, 4, 0,
	     0x7fff},
	    {"    0: opcode:ACCEPT, fd:4, flags:10, off:14, addr:0x7fff, rw_flags:0x0", true, RING_ACCEPTS, 4, 16,
	     0x7fff},
	    {"    0: opcode:ACCEPT, fd:4, flags:1, off:0, addr:0x0, rw_flags:0x0", true, RING_ACCEPTS, 4, 1, 0},
	    {"    1: opcode:RECVMSG, fd:70, flags:0, off:0, addr:0x7fff, rw_flags:0x0", true, RING_RECEIVES, 70, 0,
	     0x7fff},
	    {"    1: opcode:POLL_ADD, fd:7, flags:0, off:0, addr:0x0, rw_flags:0x1", true, RING_POLLS, 7, 0, 0},
	    {"    1: opcode:RECV, fd:70, flags:0, off:0, addr:0x7fff, rw_flags:0x0", false, 0, 0, 0, 0},
	    {"    1: opcode:ACCEPT, fd:-1, flags:0, off:14, addr:0x7fff, rw_flags:0x0", false, 0, 0, 0, 0},
	    {"    1: opcode:ACCEPT, fd:4", false, 0, 0, 0, 0},
	    {"", false, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ring_operation operation;

		if (rings_operation_parse(&operation, rows[i].line) != rows[i].means)
			fail_msg("%s", rows[i].line);
		if (rows[i].means && (operation.kind != rows[i].kind || operation.fd != rows[i].fd ||
				      operation.flags != rows[i].flags || operation.address != rows[i].address))
			fail_msg("%s", rows[i].line);
	}
}

static int converted(int type, const struct settings *of)
{
	struct bind_request request = {.settings = of,
				       .protocol = type == SOCK_STREAM ? TRANSPORT_TCP : TRANSPORT_UDP};
	struct swap swap = {.mark = MARK_CONVERTED};
	int fd = socket(AF_INET, type, 0);

	request.fd = fd;
	address_set_in6(&swap.local, &in6addr_any, free_port());
	assert_true(swap_fd(fd, &swap));
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	submissions_expect(&request, false);
	return fd;
}

static struct sockaddr_in6 room;
static struct msghdr message = {.msg_name = &room, .msg_namelen = sizeof room};

static struct io_uring_sqe operation(uint8_t code, int fd)
{
	struct io_uring_sqe entry;

	memset(&entry, 0, sizeof entry);
	entry.opcode = code;
	entry.fd = fd;
	if (code == IORING_OP_ACCEPT || code == IORING_OP_RECVMSG)
		entry.addr = code == IORING_OP_ACCEPT ? (uintptr_t)&room : (uintptr_t)&message;
	return entry;
}

/* What FD is after an operation on it was queued and looked at. */
static int family_after(struct ring *ring, const struct io_uring_sqe *entry)
{
	ring_write(ring, entry);
	submissions_enters(ring->fd, 0);
	ring_unwrite(ring);
	return domain_of(entry->fd);
}

/* What FD is after a function of liburing's came by, with some other operations before. */
static int family_after_liburing(const struct io_uring_sqe *entry, unsigned wide)
{
	static struct io_uring_sqe entries[16];
	unsigned mask = wide != 0 ? 7 : 15;
	struct liburing ring = {
	    .mask = &mask, .operations = (const void *)entries, .head = UINT32_MAX - 1, .tail = 3, .flags = wide};

	for (unsigned i = ring.head; i != ring.tail; i++)
		entries[(i & mask) << (wide != 0)] = operation(i == 2 ? entry->opcode : IORING_OP_NOP, entry->fd);
	entries[2 << (wide != 0)] = *entry;
	submissions_by_liburing(&ring);
	return domain_of(entry->fd);
}

static bool lacks_lists(struct ring *ring)
{
	const char *lack = ring_lack(ring);

	if (lack == NULL && !ring_lists(ring))
		lack = "SQEs in fdinfo of io_uring";
	if (lack != NULL)
		print_message("# no %s on this kernel\n", lack);
	return lack != NULL;
}

/* By a system call, or by liburing. */
static int family_after_some(struct ring *ring, int way, const struct io_uring_sqe *entry)
{
	return way == 0 ? family_after(ring, entry) : family_after_liburing(entry, way == 1 ? 0 : LIBURING_WIDE);
}

enum { WAYS = 3 };

static void what_stays(void **state)
{
	static const struct {
		int type;
		uint8_t code, flags;
		bool has_no_name;
		const struct settings *of;
	} rows[] = {
	    {SOCK_STREAM, IORING_OP_NOP, 0, false, &settings},
	    {SOCK_STREAM, IORING_OP_EPOLL_CTL, 0, false, &settings},
	    {SOCK_STREAM, IORING_OP_ACCEPT, 0, true, &settings},
	    {SOCK_STREAM, IORING_OP_ACCEPT, IOSQE_FIXED_FILE, false, &settings},
	    {SOCK_STREAM, IORING_OP_ACCEPT, 0, false, &native},
	    {SOCK_DGRAM, IORING_OP_RECV, 0, false, &settings},
	    {SOCK_DGRAM, IORING_OP_RECVMSG, 0, false, &native},
	    {SOCK_DGRAM, IORING_OP_RECVMSG, 0, true, &native}, /* a bad pointer */
	    {SOCK_DGRAM, IORING_OP_POLL_ADD, 0, false, &native},
	};
	struct ring ring;

	(void)state;
	if (lacks_lists(&ring))
		return;
	for (size_t i = 0; i < COUNT(rows) * WAYS; i++) {
		int fd = converted(rows[i / WAYS].type, rows[i / WAYS].of);
		struct io_uring_sqe entry = operation(rows[i / WAYS].code, fd);

		entry.flags = rows[i / WAYS].flags;
		if (rows[i / WAYS].has_no_name)
			entry.addr = rows[i / WAYS].code == IORING_OP_ACCEPT ? 0 : 8;
		assert_int_equal(family_after_some(&ring, (int)i % WAYS, &entry), AF_INET6);
		close(fd);
	}
	ring_end(&ring);
}

static void only_some_calls_are_looked_at(void **state)
{
	struct io_uring_sqe entry;
	struct ring ring;
	int fd;

	(void)state;
	if (lacks_lists(&ring))
		return;
	fd = converted(SOCK_STREAM, &settings);
	for (int i = 0; i < 1000; i++)
		submissions_enters(ring.fd, 0);
	entry = operation(IORING_OP_ACCEPT, fd);
	assert_int_equal(family_after(&ring, &entry), AF_INET6);
	assert_int_equal(family_after_liburing(&entry, 0), AF_INET6);
	close(fd);
	ring_end(&ring);
}

/* All of liburing's are looked at, until a number of operations of these kinds have been seen. */
static void some_operations_are_looked_at(void **state)
{
	int fd = converted(SOCK_STREAM, &settings), other = socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_sqe entry = operation(IORING_OP_NOP, other);

	(void)state;
	for (int i = 0; i < 1000; i++)
		family_after_liburing(&entry, 0);
	entry = operation(IORING_OP_RECVMSG, other);
	for (int i = 0; i < 64; i++)
		family_after_liburing(&entry, 0);
	entry = operation(IORING_OP_ACCEPT, fd);
	assert_int_equal(family_after_liburing(&entry, 0), AF_INET6);
	close(other);
	close(fd);
}

/* Another library may have functions of these names. */
static void what_is_no_list(void **state)
{
	unsigned mask = 7;
	struct liburing ring = {.mask = &mask, .operations = NULL, .head = 7, .tail = 16};
	int fd = converted(SOCK_STREAM, &settings);

	(void)state;
	submissions_by_liburing(&ring);
	ring.head = 17;
	submissions_by_liburing(&ring);
	close(fd);
}

static bool are_for(int family, enum transport protocol, const struct settings *of, bool has_ring)
{
	struct bind_request request = {.settings = of, .protocol = protocol};

	if (family == AF_INET)
		address_set_in(&request.asked, htonl(INADDR_ANY), 53);
	else
		address_set_in6(&request.asked, &in6addr_any, 53);
	return submissions_are_for(&request, has_ring);
}

/* The same in a process of its own, where liburing has submitted something or not. */
static bool are_for_after(bool liburing, int family, enum transport protocol, const struct settings *of)
{
	struct liburing ring = {.mask = &(unsigned){7}};
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (liburing)
			submissions_by_liburing(&ring);
		_exit(are_for(family, protocol, of, true));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

/* Nothing was seen of any ring yet. */
static void rings_that_are_not_seen(void **state)
{
	(void)state;
	assert_true(are_for_after(false, AF_INET, TRANSPORT_UDP, &settings));
	assert_false(are_for_after(true, AF_INET, TRANSPORT_UDP, &settings));
	assert_false(are_for_after(false, AF_INET, TRANSPORT_UDP, &native));
	assert_false(are_for_after(false, AF_INET6, TRANSPORT_UDP, &settings));
	assert_false(are_for_after(false, AF_INET, TRANSPORT_TCP, &settings));
}

static void what_yields(void **state)
{
	static const struct {
		int type;
		uint8_t code;
		const struct settings *of;
	} rows[] = {
	    {SOCK_STREAM, IORING_OP_ACCEPT, &settings},  {SOCK_STREAM, IORING_OP_POLL_ADD, &settings},
	    {SOCK_DGRAM, IORING_OP_RECVMSG, &settings},  {SOCK_DGRAM, IORING_OP_RECVMSG, &native},
	    {SOCK_DGRAM, IORING_OP_POLL_ADD, &settings},
	};
	struct ring ring;

	(void)state;
	if (lacks_lists(&ring))
		return;
	for (size_t i = 0; i < COUNT(rows) * WAYS; i++) {
		int fd = converted(rows[i / WAYS].type, rows[i / WAYS].of);
		struct io_uring_sqe entry = operation(rows[i / WAYS].code, fd);

		message.msg_namelen =
		    rows[i / WAYS].of == &native ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		assert_int_equal(family_after_some(&ring, (int)i % WAYS, &entry), AF_INET);
		assert_true(are_for(AF_INET, rows[i / WAYS].type == SOCK_STREAM ? TRANSPORT_TCP : TRANSPORT_UDP,
				    &native, false));
		close(fd);
	}
	ring_end(&ring);
}

/* Netty's UDP. */
static void by_place(void **state)
{
	(void)state;
	submissions_registers(IORING_REGISTER_FILES);
	assert_false(are_for(AF_INET, TRANSPORT_UDP, &native, false));
	submissions_registers(20); /* IORING_REGISTER_RING_FDS */
	assert_true(are_for(AF_INET, TRANSPORT_UDP, &native, false));
	assert_false(are_for(AF_INET, TRANSPORT_TCP, &native, false));
}

/* The process remembers: what yields comes last. */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(rings_that_are_not_seen),
	    cmocka_unit_test(what_stays),
	    cmocka_unit_test(only_some_calls_are_looked_at),
	    cmocka_unit_test(some_operations_are_looked_at),
	    cmocka_unit_test(what_is_no_list),
	    cmocka_unit_test(by_place),
	    cmocka_unit_test(what_yields),
	};

	return cmocka_run_group_tests(tests, private_network, NULL);
}

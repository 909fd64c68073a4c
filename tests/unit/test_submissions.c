/* SPDX-License-Identifier: MIT */
/* What is queued in a ring when io_uring_enter(2) comes by, and what becomes of the socket. */
#define _GNU_SOURCE
#include "ring.h"
#include "sockets.h"

#include "base/address.h"
#include "bind/submissions.h"
#include "process/rings.h"
#include "swap/swap.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct settings settings = {.native_peers = false}, native = {.native_peers = true};

static void lines(void **state)
{
	static const struct {
		const char *line;
		bool means;
		unsigned kind;
		int fd;
	} rows[] = {
	    {"    0: opcode:ACCEPT, fd:4, flags:0, off:14, addr:0x7fff, rw_flags:0x0", true, RING_ACCEPTS, 4},
	    {"    0: opcode:ACCEPT, fd:4, flags:10, off:14, addr:0x7fff, rw_flags:0x0", true, RING_ACCEPTS, 4},
	    {"    0: opcode:ACCEPT, fd:4, flags:0, off:0, addr:0x0, rw_flags:0x0", false, 0, 0},
	    {"    0: opcode:ACCEPT, fd:4, flags:1, off:14, addr:0x7fff, rw_flags:0x0", false, 0, 0},
	    {"    1: opcode:RECVMSG, fd:70, flags:0, off:0, addr:0x7fff, rw_flags:0x0", true, RING_RECEIVES, 70},
	    {"    1: opcode:POLL_ADD, fd:7, flags:0, off:0, addr:0x0, rw_flags:0x1", true, RING_POLLS, 7},
	    {"    1: opcode:RECV, fd:70, flags:0, off:0, addr:0x7fff, rw_flags:0x0", false, 0, 0},
	    {"    1: opcode:ACCEPT, fd:-1, flags:0, off:14, addr:0x7fff, rw_flags:0x0", false, 0, 0},
	    {"    1: opcode:ACCEPT, fd:4", false, 0, 0},
	    {"", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ring_operation operation;

		if (rings_operation_parse(&operation, rows[i].line) != rows[i].means)
			fail_msg("%s", rows[i].line);
		if (rows[i].means)
			assert_true(operation.kind == rows[i].kind && operation.fd == rows[i].fd);
	}
}

static int converted(int type)
{
	struct bind_request request = {.settings = &settings,
				       .protocol = type == SOCK_STREAM ? TRANSPORT_TCP : TRANSPORT_UDP};
	struct swap swap = {.mark = MARK_CONVERTED};
	int fd = socket(AF_INET, type, 0);

	swap.fd = request.fd = fd;
	address_set_in6(&swap.local, &in6addr_any, free_port());
	assert_true(swap_socket(&swap));
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	submissions_expect(&request, true);
	return fd;
}

static socklen_t name_size = sizeof(struct sockaddr_in6);

/* What FD is after an operation on it was queued and looked at. */
static int family_after(struct ring *ring, uint8_t code, int fd, const struct settings *of)
{
	static struct sockaddr_in6 room;
	struct io_uring_sqe entry;
	struct msghdr message = {.msg_name = &room, .msg_namelen = name_size};

	memset(&entry, 0, sizeof entry);
	entry.opcode = code;
	entry.fd = fd;
	if (code == IORING_OP_ACCEPT || code == IORING_OP_RECVMSG)
		entry.addr = code == IORING_OP_ACCEPT ? (uintptr_t)&room : (uintptr_t)&message;
	ring_write(ring, &entry);
	errno = ERANGE;
	submissions_enters(of, ring->fd, 0);
	assert_int_equal(errno, ERANGE);
	ring_unwrite(ring);
	return domain_of(fd);
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

static void what_stays(void **state)
{
	int tcp, udp;
	struct ring ring;

	(void)state;
	if (lacks_lists(&ring))
		return;
	tcp = converted(SOCK_STREAM);
	assert_int_equal(family_after(&ring, IORING_OP_NOP, tcp, &settings), AF_INET6);
	assert_int_equal(family_after(&ring, IORING_OP_EPOLL_CTL, tcp, &settings), AF_INET6);
	assert_int_equal(family_after(&ring, IORING_OP_ACCEPT, tcp, NULL), AF_INET6);
	assert_int_equal(family_after(&ring, IORING_OP_ACCEPT, tcp, &native), AF_INET6);
	assert_false(submissions_are_for(TRANSPORT_TCP));
	udp = converted(SOCK_DGRAM);
	assert_int_equal(family_after(&ring, IORING_OP_RECV, udp, &settings), AF_INET6);
	assert_int_equal(family_after(&ring, IORING_OP_RECVMSG, udp, &native), AF_INET6);
	assert_int_equal(family_after(&ring, IORING_OP_POLL_ADD, udp, &native), AF_INET6);
	assert_false(submissions_are_for(TRANSPORT_UDP));
	close(tcp);
	close(udp);
	ring_end(&ring);
}

static void only_some_calls_are_looked_at(void **state)
{
	struct ring ring;
	int fd;

	(void)state;
	if (lacks_lists(&ring))
		return;
	fd = converted(SOCK_STREAM);
	for (int i = 0; i < 1000; i++)
		submissions_enters(&settings, ring.fd, 0);
	assert_int_equal(family_after(&ring, IORING_OP_ACCEPT, fd, &settings), AF_INET6);
	close(fd);
	ring_end(&ring);
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
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = converted(rows[i].type);

		name_size = rows[i].of == &native ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

		assert_int_equal(family_after(&ring, rows[i].code, fd, rows[i].of), AF_INET);
		assert_true(submissions_are_for(rows[i].type == SOCK_STREAM ? TRANSPORT_TCP : TRANSPORT_UDP));
		close(fd);
	}
	ring_end(&ring);
}

/* Netty's UDP. */
static void by_place(void **state)
{
	(void)state;
	submissions_registers(IORING_REGISTER_FILES);
	assert_false(submissions_are_for(TRANSPORT_UDP));
	submissions_registers(20); /* IORING_REGISTER_RING_FDS */
	assert_true(submissions_are_for(TRANSPORT_UDP));
	assert_false(submissions_are_for(TRANSPORT_TCP));
}

/* The process remembers: what yields comes last. */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(what_stays),
	    cmocka_unit_test(only_some_calls_are_looked_at),
	    cmocka_unit_test(by_place),
	    cmocka_unit_test(what_yields),
	};

	return cmocka_run_group_tests(tests, private_network, NULL);
}

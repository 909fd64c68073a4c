/* SPDX-License-Identifier: MIT */
/* Programs that accept and receive by io_uring(7): the kernel writes their clients' names. */
#define _GNU_SOURCE
#include "ring_server.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

/* An accept waits already, when the program comes to bind :: too. */
START_TEST(accept_is_under_way)
{
	int fd = listening(INADDR_ANY, PORT);
	struct ring ring;

	if (lacks_rings(&ring))
		return;
	start_accept(&ring, fd, false);
	serve_ipv6_too();
	ck_assert_int_ge(connected4(PORT), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
}
END_TEST

/* What the kernel is to write: a client's address, into a buffer for AF_INET. */
struct named {
	struct sockaddr_in peer;
	socklen_t length;
	struct iovec data;
	struct msghdr message;
	char byte;
};

static struct io_uring_sqe named_operation(struct named *named, uint8_t code, int fd)
{
	struct io_uring_sqe entry = operation(code, fd, false);

	memset(named, 0, sizeof *named);
	named->length = sizeof named->peer;
	named->data = (struct iovec){&named->byte, 1};
	named->message.msg_name = &named->peer;
	named->message.msg_namelen = sizeof named->peer;
	named->message.msg_iov = &named->data;
	named->message.msg_iovlen = 1;
	entry.addr = code == IORING_OP_ACCEPT ? (uintptr_t)&named->peer : (uintptr_t)&named->message;
	if (code == IORING_OP_ACCEPT)
		entry.addr2 = (uintptr_t)&named->length;
	else
		entry.len = 1;
	return entry;
}

static void is_loopback4(const struct named *named)
{
	ck_assert_int_eq(named->peer.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(named->peer.sin_addr.s_addr), INADDR_LOOPBACK);
}

static bool lacks_lists(struct ring *ring)
{
	return lacks_rings(ring) || lacks("SQEs in fdinfo of io_uring", !ring_lists(ring));
}

START_TEST(accept_of_a_name)
{
	int fd = listening(INADDR_ANY, PORT), other;
	struct io_uring_sqe accepts;
	struct named named;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	ck_assert_int_eq(family_of(fd), AF_INET6);
	for (int i = 0; i < 2; i++) {
		accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
		ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
		ck_assert_int_ge(connected4(PORT), 0);
		ck_assert_int_ge(ring_wait(&ring), 0);
		is_loopback4(&named);
	}
	/* The next one is not converted either; nothing is known of the other protocol. */
	other = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
	close(fd);
	bind_any(other);
	ck_assert_int_eq(family_of(other), AF_INET);
	other = socket(AF_INET, SOCK_DGRAM, 0);
	bind_any(other);
	ck_assert_int_eq(family_of(other), AF_INET6);
}
END_TEST

START_TEST(receive_of_a_name)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, PORT);
	struct io_uring_sqe moves;
	struct named named;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	bind_any(fd);
	ck_assert_int_eq(family_of(fd), AF_INET6);
	moves = named_operation(&named, IORING_OP_RECVMSG, fd);
	ck_assert_int_eq(ring_submit(&ring, &moves), 0);
	ck_assert_int_eq(sendto(client, "x", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
	ck_assert_int_eq(ring_wait(&ring), 1);
	is_loopback4(&named);
	moves.opcode = IORING_OP_SENDMSG;
	ck_assert_int_eq(ring_submit(&ring, &moves), 0);
	ck_assert_int_eq(ring_wait(&ring), 1);
	ck_assert_int_eq(recv(client, &named.byte, 1, 0), 1);
}
END_TEST

/* The name is asked for by getpeername(2). */
START_TEST(accept_without_a_name)
{
	int fd = listening(INADDR_ANY, PORT), connection;
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;
	struct ring ring;

	if (lacks_rings(&ring))
		return;
	start_accept(&ring, fd, false);
	ck_assert_int_ge(connected6(client_address(), PORT), 0);
	connection = ring_wait(&ring);
	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(family_of(fd), AF_INET6);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&peer, &length), 0);
	ck_assert_uint_eq(ntohl(peer.sin_addr.s_addr), CLIENT_SHOWN);
}
END_TEST

/* glommio's and Seastar's: a call first, with a name, and where no client is there yet an
 * operation with one. Seastar uses both names, so such a listener yields. */
START_TEST(accept_by_a_call_before)
{
	int fd = listening(INADDR_ANY, PORT);
	struct named named = {.length = sizeof named.peer};
	struct io_uring_sqe accepts;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(accept(fd, (struct sockaddr *)&named.peer, &named.length), -1);
	ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
	accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	ck_assert_int_ge(connected4(PORT), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
	is_loopback4(&named);
}
END_TEST

/* Netty 4.2's, by whose place in a list of the thread's it is entered: what is accepted is asked
 * for its name; datagrams are taken for those of AF_INET addresses. */
START_TEST(ring_with_a_place)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_rsrc_update place = {.offset = UINT32_MAX};
	struct ring ring;

	if (lacks_rings(&ring))
		return;
	place.data = (unsigned)ring.fd;
	if (lacks("IORING_REGISTER_RING_FDS", syscall(SYS_io_uring_register, ring.fd, 20, &place, 1) != 1))
		return;
	bind_any(fd);
	ck_assert_int_eq(family_of(fd), AF_INET);
	ck_assert_int_eq(family_of(listening(INADDR_ANY, PORT)), AF_INET6);
}
END_TEST

/* Netty's: a poll first, then what has come. */
START_TEST(poll_before_a_name)
{
	int fd = _i == 0 ? listening(INADDR_ANY, PORT) : socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_sqe polls = operation(IORING_OP_POLL_ADD, fd, false);
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	if (_i == 1)
		bind_any(fd);
	ck_assert_int_eq(family_of(fd), AF_INET6);
	polls.poll_events = POLLIN;
	ck_assert_int_eq(ring_submit(&ring, &polls), 0);
	ck_assert_int_eq(family_of(fd), AF_INET);
}
END_TEST

/* A client in the queue would be reset: the next accept is waited for. That operations wait for
 * the connections is no hindrance. */
START_TEST(accept_of_a_name_with_a_queue)
{
	int fd = listening(INADDR_ANY, PORT), connection;
	struct io_uring_sqe accepts, receives;
	struct named named;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	ck_assert_int_ge(connected4(PORT), 0);
	accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	connection = ring_wait(&ring);
	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(family_of(fd), AF_INET6);
	receives = operation(IORING_OP_RECV, connection, false);
	receives.addr = (uintptr_t)&named.byte;
	receives.len = 1;
	ck_assert_int_eq(ring_submit(&ring, &receives), 0);
	accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	ck_assert_int_eq(family_of(fd), AF_INET);
	ck_assert_int_ge(connected4(PORT), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
	is_loopback4(&named);
}
END_TEST

/* It does not yield to the next accept either, while another one waits at it. */
START_TEST(accept_beside_one_that_waits)
{
	int fd = listening(INADDR_ANY, PORT);
	struct io_uring_sqe accepts;
	struct named named;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	ck_assert_int_ge(connected4(PORT), 0);
	accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
	start_accept(&ring, fd, false);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_ge(connected4(PORT), 0);
		ck_assert_int_ge(ring_wait(&ring), 0);
	}
	ck_assert_int_eq(family_of(fd), AF_INET6);
}
END_TEST

/* After a sandbox has begun, nothing is opened to look at what is queued. */
START_TEST(accept_in_a_sandbox)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
	int fd = listening(INADDR_ANY, PORT);
	struct io_uring_sqe accepts;
	struct named named;
	struct ring ring;

	if (lacks_lists(&ring))
		return;
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	if (_i == 0)
		ck_assert_int_eq(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
	else if (_i == 1)
		ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	else
		ck_assert_int_eq(syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	accepts = named_operation(&named, IORING_OP_ACCEPT, fd);
	ck_assert_int_eq(ring_submit(&ring, &accepts), 0);
	ck_assert_int_ge(connected4(PORT), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {accept_is_under_way, 1},
	    {accept_of_a_name, 1},
	    {receive_of_a_name, 1},
	    {accept_without_a_name, 1},
	    {accept_by_a_call_before, 1},
	    {ring_with_a_place, 1},
	    {poll_before_a_name, 2},
	    {accept_of_a_name_with_a_queue, 1},
	    {accept_beside_one_that_waits, 1},
	    {accept_in_a_sandbox, 3},
	};

	(void)argc;
	return preloaded_main(argv, "8080/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

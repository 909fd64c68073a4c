/* SPDX-License-Identifier: MIT */
/*
 * uring-peer tcp|udp ADDRESS PORT [WORD...]: answers with the client's address (tcp: over HTTP). It
 * binds and listens by the C library, and does all else by liburing. Words:
 *
 *   late                     the ring is made after bind and listen, not before
 *   in                       the buffer for a name is a struct sockaddr_in
 *   nameless · multishot     accepts without a name, one by one or once for all, and asks for it
 *   polls                    accepts by the C library, and polls by liburing in between
 *   timeout · both · events  which of liburing's functions submits
 */
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct io_uring ring;
static char **words;

static bool has(const char *word)
{
	for (char **at = words; *at != NULL; at++)
		if (strcmp(*at, word) == 0)
			return true;
	return false;
}

static int must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "error: %s: %s\n", what, strerror(-result));
	exit(1);
}

static int submit(void)
{
	struct __kernel_timespec soon = {.tv_nsec = 1};
	struct io_uring_cqe *completion;
	int result;

	if (has("both"))
		return io_uring_submit_and_wait(&ring, 1);
	if (has("events"))
		return io_uring_submit_and_get_events(&ring);
	if (!has("timeout"))
		return io_uring_submit(&ring);
	result = io_uring_submit_and_wait_timeout(&ring, &completion, 1, &soon, NULL);
	return result == -ETIME ? 0 : result;
}

/* The next result; of what was prepared last, where no operation has several. */
static int next_result(bool submits)
{
	struct io_uring_cqe *completion;
	int result;

	if (submits)
		must(submit(), "submit");
	must(io_uring_wait_cqe(&ring, &completion), "wait");
	result = completion->res;
	io_uring_cqe_seen(&ring, completion);
	return result;
}

static int complete(void)
{
	return next_result(true);
}

static int bound(int type, const char *address, const char *port)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST, .ai_socktype = type};
	struct addrinfo *local;
	int fd;

	if (getaddrinfo(address, port, &hints, &local) != 0)
		must(-EINVAL, address);
	fd = socket(local->ai_family, type | (has("polls") ? SOCK_NONBLOCK : 0), 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	must(bind(fd, local->ai_addr, local->ai_addrlen) == 0 ? 0 : -errno, "bind");
	freeaddrinfo(local);
	if (type == SOCK_STREAM)
		must(listen(fd, 64) == 0 ? 0 : -errno, "listen");
	return fd;
}

static void begin(void)
{
	must(io_uring_queue_init(8, &ring, 0), "io_uring");
}

static socklen_t room(void)
{
	return has("in") ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_storage);
}

static void describe(const struct sockaddr_storage *peer, char *text, size_t size)
{
	int error;

	/* As such code does, whatever the family. */
	if (has("in"))
		error = getnameinfo(
		    (const struct sockaddr *)&(struct sockaddr_in){
			.sin_family = AF_INET, .sin_addr = ((const struct sockaddr_in *)peer)->sin_addr},
		    sizeof(struct sockaddr_in), text, (socklen_t)size, NULL, 0, NI_NUMERICHOST);
	else
		error = getnameinfo((const struct sockaddr *)peer, sizeof *peer, text, (socklen_t)size, NULL, 0,
				    NI_NUMERICHOST);
	if (error != 0)
		snprintf(text, size, "%s", gai_strerror(error));
}

static void answer(int client, const char *peer)
{
	char buffer[4096];
	int length;

	io_uring_prep_recv(io_uring_get_sqe(&ring), client, buffer, sizeof buffer, 0);
	if (complete() > 0) {
		length = snprintf(buffer, sizeof buffer, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
				  strlen(peer), peer);
		io_uring_prep_send(io_uring_get_sqe(&ring), client, buffer, (size_t)length, 0);
		complete();
	}
	io_uring_prep_close(io_uring_get_sqe(&ring), client);
	complete();
}

static int accept_by_ring(int fd, struct sockaddr_storage *peer)
{
	socklen_t length = room();
	int client;

	io_uring_prep_accept(io_uring_get_sqe(&ring), fd, has("nameless") ? NULL : (struct sockaddr *)peer,
			     has("nameless") ? NULL : &length, 0);
	client = must(complete(), "accept");
	if (has("nameless"))
		getpeername(client, (struct sockaddr *)peer, &length);
	return client;
}

static int accept_by_call(int fd, struct sockaddr_storage *peer)
{
	socklen_t length = room();
	int client;

	while ((client = accept4(fd, (struct sockaddr *)peer, &length, 0)) < 0) {
		must(errno == EAGAIN ? 0 : -errno, "accept");
		io_uring_prep_poll_add(io_uring_get_sqe(&ring), fd, POLLIN);
		complete();
	}
	return client;
}

/* Its results come between those of the other operations: these are made by the C library here. */
static void serve_multishot(int fd)
{
	struct sockaddr_storage peer;
	char text[NI_MAXHOST], buffer[4096];

	io_uring_prep_multishot_accept(io_uring_get_sqe(&ring), fd, NULL, NULL, 0);
	must(submit(), "submit");
	for (;;) {
		socklen_t length = room();
		int client = must(next_result(false), "accept");

		getpeername(client, (struct sockaddr *)&peer, &length);
		describe(&peer, text, sizeof text);
		if (read(client, buffer, sizeof buffer) > 0)
			dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(text), text);
		close(client);
	}
}

static void serve_tcp(int fd)
{
	struct sockaddr_storage peer;
	char text[NI_MAXHOST];
	int client;

	if (has("multishot"))
		serve_multishot(fd);
	for (;;) {
		client = has("polls") ? accept_by_call(fd, &peer) : accept_by_ring(fd, &peer);
		describe(&peer, text, sizeof text);
		answer(client, text);
	}
}

static void serve_udp(int fd)
{
	struct sockaddr_storage peer;
	char text[4096];
	struct iovec data = {.iov_base = text};
	struct msghdr message = {.msg_name = &peer, .msg_iov = &data, .msg_iovlen = 1};

	for (;;) {
		message.msg_namelen = room();
		data.iov_len = sizeof text;
		io_uring_prep_recvmsg(io_uring_get_sqe(&ring), fd, &message, 0);
		must(complete(), "recvmsg");
		describe(&peer, text, sizeof text);
		data.iov_len = strlen(text);
		io_uring_prep_sendmsg(io_uring_get_sqe(&ring), fd, &message, 0);
		must(complete(), "sendmsg");
	}
}

int main(int argc, char **argv)
{
	int fd, type;

	if (argc < 4) {
		fprintf(stderr, "usage: uring-peer tcp|udp ADDRESS PORT [WORD...]\n");
		return 2;
	}
	type = strcmp(argv[1], "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	words = argv + 4;
	if (!has("late"))
		begin();
	fd = bound(type, argv[2], argv[3]);
	if (has("late"))
		begin();
	if (type == SOCK_DGRAM)
		serve_udp(fd);
	else
		serve_tcp(fd);
}

/* SPDX-License-Identifier: MIT */
/*
 * uring-peer tcp|udp ADDRESS PORT: answers with the client's address (tcp: over HTTP). It
 * binds and listens by the C library, and does all else by io_uring.
 */
#include <errno.h>
#include <liburing.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct io_uring ring;

static int must(int result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "error: %s: %s\n", what, strerror(-result));
	exit(1);
}

/* What the operation prepared last says. */
static int complete(void)
{
	struct io_uring_cqe *completion;
	int result;

	must(io_uring_submit(&ring), "submit");
	must(io_uring_wait_cqe(&ring, &completion), "wait");
	result = completion->res;
	io_uring_cqe_seen(&ring, completion);
	return result;
}

static int bound(int type, const char *address, const char *port)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST, .ai_socktype = type};
	struct addrinfo *local;
	int fd;

	if (getaddrinfo(address, port, &hints, &local) != 0)
		must(-EINVAL, address);
	fd = socket(local->ai_family, type, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	must(bind(fd, local->ai_addr, local->ai_addrlen) == 0 ? 0 : -errno, "bind");
	freeaddrinfo(local);
	return fd;
}

static void describe(const struct sockaddr_storage *peer, char *text, size_t size)
{
	int error = getnameinfo((const struct sockaddr *)peer, sizeof *peer, text, (socklen_t)size, NULL, 0,
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

static void serve_tcp(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length;
	char text[NI_MAXHOST];
	int client;

	must(listen(fd, 64) == 0 ? 0 : -errno, "listen");
	for (;;) {
		length = sizeof peer;
		io_uring_prep_accept(io_uring_get_sqe(&ring), fd, (struct sockaddr *)&peer, &length, 0);
		client = must(complete(), "accept");
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
		message.msg_namelen = sizeof peer;
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
	if (argc != 4) {
		fprintf(stderr, "usage: uring-peer tcp|udp ADDRESS PORT\n");
		return 2;
	}
	must(io_uring_queue_init(8, &ring, 0), "io_uring");
	if (strcmp(argv[1], "udp") == 0)
		serve_udp(bound(SOCK_DGRAM, argv[2], argv[3]));
	else
		serve_tcp(bound(SOCK_STREAM, argv[2], argv[3]));
}

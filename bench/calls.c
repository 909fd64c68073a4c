/* SPDX-License-Identifier: MIT */
/*
 * calls ADDRESS TARGET OPERATION COUNT [DESCRIPTORS [PEERS]]: what a call costs
 * a server that binds ADDRESS, :: or 0.0.0.0, and is called at TARGET over IPv6.
 * Prints the nanoseconds of one call. Under callgrind with --collect-atstart=no
 * the instructions of these calls alone are counted.
 * Before that it opens DESCRIPTORS sockets, and takes a datagram from PEERS
 * addresses of SOURCES/64, which is to be local (ip route add local).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#define SOURCES "fd00:be9c::"

enum { PORT = 4321, BATCH = 32, DATAGRAM_BYTES = 64 };

struct server {
	bool ipv6;
	struct sockaddr_storage local;
	socklen_t length;
	struct sockaddr_in6 target;
	struct sockaddr_storage peer; /* as the server was shown it */
	uint64_t nanoseconds, started;
	long calls;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static void start(struct server *server)
{
	server->started = now();
	CALLGRIND_TOGGLE_COLLECT;
}

static void stop(struct server *server, long calls)
{
	CALLGRIND_TOGGLE_COLLECT;
	server->nanoseconds += now() - server->started;
	server->calls += calls;
}

static int must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static int socket_of(const struct server *server, int type)
{
	int fd = must(socket(server->ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0), "socket");

	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), "SO_REUSEADDR");
	return fd;
}

static int bound(const struct server *server, int type)
{
	int fd = socket_of(server, type);

	must(bind(fd, (const struct sockaddr *)&server->local, server->length), "bind");
	return fd;
}

static int client(const struct server *server, int type)
{
	int fd = must(socket(AF_INET6, type | SOCK_CLOEXEC, 0), "socket");

	must(connect(fd, (const struct sockaddr *)&server->target, sizeof server->target), "connect");
	return fd;
}

static void do_bind(struct server *server, long count)
{
	for (long i = 0; i < count; i++) {
		int fd = socket_of(server, SOCK_STREAM);

		start(server);
		must(bind(fd, (struct sockaddr *)&server->local, server->length), "bind");
		stop(server, 1);
		close(fd);
	}
}

static void do_listen(struct server *server, long count)
{
	for (long i = 0; i < count; i++) {
		int fd = bound(server, SOCK_STREAM);

		start(server);
		must(listen(fd, 128), "listen");
		stop(server, 1);
		close(fd);
	}
}

static void do_accept(struct server *server, long count)
{
	int listener = bound(server, SOCK_STREAM);
	struct linger reset = {1, 0};

	must(listen(listener, 128), "listen");
	for (long i = 0; i < count; i++) {
		int fd = client(server, SOCK_STREAM), connection;
		socklen_t length = sizeof server->peer;

		start(server);
		connection =
		    must(accept4(listener, (struct sockaddr *)&server->peer, &length, SOCK_CLOEXEC), "accept");
		stop(server, 1);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		close(fd);
		close(connection);
	}
}

typedef int ask_name(int fd, struct sockaddr *address, socklen_t *length);

static void do_name(struct server *server, long count, ask_name *ask)
{
	int listener = bound(server, SOCK_STREAM), connection;

	must(listen(listener, 128), "listen");
	client(server, SOCK_STREAM);
	connection = must(accept(listener, NULL, NULL), "accept");
	start(server);
	for (long i = 0; i < count; i++) {
		socklen_t length = sizeof server->peer;

		must(ask(connection, (struct sockaddr *)&server->peer, &length), "name");
	}
	stop(server, count);
}

static void do_recvfrom(struct server *server, long count)
{
	int fd = bound(server, SOCK_DGRAM), from = client(server, SOCK_DGRAM);
	char datagram[DATAGRAM_BYTES] = "";

	for (long i = 0; i < count; i += BATCH) {
		for (int one = 0; one < BATCH; one++)
			must((int)send(from, datagram, sizeof datagram, 0), "send");
		start(server);
		for (int one = 0; one < BATCH; one++) {
			socklen_t length = sizeof server->peer;

			must((int)recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&server->peer,
					   &length),
			     "recvfrom");
		}
		stop(server, BATCH);
	}
}

static void do_recvmmsg(struct server *server, long count)
{
	int fd = bound(server, SOCK_DGRAM), from = client(server, SOCK_DGRAM);
	static char datagrams[BATCH][DATAGRAM_BYTES];
	static struct sockaddr_storage names[BATCH];
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];

	for (long i = 0; i < count; i += BATCH) {
		for (int one = 0; one < BATCH; one++) {
			must((int)send(from, datagrams[0], DATAGRAM_BYTES, 0), "send");
			parts[one] = (struct iovec){datagrams[one], DATAGRAM_BYTES};
			messages[one].msg_hdr = (struct msghdr){.msg_name = &names[one],
								.msg_namelen = sizeof names[one],
								.msg_iov = &parts[one],
								.msg_iovlen = 1};
		}
		start(server);
		if (must(recvmmsg(fd, messages, BATCH, 0, NULL), "recvmmsg") != BATCH)
			errx(1, "a datagram was lost");
		stop(server, BATCH);
	}
}

static void do_sendto(struct server *server, long count)
{
	int fd = bound(server, SOCK_DGRAM), to = client(server, SOCK_DGRAM);
	char datagram[DATAGRAM_BYTES] = "";
	socklen_t length = sizeof server->peer;

	must((int)send(to, datagram, sizeof datagram, 0), "send");
	must((int)recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&server->peer, &length),
	     "recvfrom");
	for (long i = 0; i < count; i += BATCH) {
		start(server);
		for (int one = 0; one < BATCH; one++)
			must(
			    (int)sendto(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&server->peer, length),
			    "sendto");
		stop(server, BATCH);
		for (int one = 0; one < BATCH; one++)
			must((int)recv(to, datagram, sizeof datagram, 0), "recv");
	}
}

/* Each from an address of its own, and taken by the server at once. */
static void meet(const struct server *server, long peers)
{
	int fd, from;
	char byte = 0;

	if (peers == 0)
		return;
	fd = bound(server, SOCK_DGRAM);
	from = client(server, SOCK_DGRAM);
	must(setsockopt(from, IPPROTO_IPV6, IPV6_FREEBIND, &(int){1}, sizeof(int)), "IPV6_FREEBIND");
	for (long i = 1; i <= peers; i++) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
		struct iovec part = {&byte, 1};
		struct msghdr message = {
		    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		struct in6_pktinfo source = {0};
		struct sockaddr_storage name;
		socklen_t length = sizeof name;
		uint32_t host = htonl((uint32_t)i);

		inet_pton(AF_INET6, SOURCES, &source.ipi6_addr);
		memcpy(&source.ipi6_addr.s6_addr[12], &host, sizeof host);
		header->cmsg_level = IPPROTO_IPV6;
		header->cmsg_type = IPV6_PKTINFO;
		header->cmsg_len = CMSG_LEN(sizeof source);
		memcpy(CMSG_DATA(header), &source, sizeof source);
		must((int)sendmsg(from, &message, 0), "sendmsg");
		must((int)recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&name, &length), "recvfrom");
	}
	close(fd);
	close(from);
}

static void open_many(long count)
{
	struct rlimit limit = {(rlim_t)count + 64, (rlim_t)count + 64};

	if (count > 900)
		must(setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
	while (count-- > 0)
		must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
}

static void run(struct server *server, const char *operation, long count)
{
	if (strcmp(operation, "bind") == 0)
		do_bind(server, count);
	else if (strcmp(operation, "listen") == 0)
		do_listen(server, count);
	else if (strcmp(operation, "accept") == 0)
		do_accept(server, count);
	else if (strcmp(operation, "getpeername") == 0)
		do_name(server, count, getpeername);
	else if (strcmp(operation, "getsockname") == 0)
		do_name(server, count, getsockname);
	else if (strcmp(operation, "recvfrom") == 0)
		do_recvfrom(server, count);
	else if (strcmp(operation, "recvmmsg") == 0)
		do_recvmmsg(server, count);
	else if (strcmp(operation, "sendto") == 0)
		do_sendto(server, count);
	else
		errx(2, "%s: no such operation", operation);
}

int main(int argc, char **argv)
{
	struct server server = {0};
	struct sockaddr_in6 *six = (void *)&server.local;
	struct sockaddr_in *four = (void *)&server.local;

	if (argc < 5)
		errx(2, "usage: calls ADDRESS TARGET OPERATION COUNT [DESCRIPTORS [PEERS]]");
	server.ipv6 = strchr(argv[1], ':') != NULL;
	server.length = server.ipv6 ? sizeof *six : sizeof *four;
	server.local.ss_family = server.ipv6 ? AF_INET6 : AF_INET;
	four->sin_port = htons(PORT); /* both have it at the same place */
	server.target = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	if (inet_pton(AF_INET6, argv[2], &server.target.sin6_addr) != 1)
		errx(2, "%s: no IPv6 address", argv[2]);
	open_many(argc > 5 ? atol(argv[5]) : 0);
	meet(&server, argc > 6 ? atol(argv[6]) : 0);
	run(&server, argv[3], atol(argv[4]));
	printf("%.1f\n", (double)server.nanoseconds / (double)server.calls);
	return 0;
}

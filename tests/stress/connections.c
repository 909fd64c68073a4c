/* SPDX-License-Identifier: MIT */
/*
 * connections sequence|crowd HOST PORT COUNT BASE: asks an
 * HTTP server that answers with the client's address alone, over COUNT
 * connections one after another, or which are all open before the first one asks.
 *
 * The clients have the 64 addresses that follow BASE (fd00:db:1::, 198.51.100.0),
 * for which there are local routes. Each must be shown by its own address, or, of
 * IPv6, by one of the pool that is its own, and always the same. Prints how many
 * were answered so; exit status 1: not all.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 64, PATIENCE = 120, ADDRESS_BYTES = 64, ANSWER_BYTES = 1024 };

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

static struct sockaddr_storage server;
static socklen_t server_length;
static struct in6_addr base6;
static struct in_addr base4;
static char shown[CLIENTS][ADDRESS_BYTES];

static void read_server(const char *host, const char *port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&server;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&server;

	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		server_length = sizeof *in6;
	} else {
		if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
			errx(2, "%s: no address", host);
		in->sin_family = AF_INET;
		server_length = sizeof *in;
	}
	in->sin_port = htons((uint16_t)atoi(port)); /* the same place in both */
}

/* Bound, at whatever port: the kernel is not to choose one for all servers. */
static int client_socket(unsigned client)
{
	struct sockaddr_in local4 = {.sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(ntohl(base4.s_addr) + client + 1)};
	struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_addr = base6};
	bool ipv6 = server.ss_family == AF_INET6;
	int fd = socket(server.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	local6.sin6_addr.s6_addr[15] = (uint8_t)(client + 1);
	setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &(int){1}, sizeof(int));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
	if (fd < 0 || bind(fd, ipv6 ? (struct sockaddr *)&local6 : (struct sockaddr *)&local4,
			   ipv6 ? sizeof local6 : sizeof local4) != 0)
		err(1, "a client's socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){PATIENCE, 0}, sizeof(struct timeval));
	return fd;
}

static int open_client(unsigned number)
{
	int fd = client_socket(number % CLIENTS);

	if (connect(fd, (struct sockaddr *)&server, server_length) != 0) {
		warn("connection %u", number);
		close(fd);
		return -1;
	}
	return fd;
}

/* The body of the answer: an address. */
static bool read_address(int fd, char *address)
{
	char answer[ANSWER_BYTES], *body;
	size_t had = 0;
	ssize_t part;

	while (had < sizeof answer - 1 && (part = recv(fd, answer + had, sizeof answer - 1 - had, 0)) > 0)
		had += (size_t)part;
	answer[had] = '\0';
	body = strstr(answer, "\r\n\r\n");
	if (strncmp(answer, "HTTP/1.", 7) != 0 || body == NULL || strlen(body + 4) >= ADDRESS_BYTES)
		return false;
	strcpy(address, body + 4);
	return true;
}

/* The same address again, no other client's, and of the right kind. */
static bool is_its_own(unsigned client, const char *address)
{
	struct in_addr seen;

	if (shown[client][0] != '\0')
		return strcmp(shown[client], address) == 0;
	for (unsigned other = 0; other < CLIENTS; other++)
		if (strcmp(shown[other], address) == 0)
			return false;
	strcpy(shown[client], address);
	if (inet_pton(AF_INET, address, &seen) != 1)
		return false;
	if (server.ss_family == AF_INET6)
		return ntohl(seen.s_addr) >> 28 == 15;
	return ntohl(seen.s_addr) == ntohl(base4.s_addr) + client + 1;
}

static bool ask(int fd, unsigned number)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	char address[ADDRESS_BYTES];
	bool done = fd >= 0 && send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == sizeof request - 1 &&
		    read_address(fd, address) && is_its_own(number % CLIENTS, address);

	if (!done && fd >= 0)
		warn("answer %u", number);
	if (fd >= 0)
		close(fd);
	return done;
}

static unsigned sequence(unsigned count)
{
	unsigned answered = 0;

	for (unsigned i = 0; i < count; i++)
		answered += ask(open_client(i), i);
	return answered;
}

static unsigned crowd(unsigned count)
{
	struct rlimit limit = {count + 64, count + 64};
	int *fds = calloc(count, sizeof *fds);
	unsigned answered = 0;

	if (fds == NULL || setrlimit(RLIMIT_NOFILE, &limit) != 0)
		err(1, "%u descriptors", count);
	for (unsigned i = 0; i < count; i++)
		fds[i] = open_client(i);
	for (unsigned i = 0; i < count; i++)
		answered += ask(fds[i], i);
	free(fds);
	return answered;
}

int main(int argc, char **argv)
{
	unsigned count, answered;

	if (argc != 6 || (inet_pton(AF_INET6, argv[5], &base6) != 1 && inet_pton(AF_INET, argv[5], &base4) != 1))
		errx(2, "usage: connections sequence|crowd HOST PORT COUNT BASE");
	read_server(argv[2], argv[3]);
	count = (unsigned)atoi(argv[4]);
	answered = strcmp(argv[1], "crowd") == 0 ? crowd(count) : sequence(count);
	printf("%u\n", answered);
	return answered != count;
}

/* SPDX-License-Identifier: MIT */
/* udp-echo ADDRESS PORT one|batch: answers each datagram with itself, by
 * recvfrom and sendto, or by recvmmsg and sendmmsg. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 32, DATAGRAM_BYTES = 2048 };

static void one_by_one(int fd)
{
	char buffer[DATAGRAM_BYTES];

	for (;;) {
		struct sockaddr_storage from;
		socklen_t length = sizeof from;
		ssize_t size = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);

		if (size < 0 || sendto(fd, buffer, (size_t)size, 0, (struct sockaddr *)&from, length) != size)
			err(1, "datagram");
	}
}

static void in_batches(int fd)
{
	static char buffers[BATCH][DATAGRAM_BYTES];
	static struct sockaddr_storage from[BATCH];
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];

	for (;;) {
		int count;

		for (int i = 0; i < BATCH; i++) {
			parts[i] = (struct iovec){buffers[i], DATAGRAM_BYTES};
			messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
							      .msg_namelen = sizeof from[i],
							      .msg_iov = &parts[i],
							      .msg_iovlen = 1};
		}
		count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < count; i++)
			parts[i].iov_len = messages[i].msg_len;
		if (count < 0 || sendmmsg(fd, messages, (unsigned)count, 0) != count)
			err(1, "datagrams");
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	bool ipv6;
	int fd;

	if (argc != 4)
		errx(2, "usage: udp-echo ADDRESS PORT one|batch");
	ipv6 = inet_pton(AF_INET6, argv[1], &six.sin6_addr) == 1;
	if (!ipv6 && inet_pton(AF_INET, argv[1], &four.sin_addr) != 1)
		errx(2, "%s: no address", argv[1]);
	six.sin6_port = four.sin_port = htons((uint16_t)atoi(argv[2]));
	fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, ipv6 ? (struct sockaddr *)&six : (struct sockaddr *)&four,
			   ipv6 ? sizeof six : sizeof four) != 0)
		err(1, "bind");
	if (strcmp(argv[3], "batch") == 0)
		in_batches(fd);
	one_by_one(fd);
}

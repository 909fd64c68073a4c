/* SPDX-License-Identifier: MIT */
/*
 * Binds 0.0.0.0:8080, and with "yields" [::]:8080 after that, over TCP, or UDP with "udp"; and
 * listens. "set" sets some options before. A write(2) that fails stands between the parts, and tells a
 * trace which comes.
 */
#include "base/sys.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static void begin(const char *part)
{
	if (write(-1, part, strlen(part)) >= 0)
		printf("written\n");
}

static void set(int fd, int level, int name)
{
	static const int on = 1;

	if (setsockopt(fd, level, name, &on, sizeof on) != 0)
		perror("setsockopt");
}

int main(int argc, char **argv)
{
	bool udp = has(argc, argv, "udp");
	int fd = socket(AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0), other, domain = 0;
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(8080)};
	struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_port = htons(8080)};
	socklen_t length = sizeof domain;

	if (has(argc, argv, "set")) {
		set(fd, SOL_SOCKET, SO_REUSEADDR);
		set(fd, SOL_SOCKET, SO_KEEPALIVE);
		set(fd, IPPROTO_IP, IP_TOS);
	}
	begin("bind");
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0)
		perror("bind");
	begin("listen");
	if (!udp && listen(fd, 5) != 0)
		perror("listen");
	begin("rest");
	if (has(argc, argv, "yields")) {
		other = socket(AF_INET6, udp ? SOCK_DGRAM : SOCK_STREAM, 0);
		set(other, IPPROTO_IPV6, IPV6_V6ONLY);
		begin("yield");
		if (bind(other, (struct sockaddr *)&local6, sizeof local6) != 0)
			perror("bind");
		begin("rest");
	}
	if (sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0)
		printf("the kernel has %s\n", domain == AF_INET6 ? "AF_INET6" : "AF_INET");
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* sockopts udp|tcp: the transcript (sockopts.h). */
#define _GNU_SOURCE
#include "sockopts.h"
#include "base/sys.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { VALUES = 32, LAST_OPTION = 80 };

static bool is_udp;

static int server(void)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(SERVER_PORT)};
	int fd = socket(AF_INET, is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);

	if (!is_udp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) != 0 || (!is_udp && listen(fd, 8) != 0))
		err(1, "server");
	return fd;
}

static void begin(int option, const char *value, const char *what)
{
	printf("%s %s %s, %s: ", is_udp ? "udp" : "tcp", option_name(option), value, what);
}

static void say_value(int fd, int option, socklen_t room)
{
	unsigned char bytes[300];
	socklen_t length = room;

	memset(bytes, 0xaa, sizeof bytes);
	say_errno(" get", getsockopt(fd, IPPROTO_IP, option, bytes, &length));
	printf(" %u ", length);
	for (socklen_t i = 0; i < room; i++)
		printf("%02x", bytes[i]);
}

static void say_values(int fd, int option)
{
	static const socklen_t rooms[] = {0, 1, 2, 4, 12, 64};

	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
		say_value(fd, option, rooms[i]);
}

static bool is_native(int fd)
{
	int domain = 0;
	socklen_t length = sizeof domain;

	sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	return domain == AF_INET;
}

static void probe(int fd, int option, const char *value, int family)
{
	begin(option, value, family == AF_INET ? "IPv4" : "IPv6");
	if (is_udp)
		probe_udp(fd, family);
	else
		probe_tcp(fd, family, option);
	printf("\n");
}

static void walk(int option, const struct value *value)
{
	int fd = server(), was_native = is_native(fd);
	long result = 0;

	prepare(fd, option);
	begin(option, value != NULL ? value->label : "unset", "answers");
	if (value != NULL) {
		errno = 0;
		result = setsockopt(fd, IPPROTO_IP, option, value->bytes, value->length);
		say_errno("set", result);
	}
	say_values(fd, option);
	printf("\n");
	if (!was_native && is_native(fd))
		printf("%s %s: yields\n", is_udp ? "udp" : "tcp", option_name(option));
	if (result == 0) {
		probe(fd, option, value != NULL ? value->label : "unset", AF_INET);
		if (!is_native(fd))
			probe(fd, option, value != NULL ? value->label : "unset", AF_INET6);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	static struct value values[VALUES];
	cpu_set_t processor;

	if (argc != 2)
		errx(2, "usage: sockopts udp|tcp");
	is_udp = strcmp(argv[1], "udp") == 0;
	CPU_ZERO(&processor);
	CPU_SET(sched_getcpu(), &processor);
	sched_setaffinity(0, sizeof processor, &processor);
	probes_open();
	for (int option = 1; option <= LAST_OPTION; option++) {
		size_t count = values_of(option, values, VALUES);

		walk(option, NULL);
		for (size_t i = 0; i < count; i++)
			walk(option, &values[i]);
	}
	return 0;
}

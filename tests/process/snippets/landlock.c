/* SPDX-License-Identifier: MIT */
/*
 * landlock PORT: what a program that has denied itself all TCP ports but one may still
 * bind. Exits with 77 where the kernel has no such rules.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h since Linux 6.7: newer than the headers of the oldest system that builds this. */
struct ruleset {
	uint64_t file_accesses, net_accesses;
};
struct port_rule {
	uint64_t accesses, port;
};
enum { NET_BIND_TCP = 1, RULE_NET_PORT = 2, SKIPPED = 77 };

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

static void allow_only(uint16_t port)
{
	struct ruleset all = {0, NET_BIND_TCP};
	struct port_rule one = {NET_BIND_TCP, port};
	long rules = syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);

	if (rules < 0)
		exit(SKIPPED);
	if (syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &one, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		exit(1);
}

static void say(const char *what, int fd, int result)
{
	printf("%s: %s\n", what, result == 0 ? "done" : errno == EACCES ? "EACCES" : "another error");
	close(fd);
}

static void try4(const char *what, int type, uint32_t address, uint16_t port)
{
	struct sockaddr_in local = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
	int fd = socket(AF_INET, type, 0);

	say(what, fd, bind(fd, (struct sockaddr *)&local, sizeof local));
}

static void try6(const char *what, uint16_t port)
{
	struct sockaddr_in6 local = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	say(what, fd, bind(fd, (struct sockaddr *)&local, sizeof local));
}

int main(int argc, char **argv)
{
	uint16_t port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 0), other = (uint16_t)(port + 1);
	int fd;

	allow_only(port);
	try4("0.0.0.0, the port that is allowed", SOCK_STREAM, INADDR_ANY, port);
	try4("0.0.0.0, another port", SOCK_STREAM, INADDR_ANY, other);
	try4("127.0.0.1, another port", SOCK_STREAM, INADDR_LOOPBACK, other);
	try4("0.0.0.0, a port of the kernel's choice", SOCK_STREAM, INADDR_ANY, 0);
	try4("0.0.0.0, another port of UDP", SOCK_DGRAM, INADDR_ANY, other);
	try6("[::], the port that is allowed", port);
	try6("[::], another port", other);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	say("listen without a bind", fd, listen(fd, 1));
	return 0;
}

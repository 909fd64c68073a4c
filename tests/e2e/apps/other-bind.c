/* SPDX-License-Identifier: MIT */
/*
 * A library that hooks bind(2), as others do that are preloaded. OTHER_BIND says how:
 *
 *   loopback   a wildcard address becomes loopback, of either family
 *   refuse     AF_INET6 is refused (EACCES)
 *   unix       what the program made by socket(2) is bound to a path instead: it knows
 *              sockets by their number, and lets pass what it has not seen
 *   syscall    unchanged, by syscall(2)
 *   otherwise  unchanged, by the next bind
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

typedef int bind_function(int fd, const struct sockaddr *address, socklen_t length);

static bind_function *next_bind(void)
{
	void *found = dlsym(RTLD_NEXT, "bind");
	bind_function *function;

	memcpy(&function, &found, sizeof function);
	return function;
}

static int last = -1;

int socket(int domain, int type, int protocol)
{
	return last = (int)syscall(SYS_socket, domain, type, protocol);
}

static int bind_to_path(void)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	int fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);

	strncpy(local.sun_path, getenv("OTHER_PATH"), sizeof local.sun_path - 1);
	if (fd < 0 || dup2(fd, last) < 0 || close(fd) != 0)
		return -1;
	return next_bind()(last, (const struct sockaddr *)&local, sizeof local);
}

static int bind_to_loopback(int fd, const struct sockaddr *address, socklen_t length)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} local;

	memcpy(&local, address, length);
	if (address->sa_family == AF_INET && local.in.sin_addr.s_addr == htonl(INADDR_ANY))
		local.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else if (address->sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&local.in6.sin6_addr))
		local.in6.sin6_addr = in6addr_loopback;
	return next_bind()(fd, (const struct sockaddr *)&local, length);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	const char *how = getenv("OTHER_BIND");

	if (how != NULL && strcmp(how, "unix") == 0 && fd == last)
		return bind_to_path();
	if (how != NULL && strcmp(how, "syscall") == 0)
		return (int)syscall(SYS_bind, fd, address, length);
	if (how != NULL && strcmp(how, "refuse") == 0 && address->sa_family == AF_INET6) {
		errno = EACCES;
		return -1;
	}
	if (how != NULL && strcmp(how, "loopback") == 0 && length <= sizeof(struct sockaddr_in6))
		return bind_to_loopback(fd, address, length);
	return next_bind()(fd, address, length);
}

/* SPDX-License-Identifier: MIT */
/*
 * One snippet, three ways to come to it: a program's main, a library's
 * constructor (which runs before the shim's own), a program linked to that
 * library. It listens on 0.0.0.0:8080 and says which family the kernel has.
 *
 * early.c makes it the library. Arguments of the program: "closed"
 * closes descriptor 2 first, "reused" puts a socket there and tells what came
 * out of it, "forked" listens in a child, "starved" allows one descriptor.
 */
#define _GNU_SOURCE
#include "base/sys.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void listen_and_tell(void)
{
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(8080)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), domain = 0;
	socklen_t length = sizeof domain;

	errno = 0;
	if (bind(fd, (struct sockaddr *)&local, sizeof local) != 0 || listen(fd, 1) != 0)
		dprintf(1, "failed: %s\n", strerror(errno));
	else if (errno != 0)
		dprintf(1, "errno changed to %d\n", errno);
	sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	dprintf(1, "%s\n", domain == AF_INET6 ? "AF_INET6" : "AF_INET");
	/* The next free number: descriptors must not leak. */
	dprintf(1, "next descriptor %d\n", dup(1) - fd);
	close(fd);
}

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void start(void)
{
	listen_and_tell();
}
#else
int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int pair[2];
	char buffer[1024];
	ssize_t size;

	if (strcmp(how, "linked") == 0) /* the library's constructor has told */
		return 0;
	if (strcmp(how, "closed") == 0)
		close(2);
	if (strcmp(how, "reused") == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0)
		dup2(pair[0], 2);
	if (strcmp(how, "starved") == 0)
		setrlimit(RLIMIT_NOFILE, &(struct rlimit){4, 4});
	if (strcmp(how, "forked") == 0 && fork() != 0)
		return wait(NULL) < 0;
	listen_and_tell();
	if (strcmp(how, "reused") == 0) {
		size = recv(pair[1], buffer, sizeof buffer, MSG_DONTWAIT);
		dprintf(1, "socket at 2 got %zd bytes\n", size < 0 ? 0 : size);
	}
	return 0;
}
#endif

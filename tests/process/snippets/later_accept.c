/* SPDX-License-Identifier: MIT */
/* A library that is preloaded after ours and defines accept, a plain function. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	return (int)syscall(SYS_accept, fd, address, length);
}

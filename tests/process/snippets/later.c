/* SPDX-License-Identifier: MIT */
/*
 * A library that is preloaded after ours and defines bind and listen in ways that
 * a loader takes and that are not a plain function: an STT_GNU_IFUNC, and a symbol
 * without a type, as of a source in assembly. Each says that it was called.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int told_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	dprintf(2, "later bind\n");
	return (int)syscall(SYS_bind, fd, address, length);
}

__attribute__((used)) static int told_listen(int fd, int backlog)
{
	dprintf(2, "later listen\n");
	return (int)syscall(SYS_listen, fd, backlog);
}

__attribute__((used)) static int (*choose_bind(void))(int, const struct sockaddr *, socklen_t)
{
	return told_bind;
}

int bind(int fd, const struct sockaddr *address, socklen_t length) __attribute__((ifunc("choose_bind")));

#ifdef __aarch64__
__asm__(".globl listen\nlisten:\n\tbti c\n\tb told_listen\n");
#else
__asm__(".globl listen\nlisten:\n\tendbr64\n\tjmp told_listen\n");
#endif

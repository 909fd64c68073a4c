/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preload/next.h"

#include "base/sys.h"
#include "preload/symbols.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* Stand-ins for a C library that lacks a function: the system call itself. */
static int plain_accept(int fd, struct sockaddr *address, socklen_t *length)
{
	return sys_accept4(fd, address, length, 0);
}

static ssize_t plain_recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags,
				  struct sockaddr *address, socklen_t *length)
{
	return sys_recvfrom(fd, buffer, size < room ? size : room, flags, address, length);
}

static int no_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			  struct addrinfo **result)
{
	(void)node, (void)service, (void)hints, (void)result;
	errno = ENOSYS;
	return EAI_SYSTEM;
}

/* Other libraries have a bind of their own, but do not start programs. */
static const char is_of_libc[] = "__libc_start_main";

/* A second copy of this library does what this one does, and does not count. */
static void find_other_bind(void)
{
	int (*other)(int, const struct sockaddr *, socklen_t) = NULL;
	const void *start;
	struct symbol symbols[] = {{"bind", &other}, {is_of_libc, &start}};

	if (symbols_find_past_copies(symbols, 2))
		next_other_bind = other;
}

static struct next table;
static atomic_bool resolved;

const struct next *next_if_ready(void)
{
	return atomic_load_explicit(&resolved, memory_order_acquire) ? &table : NULL;
}

__attribute__((noinline)) static void resolve(void)
{
	struct next found = {
	    .bind = sys_bind,
	    .listen = sys_listen,
	    .connect = sys_connect,
	    .accept = plain_accept,
	    .accept4 = sys_accept4,
	    .getsockname = sys_getsockname,
	    .getpeername = sys_getpeername,
	    .getsockopt = sys_getsockopt,
	    .setsockopt = sys_setsockopt,
	    .recvfrom = sys_recvfrom,
	    .recvfrom_chk = plain_recvfrom_chk,
	    .recvmsg = sys_recvmsg,
	    .recvmmsg = sys_recvmmsg,
	    .sendto = sys_sendto,
	    .sendmsg = sys_sendmsg,
	    .sendmmsg = sys_sendmmsg,
	    .epoll_ctl = sys_epoll_ctl,
	    .syscall = sys_call,
	    .chroot = sys_chroot,
	    .getaddrinfo = no_getaddrinfo,
	};
	const void *start;
	struct symbol symbols[] = {
	    {"bind", &found.bind},
	    {is_of_libc, &start},
	    {"listen", &found.listen},
	    {"connect", &found.connect},
	    {"accept", &found.accept},
	    {"accept4", &found.accept4},
	    {"getsockname", &found.getsockname},
	    {"getpeername", &found.getpeername},
	    {"getsockopt", &found.getsockopt},
	    {"setsockopt", &found.setsockopt},
	    {"recvfrom", &found.recvfrom},
	    {"__recvfrom_chk", &found.recvfrom_chk},
	    {"recvmsg", &found.recvmsg},
	    {"recvmmsg", &found.recvmmsg},
	    {"sendto", &found.sendto},
	    {"sendmsg", &found.sendmsg},
	    {"sendmmsg", &found.sendmmsg},
	    {"epoll_ctl", &found.epoll_ctl},
	    {"syscall", &found.syscall},
	    {"chroot", &found.chroot},
	    {"getaddrinfo", &found.getaddrinfo},
	};

	if (symbols_find(symbols, sizeof symbols / sizeof symbols[0]))
		find_other_bind();
	/* Two threads may both come here; they write the same. */
	table = found;
	atomic_store_explicit(&resolved, true, memory_order_release);
}

const struct next *next(void)
{
	if (!atomic_load_explicit(&resolved, memory_order_acquire))
		resolve();
	return &table;
}

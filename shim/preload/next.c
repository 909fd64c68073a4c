/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "preload/next.h"

#include "base/sys.h"
#include "preload/symbols.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* Used if the C library lacks a function: they make the system call. */
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

/* This tells the C library from other libraries that have a bind. */
static const char is_of_libc[] = "__libc_start_main";

/* A second copy of this library does not count as another one. */
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

/* In the order of struct next. A list of addresses as well, instead of a loop, takes 500 bytes. */
static const char names[][16] = {
    "bind",       "listen",     "connect",   "accept",         "accept4", "getsockname", "getpeername",
    "getsockopt", "setsockopt", "recvfrom",  "__recvfrom_chk", "recvmsg", "recvmmsg",    "sendto",
    "sendmsg",    "sendmmsg",   "epoll_ctl", "syscall",        "chroot",  "ioctl",       "getaddrinfo",
};
enum { NAMES = sizeof names / sizeof names[0] };
_Static_assert(sizeof(struct next) == NAMES * sizeof(next_other_bind), "a name for each function");

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
	    .ioctl = sys_ioctl,
	    .getaddrinfo = no_getaddrinfo,
	};
	const void *start;
	struct symbol symbols[NAMES + 1] = {{names[0], &found}, {is_of_libc, &start}};

	for (size_t i = 1; i < NAMES; i++)
		symbols[i + 1] = (struct symbol){names[i], (void (**)(void)) & found + i};
	if (symbols_find(symbols, NAMES + 1))
		find_other_bind();
	/* Two threads may come here at once; they write the same. */
	table = found;
	atomic_store_explicit(&resolved, true, memory_order_release);
}

__attribute__((hot)) const struct next *next(void)
{
	if (!atomic_load_explicit(&resolved, memory_order_acquire))
		resolve();
	return &table;
}

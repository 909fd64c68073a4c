/* SPDX-License-Identifier: MIT */
/* syscall(2), by which some programs make the hooked calls: libuv before 1.45
 * its recvmmsg and sendmmsg, older ones their accept4 */
#define _GNU_SOURCE
#include "base/sys.h"
#include "bind/bind.h"
#include "bind/submissions.h"
#include "calls/connect.h"
#include "calls/names.h"
#include "calls/recv.h"
#include "calls/send.h"
#include "calls/sockopt.h"
#include "config/settings.h"
#include "peers/boot_key.h"
#include "preload/hook.h"
#include "swap/epoll_refs.h"

#include <stdarg.h>
#include <sys/syscall.h>

enum { ARGUMENTS = 6 };

/* What the socket is, and is to be: its names and options. */
static bool is_about_socket(long number, const long *of, long *result)
{
	void *second = (void *)of[1], *third = (void *)of[2], *fourth = (void *)of[3], *fifth = (void *)of[4];
	int fd = (int)of[0];

	switch (number) {
	case SYS_getsockname:
		*result = call_getsockname(fd, second, third, sys_getsockname);
		return true;
	case SYS_getpeername:
		*result = call_getpeername(fd, second, third, sys_getpeername);
		return true;
	case SYS_getsockopt:
		*result = call_getsockopt(fd, (int)of[1], (int)of[2], fourth, fifth, sys_getsockopt);
		return true;
	case SYS_setsockopt:
		*result = call_setsockopt(fd, (int)of[1], (int)of[2], fourth, (socklen_t)of[4], sys_setsockopt);
		return true;
	case SYS_epoll_ctl:
		epoll_refs_note((int)of[1], (int)of[2]);
		return false;
	default:
		return false;
	}
}

/*
 * The system calls that have a hook. They go to the kernel from here, not to
 * the next function of their name: that may be another preload's, which came
 * here by that name.
 */
static bool is_hooked(long number, const long *of, long *result)
{
	void *second = (void *)of[1], *third = (void *)of[2], *fifth = (void *)of[4], *sixth = (void *)of[5];
	int fd = (int)of[0], flags = (int)of[3];

	switch (number) {
	case SYS_bind:
		/* Another library's bind(2), which the program's call, and ours, went through. */
		if (next_other_bind != NULL)
			return false;
		*result = call_bind(settings_get(), fd, second, (socklen_t)of[2], sys_bind);
		return true;
	case SYS_listen:
		*result = call_listen(settings_get(), fd, (int)of[1], sys_listen);
		return true;
	case SYS_connect:
		*result = call_connect(fd, second, (socklen_t)of[2], sys_connect);
		return true;
	case SYS_accept:
	case SYS_accept4:
		*result = call_accept(fd, second, third, number == SYS_accept4 ? flags : 0, sys_accept4);
		return true;
	case SYS_recvfrom:
		*result = call_recvfrom(fd, second, (size_t)of[2], flags, fifth, sixth, sys_recvfrom, sys_recvmsg);
		return true;
	case SYS_recvmsg:
		*result = call_recvmsg(fd, second, (int)of[2], sys_recvmsg);
		return true;
	case SYS_recvmmsg:
		*result = call_recvmmsg(fd, second, (unsigned)of[2], flags, fifth, sys_recvmmsg);
		return true;
	case SYS_sendto:
		*result = call_sendto(fd, second, (size_t)of[2], flags, fifth, (socklen_t)of[5], sys_sendto);
		return true;
	case SYS_sendmsg:
		*result = call_sendmsg(fd, second, (int)of[2], sys_sendmsg);
		return true;
	case SYS_sendmmsg:
		*result = call_sendmmsg(fd, second, (unsigned)of[2], flags, sys_sendmmsg);
		return true;
	case SYS_io_uring_setup:
		submissions_ring_made();
		return false;
	case SYS_io_uring_enter:
		if ((unsigned)of[1] > 0)
			submissions_enters(settings_get(), fd, (unsigned)of[3]);
		return false;
	case SYS_io_uring_register:
		submissions_registers((unsigned)of[1]);
		return false;
	case SYS_seccomp:
		submissions_end();
		/* fall through */
	case SYS_chroot:
	case SYS_pivot_root:
		if (settings_get() != NULL)
			boot_key_prepare();
		return false;
	default:
		return is_about_socket(number, of, result);
	}
}

/* glibc declares it under _DEFAULT_SOURCE. */
long syscall(long number, ...);

HOOK long syscall(long number, ...)
{
	const struct next *ready = next_if_ready();
	long of[ARGUMENTS], result;
	int before = errno;
	va_list rest;

	va_start(rest, number);
	for (int i = 0; i < ARGUMENTS; i++)
		of[i] = va_arg(rest, long);
	va_end(rest);
	/* An allocator that starts while we look for the next functions comes
	 * here too, and must not make us look again. */
	if (ready == NULL)
		return sys_call(number, of[0], of[1], of[2], of[3], of[4], of[5]);
	if (!is_hooked(number, of, &result))
		result = ready->syscall(number, of[0], of[1], of[2], of[3], of[4], of[5]);
	return keep_errno_long(before, result);
}

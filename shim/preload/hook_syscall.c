/* SPDX-License-Identifier: MIT */
/* prctl(2), because of sandboxes; syscall(2), by which some programs make the hooked calls: libuv before 1.45 makes
 * recvmmsg and sendmmsg so, and older ones accept4 */
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

#include <linux/prctl.h>
#include <sys/syscall.h>

/* Calls that are only noted. errno is read here only for calls of a kind that ordinary threads make: Chromium's
 * zygote makes others in a process without thread-local memory. */
static void note(long number, const long *of)
{
	int before;

	switch (number) {
	case SYS_epoll_ctl:
		before = errno;
		epoll_refs_note((int)of[1], (int)of[2]);
		errno = before;
		break;
	case SYS_io_uring_setup:
		submissions_ring_made();
		break;
	case SYS_io_uring_enter:
		before = errno;
		if ((unsigned)of[1] > 0)
			submissions_enters((int)of[0], (unsigned)of[3]);
		errno = before;
		break;
	case SYS_io_uring_register:
		submissions_registers((unsigned)of[1]);
		break;
	case SYS_prctl:
		if ((int)of[0] == PR_SET_SECCOMP)
			submissions_end();
		break;
	case SYS_seccomp:
		submissions_end();
		/* fall through */
	case SYS_chroot:
	case SYS_pivot_root:
		if (settings_get() != NULL)
			boot_key_prepare();
		break;
	default:
		break;
	}
}

/* Calls that get or set a socket's names and options. */
static bool answer_about(long number, const long *of, long *result)
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
	default:
		return false;
	}
}

/*
 * The system calls that have a hook. From here they go to the kernel, not to the
 * next function of their name: that may be another preloaded library's, and it may
 * be that function which has called syscall().
 */
static bool answer(long number, const long *of, long *result)
{
	void *second = (void *)of[1], *third = (void *)of[2], *fifth = (void *)of[4], *sixth = (void *)of[5];
	int fd = (int)of[0], flags = (int)of[3];

	switch (number) {
	case SYS_bind:
		/* It is made by another library's bind(2), through which the program's bind, and ours, go. */
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
	default:
		return answer_about(number, of, result);
	}
}

static bool is_hooked(long number)
{
	switch (number) {
	case SYS_bind:
	case SYS_listen:
	case SYS_connect:
	case SYS_accept:
	case SYS_accept4:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_recvmmsg:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_getsockname:
	case SYS_getpeername:
	case SYS_getsockopt:
	case SYS_setsockopt:
		return true;
	default:
		return false;
	}
}

/* Both are also called with fewer arguments. Then the others have random values, which are not
 * used. */
long syscall(long number, long a, long b, long c, long d, long e, long f);
long prctl(long option, long b, long c, long d, long e, long unused, long f);

HOOK long syscall(long number, long a, long b, long c, long d, long e, long f)
{
	const struct next *ready = next_if_ready();
	const long of[] = {a, b, c, d, e, f};
	int before;
	long result;

	if (ready != NULL && is_hooked(number)) {
		before = errno;
		if (answer(number, of, &result))
			return keep_errno_long(before, result);
	} else if (ready != NULL) {
		note(number, of);
	}
	/* An allocator that starts while the next functions are being looked up comes
	 * here, too, and must not start another look-up. */
	return (ready != NULL ? ready->syscall : sys_call)(number, a, b, c, d, e, f);
}

/* So that our own calls do not reach another preloaded library's syscall. */
static __typeof__(syscall) own_syscall __attribute__((alias("syscall")));

HOOK long prctl(long option, long b, long c, long d, long e, long unused, long f)
{
	(void)unused;
	return own_syscall(SYS_prctl, option, b, c, d, e, f);
}

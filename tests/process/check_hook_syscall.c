/* SPDX-License-Identifier: MIT */
/* What a program is shown by syscall(2) is what the function of the name shows. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080 };

static const socklen_t lengths[] = {0, 1, 2, 15, 16, 27, 28, 128};

static void same_name(int fd, long number, int (*function)(int, struct sockaddr *, socklen_t *), socklen_t room)
{
	unsigned char seen[160], wanted[160];
	socklen_t seen_length = room, wanted_length = room;

	memset(seen, 0xaa, sizeof seen);
	memset(wanted, 0xaa, sizeof wanted);
	errno = 77;
	ck_assert_int_eq(syscall(number, fd, seen, &seen_length), 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_int_eq(function(fd, (struct sockaddr *)wanted, &wanted_length), 0);
	ck_assert_uint_eq(seen_length, wanted_length);
	ck_assert_uint_eq(seen_length, sizeof(struct sockaddr_in));
	ck_assert_mem_eq(seen, wanted, sizeof seen);
	if (room >= 2)
		ck_assert_int_eq(((struct sockaddr *)seen)->sa_family, AF_INET);
}

START_TEST(names)
{
	int fd = listening(INADDR_ANY, PORT), connection;

	connected6(client_address(), PORT);
	connection = accept(fd, NULL, NULL);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	same_name(fd, SYS_getsockname, getsockname, lengths[_i]);
	same_name(connection, SYS_getsockname, getsockname, lengths[_i]);
	same_name(connection, SYS_getpeername, getpeername, lengths[_i]);
}
END_TEST

START_TEST(names_that_cannot_be_had)
{
	int fd = listening(INADDR_ANY, PORT);
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(syscall(SYS_getpeername, fd, &name, &length), -1);
	ck_assert_int_eq(errno, ENOTCONN);
	ck_assert_int_eq(syscall(SYS_getsockname, -1, &name, &length), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(syscall(SYS_getsockname, fd, &name, NULL), -1);
	ck_assert_int_eq(errno, EFAULT);
}
END_TEST

START_TEST(options)
{
	int fd = listening(INADDR_ANY, PORT), value = -1;
	socklen_t length = sizeof value;

	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &value, &length), 0);
	ck_assert_int_eq(value, AF_INET);
	ck_assert_int_eq(syscall(SYS_getsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &length), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	ck_assert_int_eq(syscall(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, length), -1);
	ck_assert_int_eq(errno, ENOPROTOOPT);
	ck_assert_int_eq(syscall(SYS_setsockopt, fd, IPPROTO_IP, IP_TOS, &(int){0x48}, sizeof(int)), 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x48);
	ck_assert_int_eq(syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* whose own code needs a thread's memory */
static int calls_of_zygote(void *unused)
{
	(void)unused;
	syscall(SYS_getpid);
	prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	_exit(syscall(SYS_chroot, "/") != 0 || chroot("/") != 0);
}

/* Chromium's: a child that shares its memory, and has none of a thread's: errno is nowhere. */
START_TEST(child_without_errno)
{
	static _Alignas(64) char stack[65536], thread[65536];
	int status;
	pid_t child;

	if (lacks("the right to chroot(2)", chroot("/") != 0))
		return;
	child = clone(calls_of_zygote, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_SETTLS | SIGCHLD, NULL,
		      NULL, thread + sizeof thread / 2, NULL);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST
#endif

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {names, sizeof lengths / sizeof lengths[0]},
	    {names_that_cannot_be_had, 1},
	    {options, 1},
#ifndef __SANITIZE_ADDRESS__
	    {child_without_errno, 1},
#endif
	};

	(void)argc;
	return preloaded_main(argv, "8080", "ipv4", tests, sizeof tests / sizeof tests[0]);
}

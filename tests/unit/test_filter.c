/* SPDX-License-Identifier: MIT */
/* The supervisor's filter: which calls wait for an answer, and which do not. */
#define _GNU_SOURCE
#include "base/sys.h"
#include "supervise/answer.h"
#include "supervise/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisable.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 10000, NOTHING = -1 };

/* What a call is answered with, if it is asked about. No call here succeeds. */
#define ASKED EXDEV

static int listener;
#ifdef __x86_64__
static bool kernel_has_32_bits;
#endif

struct call {
	long (*make)(void);
	int error;
	int done[2]; /* a pipe */
};

static void *run(void *context)
{
	struct call *call = context;

	call->error = call->make() < 0 ? errno : 0;
	assert_int_equal(write(call->done[1], "", 1), 1);
	return NULL;
}

/* The errno that another thread gets. That thread has the filter from this
 * one, which answers. */
static int error_of(long (*make)(void))
{
	struct call call = {.make = make};
	struct pollfd watched[2] = {{.fd = listener, .events = POLLIN}, {.events = POLLIN}};
	pthread_t thread;

	assert_int_equal(pipe(call.done), 0);
	watched[1].fd = call.done[0];
	assert_int_equal(pthread_create(&thread, NULL, run, &call), 0);
	assert_true(poll(watched, 2, WAIT_MS) > 0);
	if (watched[0].revents & POLLIN) {
		struct seccomp_notif notification;

		memset(&notification, 0, sizeof notification);
		assert_int_equal(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification), 0);
		answer_send(listener, notification.id, (struct answer){.error = ASKED});
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(call.done[0]);
	close(call.done[1]);
	return call.error;
}

static long plain_bind(void)
{
	return syscall(SYS_bind, NOTHING, NULL, 0, 0L);
}

static long plain_listen(void)
{
	return syscall(SYS_listen, NOTHING, 5, 0L, 0L);
}

static long low_half(void)
{
	return syscall(SYS_bind, NOTHING, NULL, 0, SYS_PASSES & 0xffffffff);
}

static long high_half(void)
{
	return syscall(SYS_bind, NOTHING, NULL, 0, SYS_PASSES & ~0xffffffffL);
}

static long own_bind(void)
{
	return sys_bind(NOTHING, NULL, 0);
}

static long own_listen(void)
{
	return sys_listen(NOTHING, 5);
}

static long connects(void)
{
	return sys_connect(NOTHING, NULL, 0);
}

static long sockets(void)
{
	return sys_socket(-1, -1, -1);
}

static void programs_calls_are_asked_about(void **state)
{
	(void)state;
	assert_int_equal(error_of(plain_bind), ASKED);
	assert_int_equal(error_of(plain_listen), ASKED);
	assert_int_equal(error_of(low_half), ASKED);
	assert_int_equal(error_of(high_half), ASKED);
}

static void others_pass(void **state)
{
	(void)state;
	assert_int_equal(error_of(own_bind), EBADF);
	assert_int_equal(error_of(own_listen), EBADF);
	assert_int_equal(error_of(connects), EBADF);
	assert_int_equal(error_of(sockets), EINVAL);
}

#ifdef __x86_64__
static long x32(void)
{
	return syscall(0x40000000 | SYS_bind, NOTHING, NULL, 0, 0L);
}

/* bind(2) of 32-bit programs. */
static long of_32_bits(void)
{
	long result = 361;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(NOTHING), "c"(0), "d"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-result;
	return result < 0 ? -1 : result;
}

/* A kernel without them ends the process that tries. */
static bool has_32_bits(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(of_32_bits() == 0);
	return waitpid(child, &status, 0) == child && WIFEXITED(status);
}

static void foreign_calls_pass(void **state)
{
	(void)state;
	assert_int_not_equal(error_of(x32), ASKED);
	if (kernel_has_32_bits)
		assert_int_not_equal(error_of(of_32_bits), ASKED);
}
#endif

/* In the process as a whole there is room for one. */
static void a_second_one_is_refused(void **state)
{
	bool no_new_privileges, interruptible;

	(void)state;
	assert_int_equal(filter_install(&no_new_privileges, &interruptible), -1);
	assert_int_equal(errno, EBUSY);
}

static int install(void **state)
{
	bool no_new_privileges, interruptible;

	(void)state;
#ifdef __x86_64__
	kernel_has_32_bits = has_32_bits();
#endif
	listener = filter_install(&no_new_privileges, &interruptible);
	return listener < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(programs_calls_are_asked_about),
	    cmocka_unit_test(others_pass),
#ifdef __x86_64__
	    cmocka_unit_test(foreign_calls_pass),
#endif
	    cmocka_unit_test(a_second_one_is_refused),
	};

	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("filter", tests, install, NULL);
}

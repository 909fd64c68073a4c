/* SPDX-License-Identifier: MIT */
/* A system call without the C library: arguments, results and errno. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Each of the six has its place. */
static void six_arguments(void **state)
{
	enum { PAGE = 65536 };
	int file = memfd_create("file", MFD_CLOEXEC);
	char *page, *fixed;

	(void)state;
	assert_int_equal(ftruncate(file, 2 * PAGE), 0);
	assert_int_equal(pwrite(file, "second", 6, PAGE), 6);
	page = (char *)sys_call(SYS_mmap, 0L, 2L * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
	assert_true(page != MAP_FAILED);
	fixed = (char *)sys_call(SYS_mmap, page + PAGE, (long)PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file,
				 (long)PAGE);
	assert_ptr_equal(fixed, page + PAGE);
	assert_string_equal(fixed, "second");
	assert_int_equal(page[0], 0);
	assert_int_equal(sys_call(SYS_munmap, page, 2L * PAGE), 0);
	close(file);
}

static void results(void **state)
{
	char text[4] = "";
	int ends[2];

	(void)state;
	errno = EXDEV;
	assert_int_equal(sys_call(SYS_getpid), getpid());
	assert_int_equal(sys_call(SYS_pipe2, ends, O_CLOEXEC), 0);
	assert_int_equal(sys_call(SYS_write, ends[1], "abc", 3L), 3);
	assert_int_equal(sys_call(SYS_read, ends[0], text, sizeof text), 3);
	assert_string_equal(text, "abc");
	assert_int_equal(errno, EXDEV); /* where nothing failed */
	close(ends[0]);
	close(ends[1]);
}

static void failures(void **state)
{
	(void)state;
	assert_int_equal(sys_call(SYS_close, -1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(sys_call(SYS_read, -1, NULL, 0L), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(sys_call(SYS_openat, AT_FDCWD, "/none", O_RDONLY, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sys_call(-1), -1);
	assert_int_equal(errno, ENOSYS);
}

/* The last 4,095 numbers alone are errors: a position in memory may be one before. */
static void large_results(void **state)
{
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(memory >= 0);
	errno = EXDEV;
	assert_int_equal(sys_call(SYS_lseek, memory, -8192L, SEEK_SET), -8192);
	assert_int_equal(errno, EXDEV);
	close(memory);
}

static volatile sig_atomic_t handled;

static void handle(int number)
{
	(void)number;
	handled++;
}

/* What else is in registers is as before, also where a signal is handled in the call. */
static void it_is_interrupted(void **state)
{
	struct sigaction action = {.sa_handler = handle};
	struct timespec long_time = {60, 0};
	pid_t child;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	child = fork();
	if (child == 0) {
		while (kill(getppid(), SIGUSR1) == 0)
			usleep(1000);
		_exit(0);
	}
	assert_int_equal(sys_call(SYS_ppoll, 0L, 0L, &long_time, 0L, 0L), -1);
	assert_int_equal(errno, EINTR);
	kill(child, SIGKILL);
	assert_true(handled > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(six_arguments), cmocka_unit_test(results),           cmocka_unit_test(failures),
	    cmocka_unit_test(large_results), cmocka_unit_test(it_is_interrupted),
	};

	return cmocka_run_group_tests_name("syscall_raw", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What in a process, which is this one, makes calls that pass the library by. */
#define _GNU_SOURCE
#include "capture.h"
#include "skip.h"

#include "cmd/passedby.h"
#include "supervise/judge.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[] = "/tmp/dualbind-passedby.XXXXXX";

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int end(void **state)
{
	(void)state;
	return chdir("/") != 0 || rmdir(folder) != 0;
}

/* The first page of FILE, mapped. */
static void *map(const char *file, int protection)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	void *page = mmap(NULL, 4096, protection, MAP_PRIVATE, fd, 0);

	assert_true(page != MAP_FAILED);
	close(fd);
	return page;
}

static void a_ring(void **state)
{
	struct io_uring_params parameters = {0};
	struct passed_by passed;
	int ring;

	(void)state;
	passed_by_ring(&passed, getpid());
	assert_int_equal(passed.ring, -1);
	ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
	if (ring < 0)
		skip_because("no io_uring on this kernel");
	passed_by_ring(&passed, getpid());
	assert_int_equal(passed.ring, ring);
	close(ring);
	passed_by_ring(&passed, getpid());
	assert_int_equal(passed.ring, -1);
}

static void a_process_that_is_not_shown(void **state)
{
	struct passed_by passed;

	(void)state;
	passed_by_ring(&passed, 999999999);
	assert_int_equal(passed.ring, -1);
	passed_by_files(&passed, 999999999);
	assert_false(passed.second);
	assert_string_equal(passed.module, "");
}

static void nothing_in_this_one(void **state)
{
	struct passed_by passed;

	(void)state;
	passed_by_files(&passed, getpid());
	assert_false(passed.second);
	assert_string_equal(passed.module, "");
}

static void a_second_c_library(void **state)
{
	struct passed_by passed;
	void *first, *second;

	(void)state;
	assert_int_equal(close(open("libc.so.6", O_RDWR | O_CREAT | O_CLOEXEC, 0644)), 0);
	assert_int_equal(truncate("libc.so.6", 8192), 0);
	first = map("libc.so.6", PROT_READ);
	second = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, open("libc.so.6", O_RDONLY | O_CLOEXEC), 4096);
	passed_by_files(&passed, getpid());
	assert_true(passed.second);
	assert_string_equal(passed.module, "");
	munmap(first, 4096);
	/* What is no beginning of the file is no second one. */
	passed_by_files(&passed, getpid());
	assert_false(passed.second);
	munmap(second, 4096);
	assert_int_equal(unlink("libc.so.6"), 0);
}

/* Never called: it makes of this program one whose code calls the kernel for bind. */
__attribute__((used, noinline)) static void bind_by_itself(void)
{
#if defined(__x86_64__)
	__asm__ volatile("mov $49, %%eax\n\tsyscall" ::: "rax", "rcx", "r11", "memory");
#else
	__asm__ volatile("mov x8, #200\n\tsvc #0" ::: "x0", "x8", "memory");
#endif
}

/* A file whose code calls the kernel for bind: this program, under another name. */
static void a_module(void **state)
{
	char command[PATH_MAX];
	struct passed_by passed;
	void *page;

	(void)state;
	snprintf(command, sizeof command, "cp /proc/%d/exe module.so.1", getpid());
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	page = map("module.so.1", PROT_READ);
	passed_by_files(&passed, getpid());
	assert_string_equal(passed.module, "");
	munmap(page, 4096);
	page = map("module.so.1", PROT_READ | PROT_EXEC);
	passed_by_files(&passed, getpid());
	snprintf(command, sizeof command, "%s/module.so.1", folder);
	assert_string_equal(passed.module, command);
	/* Its file has gone: what its code is cannot be told. */
	assert_int_equal(unlink("module.so.1"), 0);
	passed_by_files(&passed, getpid());
	assert_string_equal(passed.module, "");
	munmap(page, 4096);
}

/* The C library's own code, and ours, are expected to. */
static void expected_modules(void **state)
{
	static const char *const names[] = {"libpthread.so.0", "ld-x.so", "libdualbind.so"};
	char command[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct passed_by passed;
		void *page;

		snprintf(command, sizeof command, "cp /proc/%d/exe %s", getpid(), names[i]);
		assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
		page = map(names[i], PROT_READ | PROT_EXEC);
		passed_by_files(&passed, getpid());
		assert_string_equal(passed.module, "");
		munmap(page, 4096);
		assert_int_equal(unlink(names[i]), 0);
	}
}

static void in_words(void **state)
{
	static struct process process;
	struct passed_by passed = {.ring = -1};
	struct capture capture = capture_start(stdout);

	(void)state;
	passed_by_print_ring(&passed);
	assert_string_equal(capture_end(&capture), "");
	assert_null(passed_by_why(&passed, &process));
	passed.ring = 5;
	capture = capture_start(stdout);
	passed_by_print_ring(&passed);
	assert_int_equal(strncmp(capture_end(&capture), "It has an io_uring instance (fd 5). ", 36), 0);
	assert_non_null(strstr(passed_by_why(&passed, &process), "its io_uring instance (fd 5) may have bound it"));
	/* What is more certain comes first. */
	passed.second = true;
	assert_non_null(strstr(passed_by_why(&passed, &process), "dlmopen"));
	strcpy(passed.module, "/usr/lib/libown.so");
	assert_string_equal(
	    passed_by_why(&passed, &process),
	    "libown.so in it makes system calls of its own, past the library: --mode both or supervise "
	    "would convert it, but then " JUDGE_RISK);
	process.program.calls_kernel = true;
	process.program.language = LANGUAGE_GO;
	assert_string_equal(
	    passed_by_why(&passed, &process),
	    "it makes system calls of its own, past the library: start it with dualbind run --mode both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ring),
	    cmocka_unit_test(a_process_that_is_not_shown),
	    cmocka_unit_test(nothing_in_this_one),
	    cmocka_unit_test(a_second_c_library),
	    cmocka_unit_test(a_module),
	    cmocka_unit_test(expected_modules),
	    cmocka_unit_test(in_words),
	};

	return cmocka_run_group_tests_name("passedby", tests, begin, end);
}

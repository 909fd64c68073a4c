/* SPDX-License-Identifier: MIT */
/*
 * What is seen of a process that waits for the supervisor: its executable, and
 * whether a file of some name is mapped in it. The process is this one.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervise/look.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct target target;

static int begin(void **state)
{
	(void)state;
	target.folder = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return target.folder < 0;
}

static int end(void **state)
{
	(void)state;
	return close(target.folder);
}

/* A page of a file at PATH, which is made, and is left mapped. */
static void *map(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *page;

	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, 4096), 0);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	assert_true(page != MAP_FAILED);
	close(file);
	return page;
}

static void its_executable(void **state)
{
	struct executable first = look_executable(&target), again = look_executable(&target);

	(void)state;
	assert_int_equal(first.kind, ELF_SOUND);
	assert_int_equal(first.libc, ELF_GLIBC);
	assert_int_equal(first.language, LANGUAGE_UNKNOWN);
	assert_int_equal(again.kind, ELF_SOUND);
	assert_int_equal(again.libc, ELF_GLIBC);
}

static void no_executable(void **state)
{
	struct target nobody = {.folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};

	(void)state;
	assert_int_equal(look_executable(&nobody).kind, ELF_NONE);
	assert_false(look_is_loaded(&nobody, "x"));
	close(nobody.folder);
}

/* By the whole name, in a folder of any length, and after the file has gone. */
static void by_name(void **state)
{
	char folder[] = "/tmp/dualbind-look.XXXXXX", path[PATH_MAX], part[201];
	void *page;

	(void)state;
	memset(part, 'd', sizeof part - 1);
	part[sizeof part - 1] = '\0';
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/look-me-up.so", folder);
	assert_false(look_is_loaded(&target, "look-me-up.so"));
	page = map(path);
	assert_true(look_is_loaded(&target, "look-me-up.so"));
	assert_false(look_is_loaded(&target, "me-up.so"));
	assert_false(look_is_loaded(&target, "look-me-up.so.1"));
	unlink(path);
	assert_true(look_is_loaded(&target, "look-me-up.so"));
	munmap(page, 4096);
	assert_false(look_is_loaded(&target, "look-me-up.so"));

	assert_int_equal(chdir(folder), 0);
	for (int i = 0; i < 20; i++) /* longer, with what precedes it, than a line that fits */
		if (mkdir(part, 0700) != 0 || chdir(part) != 0)
			fail_msg("folder %d", i);
	page = map("look-me-up.so");
	assert_true(look_is_loaded(&target, "look-me-up.so"));
	munmap(page, 4096);
	assert_int_equal(unlink("look-me-up.so"), 0);
	for (int i = 0; i < 20; i++)
		if (chdir("..") != 0 || rmdir(part) != 0)
			fail_msg("folder %d", i);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* By the place that the call was made from. */
static void in_the_library(void **state)
{
	struct target caller = target;

	(void)state;
	caller.place = (uint64_t)(uintptr_t)dlsym(RTLD_NEXT, "bind");
	assert_true(look_is_by_library(&caller, "none.so"));
	caller.place = (uint64_t)(uintptr_t)in_the_library;
	assert_false(look_is_by_library(&caller, "none.so"));
	assert_true(look_is_by_library(&caller, "test_look"));
	caller.place = (uint64_t)(uintptr_t)&caller;
	assert_false(look_is_by_library(&caller, "test_look"));
	caller.place = 0;
	assert_false(look_is_by_library(&caller, "test_look"));
	caller.place = UINT64_MAX;
	assert_false(look_is_by_library(&caller, "test_look"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(its_executable), cmocka_unit_test(no_executable),
					   cmocka_unit_test(by_name), cmocka_unit_test(in_the_library)};

	return cmocka_run_group_tests(tests, begin, end);
}

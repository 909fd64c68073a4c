/* SPDX-License-Identifier: MIT */
/* Where the library is, and whether a program can load it. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/locate.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/dualbind-locate.XXXXXX";
static char self[PATH_MAX];
static struct refusal refusal;

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0 || !locate_self(self);
}

static int end(void **state)
{
	char words[PATH_MAX];

	(void)state;
	snprintf(words, sizeof words, "rm -rf '%s'", folder);
	return system(words); /* NOLINT(cert-env33-c) */
}

static void in_folder(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *bytes, size_t size)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, size), size);
	close(file);
}

static void itself(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_true(locate_self(path));
	assert_string_equal(strrchr(path, '/'), "/test_locate");
}

static void as_it_was_given(void **state)
{
	char path[PATH_MAX], wanted[PATH_MAX];

	(void)state;
	write_file("given.so", "", 0);
	in_folder(wanted, "given.so");
	assert_true(locate_library(path, "given.so", &refusal)); /* absolute from here on */
	assert_string_equal(path, wanted);
	assert_int_equal(symlink("given.so", "link.so"), 0);
	assert_true(locate_library(path, "./link.so", &refusal));
	assert_string_equal(path, wanted);
	assert_false(locate_library(path, "none.so", &refusal));
	assert_string_equal(refusal.reason, "the library none.so: No such file or directory");
	assert_string_equal(refusal.remedy, "give DUALBIND_LIBRARY the path of libdualbind.so");
}

/* Next to the command, or in ../lib from there; this program stands for it. */
static void beside_the_command(void **state)
{
	static const char *const places[] = {NULL, "lib/libdualbind.so", "bin/libdualbind.so"};
	char given[2 * PATH_MAX + 64], library[PATH_MAX];

	(void)state;
	assert_int_equal(mkdir("bin", 0755), 0);
	assert_int_equal(mkdir("lib", 0755), 0);
	snprintf(given, sizeof given, "cp '%s' bin/command", self);
	assert_int_equal(system(given), 0); /* NOLINT(cert-env33-c) */
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		int status;
		pid_t child;

		if (places[i] != NULL)
			write_file(places[i], "", 0);
		in_folder(library, places[i] != NULL ? places[i] : "");
		child = fork();
		if (child == 0) {
			execl("bin/command", "command", places[i] != NULL ? library : "none", (char *)NULL);
			_exit(126);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	/* A folder of that name is none. */
	assert_int_equal(unlink("bin/libdualbind.so"), 0);
	assert_int_equal(mkdir("bin/libdualbind.so", 0755), 0);
	in_folder(library, "lib/libdualbind.so");
	snprintf(given, sizeof given, "bin/command '%s'", library);
	assert_int_equal(system(given), 0); /* NOLINT(cert-env33-c) */
}

/* In the copy: whether the library is found at PATH, or nowhere. */
static int be_the_command(const char *path)
{
	char found[PATH_MAX];

	if (!locate_library(found, "", &refusal))
		return strcmp(path, "none") != 0 || strstr(refusal.reason, "neither in") == NULL;
	return strcmp(found, path) != 0;
}

static void is_refused(const char *path, const struct elf *elf, const char *reason, const char *remedy)
{
	assert_false(locate_loads(path, elf, &refusal));
	assert_non_null(strstr(refusal.reason, reason));
	assert_non_null(strstr(refusal.remedy, remedy));
}

static void paths_that_cannot_be_listed(void **state)
{
	(void)state;
	is_refused("/with space/l.so", NULL, "a space or a colon", "move it");
	is_refused("/with:colon/l.so", NULL, "a space or a colon", "move it");
	is_refused("/with\nline/l.so", NULL, "a space or a colon", "move it");
}

static void files_that_are_none(void **state)
{
	char path[PATH_MAX];

	(void)state;
	in_folder(path, "missing.so");
	is_refused(path, NULL, "missing.so cannot be read: No such file", "chmod a+r");
	write_file("text.so", "text", 4);
	in_folder(path, "text.so");
	is_refused(path, NULL, "text.so is not an ELF library", "copy libdualbind.so there again");
	write_file("cut.so", "\177ELF\2\1\1", 7);
	in_folder(path, "cut.so");
	is_refused(path, NULL, "is not an ELF library", "copy");
	if (geteuid() == 0)
		return;
	assert_int_equal(chmod("text.so", 0), 0);
	in_folder(path, "text.so");
	is_refused(path, NULL, "text.so cannot be read: Permission denied", "chmod a+r");
}

/* This program, which may be loaded anywhere, stands for the library. */
static void machines(void **state)
{
	struct elf elf;
	int file = open(self, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(elf_read(file, &elf), ELF_SOUND);
	close(file);
	assert_true(locate_loads(self, NULL, &refusal));
	assert_true(locate_loads(self, &elf, &refusal));
	elf.machine = 4660;
	is_refused(self, &elf, "the program is for machine 4660, 64 bits, the library ", "DUALBIND_LIBRARY");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(itself),
	    cmocka_unit_test(as_it_was_given),
	    cmocka_unit_test(beside_the_command),
	    cmocka_unit_test(paths_that_cannot_be_listed),
	    cmocka_unit_test(files_that_are_none),
	    cmocka_unit_test(machines),
	};

	if (argc > 1)
		return be_the_command(argv[1]);
	return cmocka_run_group_tests_name("locate", tests, begin, end);
}

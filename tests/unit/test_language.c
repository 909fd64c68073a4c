/* SPDX-License-Identifier: MIT */
/* The language of a program: by text that stands anywhere in the file. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inspect/language.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK = 16 << 10 };

static const char rust[] = "signal(libc::SIGPIPE, ", zig[] = "ProcessFdQuotaExceeded", progress[] = "ZIG_PROGRESS";

/* What is found in a file of SIZE bytes that has TEXT, without its zero, AT. */
static enum language found(const char *text, off_t at, off_t size)
{
	int file = memfd_create("program", MFD_CLOEXEC);
	const struct elf elf = {0};
	enum language language;

	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, size), 0);
	assert_int_equal(pwrite(file, text, strlen(text), at), strlen(text));
	language = language_of(file, &elf);
	assert_int_equal(lseek(file, 0, SEEK_CUR), 0);
	close(file);
	return language;
}

static void by_text(void **state)
{
	const struct elf go = {.go = true};

	(void)state;
	assert_int_equal(found(rust, 100, 1000), LANGUAGE_RUST);
	assert_int_equal(found(zig, 100, 1000), LANGUAGE_ZIG);
	assert_int_equal(found(progress, 100, 1000), LANGUAGE_ZIG);
	assert_int_equal(found("signal(libc::SIGPIPE", 100, 1000), LANGUAGE_UNKNOWN);
	assert_int_equal(found("xignal(libc::SIGPIPE, ", 100, 1000), LANGUAGE_UNKNOWN);
	assert_int_equal(found("ignal(libc::SIGPIPE, signal(libc::SIGPIPE, ", 100, 1000), LANGUAGE_RUST);
	assert_int_equal(found("x", 0, 1), LANGUAGE_UNKNOWN);
	assert_int_equal(found("", 0, 0), LANGUAGE_UNKNOWN);
	assert_int_equal(language_of(-1, &go), LANGUAGE_GO);
	assert_int_equal(language_of(-1, &(struct elf){0}), LANGUAGE_UNKNOWN);
}

/* At the start, at the end, and across each place where a chunk may end. */
static void anywhere(void **state)
{
	const off_t size = 3 * CHUNK, length = sizeof rust - 1;

	(void)state;
	assert_int_equal(found(rust, 0, size), LANGUAGE_RUST);
	assert_int_equal(found(rust, size - length, size), LANGUAGE_RUST);
	for (off_t at = CHUNK - length - 1; at <= CHUNK + 1; at++)
		if (found(rust, at, size) != LANGUAGE_RUST || found(rust, CHUNK + at, size) != LANGUAGE_RUST)
			fail_msg("at %ld", (long)at);
}

static void is_bounded(void **state)
{
	const off_t size = LANGUAGE_BYTES_MAX + 2 * CHUNK;

	(void)state;
	assert_int_equal(found(zig, LANGUAGE_BYTES_MAX - 100, size), LANGUAGE_ZIG);
	assert_int_equal(found(zig, LANGUAGE_BYTES_MAX + CHUNK, size), LANGUAGE_UNKNOWN);
}

static void has_names(void **state)
{
	(void)state;
	assert_null(language_name(LANGUAGE_UNKNOWN));
	assert_string_equal(language_name(LANGUAGE_GO), "Go");
	assert_string_equal(language_name(LANGUAGE_RUST), "Rust");
	assert_string_equal(language_name(LANGUAGE_ZIG), "Zig");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_text), cmocka_unit_test(anywhere),
					   cmocka_unit_test(is_bounded), cmocka_unit_test(has_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

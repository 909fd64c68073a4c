/* SPDX-License-Identifier: MIT */
/* Finding a program: through PATH, and along #! lines. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/command.h"
#include "cmd/plan.h"
#include "inspect/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char folder[] = "/tmp/dualbind-program-XXXXXX";
static struct program program;

static const char *in_folder(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static void make(const char *name, const char *content, size_t size, mode_t mode)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, size), size);
	assert_int_equal(fchmod(fd, mode) | close(fd), 0);
}

static void script(const char *name, const char *content)
{
	make(name, content, strlen(content), 0755);
}

static int start(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || mkdir(in_folder("a"), 0755) != 0 || mkdir(in_folder("b"), 0755) != 0 ||
	       mkdir(in_folder("a/folder"), 0755) != 0;
}

static int end(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof line, "rm -rf '%s'", folder);
	return system(line); /* NOLINT: a fixed name */
}

static void paths(void **state)
{
	char search[3 * PATH_MAX];

	(void)state;
	script("a/both", "#!/bin/sh\n");
	script("b/both", "#!/bin/sh\n");
	make("a/second", "", 0, 0644);
	script("b/second", "#!/bin/sh\n");
	make("a/never", "", 0, 0644);
	script("b/folder", "#!/bin/sh\n");
	snprintf(search, sizeof search, "/no/such:%s:%s", in_folder("a"), in_folder("b"));
	assert_int_equal(program_find(&program, "both", search), 0);
	assert_string_equal(program.path, in_folder("a/both"));
	/* What may not be executed is passed over, and so is a folder. */
	assert_int_equal(program_find(&program, "second", search), 0);
	assert_string_equal(program.path, in_folder("b/second"));
	assert_int_equal(program_find(&program, "folder", search), 0);
	assert_string_equal(program.path, in_folder("b/folder"));
	if (getuid() != 0 || access(in_folder("a/never"), X_OK) != 0)
		assert_int_equal(program_find(&program, "never", search), STATUS_NOT_EXECUTABLE);
	assert_int_equal(program_find(&program, "nowhere", search), STATUS_NOT_FOUND);
	assert_non_null(strstr(program.problem, "nowhere"));
	assert_int_equal(program_find(&program, "", search), STATUS_NOT_FOUND);
	/* PATH unset, and its empty part. */
	assert_int_equal(program_find(&program, "sh", NULL), 0);
	assert_int_equal(chdir(in_folder("b")), 0);
	assert_int_equal(program_find(&program, "both", "/no/such:"), 0);
	assert_string_equal(program.path, "both");
	assert_int_equal(program_find(&program, "both", ":/no/such"), 0);
	assert_int_equal(program_find(&program, "./both", "/no/such"), 0);
	assert_int_equal(chdir("/"), 0);
}

static void lines(void **state)
{
	static const struct {
		const char *content, *file;
		unsigned scripts;
		bool clean;
	} rows[] = {
	    {"#!/bin/sh\n", "/bin/sh", 1, false},
	    {"#!/bin/sh", "/bin/sh", 1, false},
	    {"#! \t /bin/sh \t \n", "/bin/sh", 1, false},
	    {"#!/bin/sh -e -u\nrest\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env sh\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env -S sh -e\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env -Ssh\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env --split-string=sh -e\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env -S A=1 B=2 sh\n", "/bin/sh", 1, false},
	    {"#!/usr/bin/env -S -i sh\n", "/bin/sh", 1, true},
	    {"#!/usr/bin/env -iS sh\n", "/bin/sh", 1, true},
	    {"#!/usr/bin/env -S - sh\n", "/bin/sh", 1, true},
	    /* Without -S it is one word, which names nothing: env will say so. */
	    {"#!/usr/bin/env sh -e\n", "/usr/bin/env", 1, false},
	    {"#!/usr/bin/env no-such-program\n", "/usr/bin/env", 1, false},
	    {"#!/usr/bin/env\n", "/usr/bin/env", 1, false},
	    {"#!/usr/bin/env -S\n", "/usr/bin/env", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		script("script", rows[i].content);
		if (program_find(&program, in_folder("script"), "/bin") != 0)
			fail_msg("row %zu: %s", i, program.problem);
		if (strcmp(program.file, rows[i].file) != 0 || program.scripts != rows[i].scripts ||
		    program.clean != rows[i].clean)
			fail_msg("row %zu: %s %u %d", i, program.file, program.scripts, program.clean);
		assert_int_equal(program.kind, ELF_SOUND);
	}
}

/* Env starts a chain of its own; round in circles it ends. */
static void circles(void **state)
{
	(void)state;
	script("circle", "#!/usr/bin/env circle\n");
	assert_int_equal(program_find(&program, in_folder("circle"), folder), 0);
	assert_string_equal(program.file, "/usr/bin/env");
	script("circle", "#!/no/such/program\n");
	assert_int_equal(program_find(&program, in_folder("circle"), folder), STATUS_NOT_FOUND);
	assert_non_null(strstr(program.problem, "/no/such/program"));
	assert_non_null(strstr(program.problem, "circle"));
}

/* Any bytes as a script: an answer, always. */
static void garbage(void **state)
{
	static const char pieces[][8] = {"#!", " ", "\t", "/bin/sh", "env", "-S", "\n", "=", "-i", "\0x", "/", "é"};
	uint64_t random = 1;
	char content[512];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		size_t size = 0;

		for (unsigned i = 0; i < 24; i++) {
			const char *piece;

			random = random * 6364136223846793005U + 1442695040888963407U;
			piece = pieces[(random >> 33) % COUNT(pieces)];
			memcpy(content + size, piece, sizeof pieces[0]);
			size += piece[0] ? strlen(piece) : 2;
		}
		memcpy(content, round % 3 ? "#!/usr/bin/env" : "#!", round % 3 ? 14 : 2);
		make("garbage", content, size, 0755);
		program_find(&program, in_folder("garbage"), "/bin");
		assert_non_null(memchr(program.file, '\0', sizeof program.file));
		assert_non_null(memchr(program.problem, '\0', sizeof program.problem));
	}
}

static void modes(void **state)
{
	enum mode mode = MODE_AUTO;

	(void)state;
	assert_true(plan_mode(&mode, "both"));
	assert_int_equal(mode, MODE_BOTH);
	assert_false(plan_mode(&mode, "bot"));
	assert_false(plan_mode(&mode, ""));
	assert_int_equal(mode, MODE_BOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),   cmocka_unit_test(lines), cmocka_unit_test(circles),
	    cmocka_unit_test(garbage), cmocka_unit_test(modes),
	};

	return cmocka_run_group_tests_name("programs", tests, start, end);
}

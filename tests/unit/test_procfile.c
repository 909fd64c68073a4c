/* SPDX-License-Identifier: MIT */
/* The files of a process in /proc: this one's, and a child's. */
#define _GNU_SOURCE
#include "sockets.h"

#include "inspect/procfile.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { NOBODY = 999999999, LONG = 200000 };

static void paths(void **state)
{
	char path[PROCFILE_PATH];

	(void)state;
	assert_string_equal(procfile_path(path, 7, "ns/net"), "/proc/7/ns/net");
	assert_ptr_equal(procfile_path(path, 7, "fd"), path);
	/* A name that is too long is cut. */
	procfile_path(path, NOBODY, "0123456789012345678901234567890123456789012345678901234567890123456789");
	assert_int_equal(strlen(path), PROCFILE_PATH - 1);
}

static void opened_to_read(void **state)
{
	int file = procfile_open(getpid(), "status");

	(void)state;
	assert_true(file >= 0);
	assert_int_equal(fcntl(file, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(file, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(file);
	assert_int_equal(procfile_open(NOBODY, "status"), -1);
	assert_int_equal(errno, ENOENT);
}

static void links(void **state)
{
	char target[64], cut[4];

	(void)state;
	assert_int_equal(chdir("/"), 0);
	procfile_link(target, sizeof target, getpid(), "cwd");
	assert_string_equal(target, "/");
	procfile_link(cut, sizeof cut, getpid(), "ns/net");
	assert_string_equal(cut, "net");
	procfile_link(target, sizeof target, NOBODY, "cwd");
	assert_string_equal(target, "");
	procfile_link(target, sizeof target, getpid(), "status"); /* no link */
	assert_string_equal(target, "");
}

static void whole_files(void **state)
{
	size_t length;
	char *text = procfile_read(getpid(), "comm", &length);
	unsigned before;

	(void)state;
	assert_string_equal(text, "test_procfile\n");
	assert_int_equal(length, strlen(text));
	free(text);
	before = open_descriptors();
	assert_null(procfile_read(NOBODY, "comm", &length));
	assert_null(procfile_read(getpid(), "fd", &length)); /* it is opened, and cannot be read */
	assert_int_equal(open_descriptors(), before);
	text = procfile_read(getpid(), "io_uring_not_there", &length);
	assert_null(text);
}

/* Longer than what is read at once, with zeros in it. */
static void long_files(void **state)
{
	char *variable = malloc(LONG), *text;
	pid_t child;
	size_t length;

	(void)state;
	memset(variable, 'x', LONG);
	memcpy(variable, "LONG=", 5);
	variable[LONG - 1] = '\0';
	for (int at = 99999; at < LONG - 1; at += 100000)
		variable[at] = 'y';
	child = fork();
	if (child == 0) {
		/* Two: no string of an environment may be longer than 128 kB. */
		char *half = strndup(variable, LONG / 2);
		char *environment[] = {half, half, NULL}, name[] = "sleep", time[] = "60";

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve("/bin/sleep", (char *[]){name, time, NULL}, environment);
		_exit(1);
	}
	for (int i = 0; i < 1000; i++) {
		text = procfile_read(child, "environ", &length);
		if (text != NULL && length >= LONG)
			break;
		free(text);
		text = NULL;
		usleep(10000);
	}
	assert_non_null(text);
	assert_int_equal(length, 2 * (LONG / 2 + 1));
	assert_int_equal(strlen(text), LONG / 2);
	assert_int_equal(text[99999], 'y');
	assert_memory_equal(text, text + LONG / 2 + 1, LONG / 2 + 1);
	assert_int_equal(text[length], '\0');
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	free(text);
	free(variable);
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(procfile_number(getpid(), "\nPPid:\t"), getppid());
	assert_int_equal(procfile_number(getpid(), "\nPid:\t"), getpid());
	assert_int_equal(procfile_number(getpid(), "\nNone:\t"), 0);
	assert_int_equal(procfile_number(NOBODY, "\nPid:\t"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),       cmocka_unit_test(opened_to_read), cmocka_unit_test(links),
	    cmocka_unit_test(whole_files), cmocka_unit_test(long_files),     cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests_name("procfile", tests, NULL, NULL);
}

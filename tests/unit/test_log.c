/* SPDX-License-Identifier: MIT */
/* The log: where a line goes or does not go. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char folder[] = "/tmp/dualbind-log-XXXXXX";
static int real_stderr;
static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int signal)
{
	(void)signal;
	broken_pipes++;
}

static int start(void **state)
{
	(void)state;
	real_stderr = dup(STDERR_FILENO);
	signal(SIGPIPE, count_broken_pipe);
	return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
	(void)state;
	return dup2(real_stderr, STDERR_FILENO) < 0 || rmdir(folder) != 0;
}

static int restore_stderr(void **state)
{
	(void)state;
	return dup2(real_stderr, STDERR_FILENO) < 0;
}

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

/* Sends "hello"; errno must be as it was. */
static void send_hello(const struct log *log)
{
	struct strbuf line;

	log_begin(&line, getpid());
	strbuf_add(&line, " hello");
	errno = EXFULL;
	log_send(log, &line);
	assert_int_equal(errno, EXFULL);
}

/* What is in the descriptor: nothing, or one hello after the other. */
static unsigned hellos(int fd)
{
	char got[256] = "", wanted[64];
	size_t length = (size_t)snprintf(wanted, sizeof wanted, "dualbind pid=%d hello\n", getpid());
	ssize_t size = read(fd, got, sizeof got - 1);
	unsigned count = 0;

	while (size > 0 && strncmp(got + count * length, wanted, length) == 0)
		count++;
	assert_int_equal(size < 0 ? 0 : size, count * length);
	return count;
}

static void levels_and_paths(void **state)
{
	static const struct {
		const char *text;
		enum log_level level;
		const char *path;
	} good[] = {{"off", LOG_OFF, ""},
		    {"error", LOG_ERROR, ""},
		    {"info", LOG_INFO, ""},
		    {"debug", LOG_DEBUG, ""},
		    {"info:/tmp/x", LOG_INFO, "/tmp/x"},
		    {"debug:/a:b", LOG_DEBUG, "/a:b"}};
	static const char *const bad[] = {"",        "Info",  "infos",  "inf",     "2",
					  ":/tmp/x", "info:", "info:x", "info: /x"};
	char longest[LOG_PATH_MAX + 8];
	const char *problem, *remedy;
	struct log log;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		log_start(&log);
		assert_int_equal(log.level, LOG_ERROR);
		assert_true(log_parse(&log, good[i].text, &problem, &remedy));
		assert_int_equal(log.level, good[i].level);
		assert_string_equal(log.path, good[i].path);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		problem = remedy = "";
		log_start(&log);
		if (log_parse(&log, bad[i], &problem, &remedy))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_true(strlen(problem) > 0 && strlen(remedy) > 0);
		assert_string_equal(log.path, "");
	}
	memset(longest, 'x', sizeof longest);
	memcpy(longest, "info:/", 6);
	longest[5 + LOG_PATH_MAX] = '\0';
	assert_false(log_parse(&log, longest, &problem, &remedy));
	longest[5 + LOG_PATH_MAX - 1] = '\0';
	assert_true(log_parse(&log, longest, &problem, &remedy));
	assert_int_equal(strlen(log.path), LOG_PATH_MAX - 1);
}

static void open_log(struct log *log, const char *path)
{
	log_start(log);
	snprintf(log->path, sizeof log->path, "%s", path);
}

static void a_file_grows(void **state)
{
	const char *path = in_folder("file");
	struct log log;
	int fd;

	(void)state;
	open_log(&log, path);
	send_hello(&log);
	send_hello(&log);
	fd = open(path, O_RDONLY);
	assert_int_equal(hellos(fd), 2);
	/* Rotated: the next line starts a new file. */
	unlink(path);
	send_hello(&log);
	assert_int_equal(hellos(fd), 0);
	close(fd);
	fd = open(path, O_RDONLY);
	assert_int_equal(hellos(fd), 1);
	close(fd);
	unlink(path);
	open_log(&log, in_folder("no/such/folder"));
	send_hello(&log);
}

static void a_fifo_does_not_block(void **state)
{
	const char *path = in_folder("fifo");
	struct log log;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	open_log(&log, path);
	send_hello(&log);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	send_hello(&log);
	assert_int_equal(hellos(fd), 1);
	close(fd);
	send_hello(&log);
	assert_int_equal(broken_pipes, 0);
	unlink(path);
}

/* Who may write into the folder may not choose which file root writes to. */
static void links_of_others_are_not_followed(void **state)
{
	const char *path = in_folder("link");
	char file[64];
	struct log log;
	int fd;

	(void)state;
	snprintf(file, sizeof file, "%s/precious", folder);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(symlink(file, path), 0);
	open_log(&log, path);
	send_hello(&log);
	assert_int_equal(hellos(fd), 1);
	if (geteuid() == 0) {
		assert_int_equal(lchown(path, 65534, 65534), 0);
		send_hello(&log);
		assert_int_equal(hellos(fd), 0);
	}
	assert_int_equal(unlink(path) | unlink(file) | close(fd), 0);
	/* Of /proc's links to what is open: of this process. */
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(unlink(file), 0);
	snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
	open_log(&log, file);
	send_hello(&log);
	assert_int_equal(hellos(fd), 1);
	close(fd);
}

static void stderr_only_while_it_is_the_same(void **state)
{
	int first[2], second[2];
	struct log log;

	(void)state;
	assert_int_equal(pipe2(first, O_NONBLOCK) | pipe2(second, O_NONBLOCK), 0);
	assert_int_equal(dup2(first[1], STDERR_FILENO), STDERR_FILENO);
	log_start(&log);
	send_hello(&log);
	assert_int_equal(hellos(first[0]), 1);
	/* Closed, and then some other file: a client's connection, say. */
	close(STDERR_FILENO);
	send_hello(&log);
	assert_int_equal(dup2(second[1], STDERR_FILENO), STDERR_FILENO);
	send_hello(&log);
	assert_int_equal(hellos(first[0]), 0);
	assert_int_equal(hellos(second[0]), 0);
	/* Closed at start: whatever comes later is not meant for us. */
	close(STDERR_FILENO);
	log_start(&log);
	assert_int_equal(dup2(second[1], STDERR_FILENO), STDERR_FILENO);
	send_hello(&log);
	assert_int_equal(hellos(second[0]), 0);
	assert_int_equal(close(first[0]) | close(first[1]) | close(second[0]) | close(second[1]), 0);
}

/* The pipe blocks: a line that waited would hang this test. */
static void a_full_pipe_loses_the_line(void **state)
{
	static char junk[65536];
	int ends[2];
	struct log log;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	log_start(&log);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], junk, sizeof junk) > 0)
		;
	fcntl(ends[1], F_SETFL, 0);
	alarm(10);
	send_hello(&log);
	alarm(0);
	close(ends[0]);
	send_hello(&log);
	assert_int_equal(broken_pipes, 0);
	close(ends[1]);
}

/* Once in a process, on standard error; the file is made by the question. */
static void a_file_that_cannot_be_written(void **state)
{
	int ends[2];
	char got[256] = "", wanted[256];
	struct log log;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	open_log(&log, in_folder("none/log"));
	errno = 0;
	assert_false(log_can_be_written(&log));
	assert_int_equal(errno, ENOENT);
	send_hello(&log);
	send_hello(&log);
	dup2(real_stderr, STDERR_FILENO);
	close(ends[1]);
	assert_true(read(ends[0], got, sizeof got - 1) > 0);
	snprintf(wanted, sizeof wanted,
		 "dualbind pid=%d the log is lost: \"%s/none/log\" cannot be written: ENOENT\n", getpid(), folder);
	assert_string_equal(got, wanted);
	assert_int_equal(read(ends[0], got, sizeof got), 0);
	close(ends[0]);

	open_log(&log, in_folder("file"));
	assert_true(log_can_be_written(&log));
	assert_int_equal(unlink(in_folder("file")), 0);
	log.path[0] = '\0';
	assert_true(log_can_be_written(&log));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_file_that_cannot_be_written,
				      restore_stderr), /* before the others, which tell of one */
	    cmocka_unit_test(levels_and_paths),
	    cmocka_unit_test(a_file_grows),
	    cmocka_unit_test(a_fifo_does_not_block),
	    cmocka_unit_test(links_of_others_are_not_followed),
	    cmocka_unit_test_teardown(stderr_only_while_it_is_the_same, restore_stderr),
	    cmocka_unit_test_teardown(a_full_pipe_loses_the_line, restore_stderr),
	};

	return cmocka_run_group_tests_name("log", tests, start, end);
}

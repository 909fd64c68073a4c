/* SPDX-License-Identifier: MIT */
/* Reading /proc: numbers, lines, and whose folder it is. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "base/procfs.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void numbers(void **state)
{
	static const struct {
		const char *text;
		bool number;
		int value;
	} rows[] = {
	    {"0", true, 0},           {"12345", true, 12345},   {"1x", false, 0}, {"x", false, 0},
	    {"-1", false, 0},         {" 1", false, 0},         {"", false, 0},   {"2147483647", true, INT32_MAX},
	    {"2147483648", false, 0}, {"99999999999", false, 0}};
	int value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(procfs_number(rows[i].text, &value), rows[i].number);
		if (rows[i].number)
			assert_int_equal(value, rows[i].value);
	}
}

static void digits(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		bool any;
		uint64_t value;
	} rows[] = {
	    {"123 ", 10, true, 123},
	    {"123abc", 10, true, 123},
	    {"aBcdEf", 16, true, 0xabcdef},
	    {"fg", 16, true, 0xf},
	    {"ffffffffffffffff", 16, true, UINT64_MAX},
	    {"", 10, false, 0},
	    {" 1", 10, false, 0},
	    {"a", 10, false, 0},
	    {"g", 16, false, 0},
	    {"-1", 10, false, 0},
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(procfs_digits(rows[i].text, rows[i].base, &value), rows[i].any);
		if (rows[i].any)
			assert_int_equal(value, rows[i].value);
	}
}

/* What the visitor saw, one line after the other, each ended by a bar. */
struct seen {
	char text[20000];
	size_t length;
	unsigned lines, stop_after;
};

static bool take(void *context, const char *line)
{
	struct seen *seen = context;

	seen->length += (size_t)snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%s|", line);
	return ++seen->lines != seen->stop_after;
}

/* A file of its own that says TEXT. */
static int file_of(const char *text)
{
	char path[] = "/tmp/dualbind-proc-XXXXXX";
	int file = mkstemp(path);

	assert_true(file >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	return file;
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(procfs_word("  12: 0A b", 0), "12: 0A b");
	assert_string_equal(procfs_word("  12:  0A b", 1), "0A b");
	assert_string_equal(procfs_word("12: 0A b", 2), "b");
	assert_string_equal(procfs_word("12: 0A b", 3), "");
	assert_string_equal(procfs_word("", 9), "");
}

static void expect_lines(const char *text, unsigned stop_after, bool whole, const char *expected)
{
	static struct seen seen;
	int file = file_of(text);

	memset(&seen, 0, sizeof seen);
	seen.stop_after = stop_after;
	assert_int_equal(procfs_lines(file, take, &seen), whole);
	assert_string_equal(seen.text, expected);
	close(file);
}

static void lines(void **state)
{
	(void)state;
	expect_lines("", 0, true, "");
	expect_lines("\n", 0, true, "|");
	expect_lines("a\nbb\n\nccc\n", 0, true, "a|bb||ccc|");
	expect_lines("a\nbb\nccc\n", 2, false, "a|bb|");
	expect_lines("a\nbb\nccc\n", 3, false, "a|bb|ccc|");
}

/* A line is cut, the next one is whole. */
static void long_lines(void **state)
{
	static char text[3000], expected[3000];

	(void)state;
	for (size_t length = PROCFS_LINE_BYTES - 3; length < 2 * PROCFS_LINE_BYTES; length++) {
		size_t kept = length < PROCFS_LINE_BYTES ? length : PROCFS_LINE_BYTES - 1;

		snprintf(text, sizeof text, "%0*d\nnext\n", (int)length, 7);
		snprintf(expected, sizeof expected, "%0*d", (int)length, 7);
		strcpy(expected + kept, "|next|");
		expect_lines(text, 0, true, expected);
	}
}

/* Wherever the parts end that read(2) gives. */
static void lines_over_parts(void **state)
{
	static char text[8000], expected[8000];

	(void)state;
	for (size_t first = 0; first < 40; first++) {
		size_t length = (size_t)sprintf(text, "%0*d\n", (int)first + 1, 1);

		while (length < 5000)
			length += (size_t)sprintf(text + length, "line %zu\n", length);
		strcpy(expected, text);
		for (char *end = expected; (end = strchr(end, '\n')) != NULL;)
			*end = '|';
		expect_lines(text, 0, true, expected);
	}
}

static void unreadable_lines(void **state)
{
	static struct seen seen;
	int folder = open("/proc/self", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_false(procfs_lines(-1, take, &seen));
	assert_false(procfs_lines(folder, take, &seen));
	assert_int_equal(seen.lines, 0);
	close(folder);
}

static bool take_number(void *context, int folder, const char *name, int number)
{
	(void)folder;
	assert_int_equal(atoi(name), number);
	*(int *)context += number == getpid();
	return true;
}

static void folders(void **state)
{
	int folder = open("/proc", O_RDONLY | O_DIRECTORY), found = 0;

	(void)state;
	assert_true(procfs_walk(folder, take_number, &found));
	assert_int_equal(found, 1);
	assert_false(procfs_walk(-1, take_number, &found));
	close(folder);
}

/* The number of the thread, or process, that a status file is about. */
static long id_in(int file, const char *key)
{
	char text[4096];
	ssize_t size = read(file, text, sizeof text - 1);
	const char *found;

	close(file);
	text[size > 0 ? size : 0] = '\0';
	found = strstr(text, key);
	return found ? strtol(found + strlen(key), NULL, 10) : -1;
}

static void *own_status(void *context)
{
	int file = procfs_open_own("/status", 0);

	*(bool *)context = (fcntl(file, F_GETFD) & FD_CLOEXEC) && id_in(file, "\nPid:") == syscall(SYS_gettid);
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	pthread_t thread;
	bool in_thread = false, here = false;

	(void)state;
	own_status(&here);
	assert_true(here);
	assert_int_equal(pthread_create(&thread, NULL, own_status, &in_thread), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(in_thread);
	errno = 0;
	assert_int_equal(procfs_open_own("/no-such-file", 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(procfs_open_own("/status", O_DIRECTORY), -1);
	assert_int_equal(errno, ENOTDIR);
}

static bool count_one(void *context, int folder, const char *name, int number)
{
	(void)folder, (void)name, (void)number;
	++*(unsigned *)context;
	return true;
}

static bool first_thread_runs(void)
{
	char text[512] = "";
	int file = open("/proc/self/status", O_RDONLY);
	ssize_t size = read(file, text, sizeof text - 1);

	close(file);
	return size > 0 && strstr(text, "\nState:\tZ") == NULL;
}

/* /proc/self shows no descriptors once the first thread has ended. */
static void *outlive_the_first(void *context)
{
	unsigned count = 0;
	int folder;

	alarm(WAIT_MS / 1000);
	while (first_thread_runs())
		sched_yield();
	folder = procfs_open_own("/fd", O_DIRECTORY);
	(void)context;
	_exit(procfs_walk(folder, count_one, &count) && count > 0 ? 0 : 1);
}

static void the_first_thread_may_have_ended(void **state)
{
	pthread_t thread;
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		if (pthread_create(&thread, NULL, outlive_the_first, NULL) != 0)
			_exit(2);
		syscall(SYS_exit, 0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_path_ends_where_deleted_begins(void **state)
{
	static const char gone[] = "/opt/my server (deleted)", there[] = "/opt/my server (deleted) copy";

	(void)state;
	assert_int_equal(procfs_path_length(gone, strlen(gone)), strlen("/opt/my server"));
	assert_int_equal(procfs_path_length(there, strlen(there)), strlen(there));
	assert_int_equal(procfs_path_length(" (deleted)", 10), 10);
	assert_int_equal(procfs_path_length("", 0), 0);
}

static void small_files(void **state)
{
	char name[32], text[16], whole[4096];
	const char *comm = "a name\nof two";

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, comm), 0);
	snprintf(name, sizeof name, "%d", getpid());
	assert_int_equal(chdir("/proc"), 0);
	assert_int_equal(procfs_text(AT_FDCWD, name, "/comm", text, sizeof text), strlen(comm) + 1);
	assert_string_equal(text, "a name\nof two\n");
	assert_int_equal(procfs_text(AT_FDCWD, name, "/comm", text, 5), 4);
	assert_string_equal(text, "a na");
	assert_in_range(procfs_text(AT_FDCWD, "/proc/self", "/stat", whole, sizeof whole), 20, sizeof whole - 1);
	assert_int_equal(procfs_text(AT_FDCWD, name, "/none", text, sizeof text), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(text, "");
	assert_int_equal(procfs_text(AT_FDCWD, name, "/fd", text, sizeof text), -1);
	assert_int_equal(errno, EISDIR);
	assert_string_equal(text, "");
}

static void links(void **state)
{
	char target[16];

	(void)state;
	assert_int_equal(chdir("/proc"), 0);
	assert_int_equal(procfs_link(AT_FDCWD, "/proc/self/cwd", target, sizeof target), 5);
	assert_string_equal(target, "/proc");
	assert_int_equal(procfs_link(AT_FDCWD, "/proc/self/cwd", target, 3), 2);
	assert_string_equal(target, "/p");
	assert_int_equal(procfs_link(AT_FDCWD, "/proc/self/comm", target, sizeof target), -1);
	assert_string_equal(target, "");
}

static void lines_of_a_file_that_is_closed(void **state)
{
	static struct seen seen;
	int file = open("/proc/self/status", O_RDONLY);

	(void)state;
	assert_true(procfs_all_lines(file, take, &seen));
	assert_int_equal(fcntl(file, F_GETFD), -1);
	errno = EXFULL;
	assert_false(procfs_all_lines(-1, take, &seen));
	assert_int_equal(errno, EXFULL);
}

static void names_of_programs(void **state)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
	    {"/usr/bin/my long named server program", "my long named server program"},
	    {"/usr/bin/my long named server program (deleted)", "my long named server program"},
	    {"/a b/c (deleted) d", "c (deleted) d"},
	    {"server", "server"},
	    {"", ""},
	};
	char path[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(procfs_program_name(strcpy(path, rows[i].path)), rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_ends_where_deleted_begins),
	    cmocka_unit_test(names_of_programs),
	    cmocka_unit_test(small_files),
	    cmocka_unit_test(links),
	    cmocka_unit_test(lines_of_a_file_that_is_closed),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(digits),
	    cmocka_unit_test(words),
	    cmocka_unit_test(lines),
	    cmocka_unit_test(long_lines),
	    cmocka_unit_test(lines_over_parts),
	    cmocka_unit_test(unreadable_lines),
	    cmocka_unit_test(folders),
	    cmocka_unit_test(each_thread_has_its_own),
	    cmocka_unit_test(the_first_thread_may_have_ended),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}

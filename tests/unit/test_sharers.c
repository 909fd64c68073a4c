/* SPDX-License-Identifier: MIT */
/* Who else has a socket; processes whose descriptors are shown, and others. */
#define _GNU_SOURCE
#include "process/sharers.h"

#include "skip.h"
#include "slow_file.h"
#include "sockets.h"
#include "socks.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Another process, not a second number in this one. */
static void other_processes_share(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd), ends[2], status;
	unsigned before;
	pid_t child;
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	before = open_descriptors();
	assert_false(has_sharers(fd, EVERY_PROCESS));
	child = fork();
	if (child == 0) {
		/* Until the parent closes its end. */
		close(ends[1]);
		if (!has_sharers(fd, PARENT)) /* the parent has it */
			_exit(2);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_true(has_sharers(fd, EVERY_PROCESS));
	assert_false(has_sharers(fd, PARENT));
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_false(has_sharers(fd, EVERY_PROCESS));
	assert_int_equal(open_descriptors(), before - 1);
	assert_int_equal(close(ends[0]) | close(fd) | close(copy), 0);
}

/* A child that goes on as it is, or as PROGRAM, which is cat, until its input ends. */
static pid_t start_child(const char *program, int *input)
{
	int ends[2], ready[2];
	char byte = 'x';
	pid_t child;

	assert_int_equal(pipe(ends) | pipe(ready), 0);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		dup2(ends[0], STDIN_FILENO);
		dup2(ready[1], STDOUT_FILENO);
		if (program != NULL)
			execl(program, "cat", (char *)NULL);
		while (read(STDIN_FILENO, &byte, 1) == 1 && write(STDOUT_FILENO, &byte, 1) == 1)
			;
		_exit(0);
	}
	assert_true(child > 0);
	*input = ends[1];
	assert_int_equal(write(*input, &byte, 1), 1);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(close(ends[0]) | close(ready[0]) | close(ready[1]), 0);
	return child;
}

static bool ends_at(void *context, const struct descriptor *descriptor)
{
	ino_t *inode = context;

	if (descriptor->inode == *inode)
		*inode = 0;
	return *inode != 0;
}

static bool kin_have(ino_t inode)
{
	sharers_among_kin(ends_at, &inode);
	return inode == 0;
}

/* Of the same executable, and not this process itself. */
static void kin_have_it(void **state)
{
	(void)state;
	for (int kin = 0; kin < 2; kin++) {
		int fd = new_socket(AF_INET), input, status;
		ino_t inode = inode_of(fd);
		unsigned before = open_descriptors();
		pid_t child;

		assert_false(kin_have(inode));
		child = start_child(kin ? NULL : "/bin/cat", &input);
		assert_int_equal(kin_have(inode), kin);
		/* Whoever it is, it shares. */
		assert_true(has_sharers(fd, EVERY_PROCESS));
		close(fd);
		assert_int_equal(kin_have(inode), kin);
		close(input);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_false(kin_have(inode));
		assert_int_equal(open_descriptors(), before - 1);
	}
}

/* Another program, of a file system that does not answer, has no part in it. */
static void no_other_program_is_asked_for(void **state)
{
	struct slow_file file = {0};
	int fd, input, status;
	char path[64];
	pid_t child;

	(void)state;
	if (!slow_files_can_be_made())
		skip_because("only root mounts a file system, and it needs /dev/fuse");
	assert_true(slow_file_open(&file, S_IFREG | 0755, O_RDONLY, "/bin/cat"));
	fd = new_socket(AF_INET);
	snprintf(path, sizeof path, "/proc/self/fd/%d", file.fd);
	child = start_child(path, &input);
	assert_true(slow_file_stop(&file));
	alarm(20);
	assert_false(kin_have(inode_of(fd)));
	alarm(0);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_true(slow_file_end(&file));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(close(fd) | close(input), 0);
}

static void state_lines(void **state)
{
	static const struct {
		const char *line;
		bool sound;
		struct process_state state;
	} cases[] = {
	    {"17 (nginx) S 5 17 17 0 -1 4194560 1 0", true, {5, true, false}},
	    {"17 (nginx) S 5 17 17 0 -1 4194624 1 0", true, {5, false, false}},
	    {"17 (nginx) R 0 17 17 0 -1 4194628 1 0", true, {0, false, true}},
	    {"17 (nginx) Z 5 17 17 0 -1 4194304 1 0", true, {5, true, true}},
	    {"17 (a) S 9 1 1 0 -1 64) S 5 17 17 0 -1 4194304 1", true, {5, true, false}},
	    {"17 (a\nb ( ) )) S 5 17 17 0 -1 4194304 1", true, {5, true, false}},
	    {"", false, {0}},
	    {"17 (nginx)", false, {0}},
	    {"17 (nginx) S 5 17 17 0 -1", false, {0}},
	    {"17 (nginx) S - 17 17 0 -1 64 1", false, {0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct process_state read = {0};

		assert_int_equal(sharers_parse(&read, cases[i].line), cases[i].sound);
		if (!cases[i].sound)
			continue;
		assert_int_equal(read.parent, cases[i].state.parent);
		assert_int_equal(read.executed, cases[i].state.executed);
		assert_int_equal(read.ended, cases[i].state.ended);
	}
}

/* In a child that is an ordinary user, whose own children are hidden from it where they are
 * not dumpable (prctl(2)). */
static void as_ordinary_user(void (*check)(int fd))
{
	int fd = new_socket(AF_INET), status;
	pid_t child = fork();

	if (child == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
			_exit(1);
		prctl(PR_SET_DUMPABLE, 1);
		check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
}

/* A child that cannot be looked at; it tells when it is so far, and ends with its input. */
static pid_t hidden_child(bool executes, int *input)
{
	int ends[2], ready[2];
	char byte = 'x';
	pid_t child;

	if (pipe(ends) != 0 || pipe(ready) != 0)
		_exit(2);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		dup2(ends[0], STDIN_FILENO);
		dup2(ready[1], STDOUT_FILENO);
		if (executes)
			execl("/bin/cat", "cat", (char *)NULL);
		prctl(PR_SET_DUMPABLE, 0);
		while (read(STDIN_FILENO, &byte, 1) == 1 && write(STDOUT_FILENO, &byte, 1) == 1)
			;
		_exit(0);
	}
	close(ends[0]);
	close(ready[1]);
	*input = ends[1];
	if (write(*input, &byte, 1) != 1 || read(ready[0], &byte, 1) != 1)
		_exit(3);
	close(ready[0]);
	return child;
}

static void look_at_hidden_children(int fd)
{
	int input;
	pid_t child;

	if (has_sharers(fd, EVERY_PROCESS))
		_exit(4);
	child = hidden_child(false, &input);
	if (!has_sharers(fd, EVERY_PROCESS))
		_exit(5);
	if (has_sharers(fd, PARENT))
		_exit(6);
	kill(child, SIGKILL);
	siginfo_t info;
	/* One that has ended shares nothing, before it is waited for and after. */
	waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	if (has_sharers(fd, EVERY_PROCESS))
		_exit(7);
	waitpid(child, NULL, 0);
	close(input);
	hidden_child(true, &input); /* the descriptor is closed on exec */
	if (has_sharers(fd, EVERY_PROCESS))
		_exit(8);
	close(input);
}

static void hidden_children(void **state)
{
	(void)state;
	as_ordinary_user(look_at_hidden_children);
}

/* The parent, root, cannot be looked at by nobody. */
static void hidden_parent(void **state)
{
	int roots = new_socket(AF_INET), status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip_because(NOT_ROOT);
	child = fork();
	if (child == 0) {
		if (setresuid(65534, 65534, 65534) != 0)
			_exit(1);
		if (!has_sharers(roots, PARENT) || !has_sharers(roots, EVERY_PROCESS))
			_exit(2);
		if (has_sharers(socket(AF_INET, SOCK_STREAM, 0), PARENT))
			_exit(3);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(roots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(other_processes_share),
	    cmocka_unit_test(kin_have_it),
	    cmocka_unit_test(no_other_program_is_asked_for),
	    cmocka_unit_test(state_lines),
	    cmocka_unit_test(hidden_children),
	    cmocka_unit_test(hidden_parent),
	};

	return cmocka_run_group_tests_name("sharers", tests, NULL, NULL);
}

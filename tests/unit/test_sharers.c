/* SPDX-License-Identifier: MIT */
/* Which other processes have a socket; some whose descriptors are shown, and others. */
#define _GNU_SOURCE
#include "process/sharers.h"

#include "process/made.h"
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

/* A process of the same executable, other than this one. */
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
		/* In any case, it shares. */
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
	    {"17 (nginx) S 5 17 17 0 -1 4194560 1 0", true, {5, true, false, 0}},
	    {"17 (nginx) S 5 17 17 0 -1 4194624 1 0", true, {5, false, false, 0}},
	    {"17 (nginx) R 0 17 17 0 -1 4194628 1 0", true, {0, false, true, 0}},
	    {"17 (nginx) Z 5 17 17 0 -1 4194304 1 0", true, {5, true, true, 0}},
	    {"17 (a) S 9 1 1 0 -1 64) S 5 17 17 0 -1 4194304 1", true, {5, true, false, 0}},
	    {"17 (a\nb ( ) )) S 5 17 17 0 -1 4194304 1", true, {5, true, false, 0}},
	    {"17 (a) S 5 1 1 0 -1 64 1 2 3 4 5 6 7 8 20 0 1 0 4711 9", true, {5, false, false, 4711}},
	    {"17 (a) S 5 1 1 0 -1 64 1 2 3 4 5 6 7 8 20 0 1 0 4711", true, {5, false, false, UINT64_MAX}}, /* cut */
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
		if (cases[i].state.started != 0)
			assert_true(read.started == cases[i].state.started);
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
		if (has_sharers(roots, EVERY_PROCESS_SEEN))
			_exit(4);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(roots);
}

/* For ours it is known which process has made it: this one, or the one that it was forked from. */
static void one_of_ours(void **state)
{
	int roots = new_socket(AF_INET6), status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_true(set_mark(roots, MARK_CONVERTED));
	child = fork();
	if (child == 0) {
		if (setresuid(65534, 65534, 65534) != 0 || !has_sharers(roots, PARENT))
			_exit(1);
		made_note(roots);
		if (has_sharers(roots, PARENT) || has_sharers(roots, EVERY_PROCESS))
			_exit(2);
		child = fork();
		if (child == 0)
			_exit(has_sharers(roots, PARENT) ? 0 : 3);
		if (waitpid(child, &status, 0) != child || status != 0)
			_exit(4);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(roots);
}

static uint64_t started(pid_t pid)
{
	struct process_state state = {.started = 0};
	char path[64], line[1024] = "";
	int file;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = open(path, O_RDONLY);
	if (file < 0 || read(file, line, sizeof line - 1) <= 0 || !sharers_parse(&state, line))
		_exit(20);
	close(file);
	return state.started;
}

/* By a message that tells who sends it, or past made_sends(). */
static void send_descriptor(int to, int fd, bool tells)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.head = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS}};
	char byte = 'x';
	struct iovec part = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	if (tells)
		made_sends(&message);
	if (sendmsg(to, &message, 0) != 1 || read(to, &byte, 1) != 1)
		_exit(21);
}

/* The process at the other end has what is sent, once it has answered. */
static void receive_all(int from)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	while (recvmsg(from, &message, 0) == 1 && write(from, &byte, 1) == 1)
		message.msg_controllen = sizeof control;
	_exit(0);
}

static pid_t start_receiver(int ends[2], int closes)
{
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	if (child == 0) {
		close(closes);
		close(ends[0]);
		receive_all(ends[1]);
	}
	close(ends[1]);
	return child;
}

/* What a process has made it alone can have handed to an older one. */
static void look_at_older(pid_t older, int to_older)
{
	int fd, younger[2];
	pid_t child;

	if (started(getpid()) == started(older))
		_exit(77); /* within one tick */
	fd = socket(AF_INET, SOCK_STREAM, 0);
	made_note(fd);
	if (has_sharers(fd, EVERY_PROCESS))
		_exit(1);
	send_descriptor(to_older, fd, false);
	if (has_sharers(fd, EVERY_PROCESS)) /* it is not looked at */
		_exit(2);
	child = start_receiver(younger, to_older);
	if (!has_sharers(fd, EVERY_PROCESS))
		_exit(3);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (has_sharers(fd, EVERY_PROCESS))
		_exit(4);
	/* Once the program was seen to send one it is. */
	send_descriptor(to_older, fd, true);
	if (!has_sharers(fd, EVERY_PROCESS))
		_exit(5);
	_exit(0);
}

static void older_processes(void **state)
{
	int ends[2], status = 0;
	pid_t older = start_receiver(ends, -1), child;

	(void)state;
	do {
		child = fork();
		if (child == 0)
			look_at_older(older, ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
	} while (WIFEXITED(status) && WEXITSTATUS(status) == 77);
	assert_int_equal(status, 0);
	close(ends[0]);
	assert_int_equal(waitpid(older, &status, 0), older);
}

/* So has one that exec(3) will close, of a program that was executed: no process before it had that, unless
 * it was sent, or came from there. */
static int look_as_executed(int to_older, pid_t older)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (started(getpid()) == started(older))
		return 77;
	if (has_sharers(fd, EVERY_PROCESS))
		return 1;
	send_descriptor(to_older, fd, false);
	if (has_sharers(fd, EVERY_PROCESS)) /* it is not looked at */
		return 2;
	made_receives(MSG_DONTWAIT);
	if (has_sharers(fd, EVERY_PROCESS))
		return 3;
	if (fork() == 0) {
		made_receives(MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		_exit(made_alone() ? 1 : 0);
	}
	wait(&older);
	if (older != 0)
		return 4;
	send_descriptor(to_older, fd, true);
	return has_sharers(fd, EVERY_PROCESS) ? 0 : 5;
}

static void execute(int to_older, pid_t older)
{
	char number[16], process[16];

	snprintf(number, sizeof number, "%d", to_older);
	snprintf(process, sizeof process, "%d", (int)older);
	execl("/proc/self/exe", "sharers", number, process, (char *)NULL);
	_exit(20);
}

static void executed_after(void **state)
{
	int ends[2], status = 0;
	pid_t older = start_receiver(ends, -1), child;

	(void)state;
	do {
		child = fork();
		if (child == 0)
			execute(ends[0], older);
		assert_int_equal(waitpid(child, &status, 0), child);
	} while (WIFEXITED(status) && WEXITSTATUS(status) == 77);
	assert_int_equal(status, 0);
	close(ends[0]);
	assert_int_equal(waitpid(older, &status, 0), older);
}

/* But for those that it descends from, of which the parent of the parent is looked at like others. */
/* In a child of the last of GENERATIONS processes, each of which is the child of the one before. */
static void look_as_descendant(int to_ancestor, int generations)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), status;
	pid_t child;

	while ((child = fork()) == 0 && --generations > 0)
		continue;
	if (child == 0) {
		int own = socket(AF_INET, SOCK_STREAM, 0);

		made_note(own);
		if (has_sharers(own, EVERY_PROCESS))
			_exit(1);
		send_descriptor(to_ancestor, own, false);
		_exit(has_sharers(own, EVERY_PROCESS) ? 0 : 2);
	}
	waitpid(child, &status, 0);
	close(fd);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
}

static void told_by_a_descendant(int generations)
{
	int ends[2], status;
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	if (child == 0)
		look_as_descendant(ends[0], generations);
	assert_int_equal(recvmsg(ends[1], &message, 0), 1);
	assert_int_equal(write(ends[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	memcpy(&status, CMSG_DATA(&control.head), sizeof status);
	assert_int_equal(close(status) | close(ends[0]) | close(ends[1]), 0);
}

/* Or more of them than the list holds. */
static void ancestors(void **state)
{
	(void)state;
	told_by_a_descendant(1);
	told_by_a_descendant(20);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(other_processes_share),
	    cmocka_unit_test(kin_have_it),
	    cmocka_unit_test(no_other_program_is_asked_for),
	    cmocka_unit_test(state_lines),
	    cmocka_unit_test(hidden_children),
	    cmocka_unit_test(hidden_parent),
	    cmocka_unit_test(older_processes),
	    cmocka_unit_test(executed_after),
	    cmocka_unit_test(ancestors),
	    cmocka_unit_test(one_of_ours),
	};

	if (argc == 3)
		return look_as_executed(atoi(argv[1]), atoi(argv[2]));
	return cmocka_run_group_tests_name("sharers", tests, NULL, NULL);
}

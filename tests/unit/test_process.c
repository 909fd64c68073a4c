/* SPDX-License-Identifier: MIT */
/* A running process, as /proc shows it: children that execute this program. */
#define _GNU_SOURCE
#include "sockets.h"

#include "inspect/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { NOBODY = 999999999 };

static struct process process;

/* What a child does before it waits to be looked at. */
enum role { ROLE_PLAIN, ROLE_MAPS, ROLE_TITLE };

static pid_t start(enum role role, char *const environment[])
{
	char number[16], name[] = "role";
	int ends[2];
	pid_t child;
	char byte;

	snprintf(number, sizeof number, "%d", role);
	assert_int_equal(pipe2(ends, 0), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execve("/proc/self/exe", (char *[]){name, number, NULL}, environment);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	free(process.text);
	free(process.environment.list);
}

/* A library of that name by its file's; nothing that it holds is known. */
static void map_a_library(void)
{
	char folder[] = "/tmp/dualbind-process.XXXXXX";
	int file;

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		_exit(1);
	file = open("libdualbind.so", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, 4096) != 0 ||
	    mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED)
		_exit(1);
	unlink("libdualbind.so");
	rmdir(folder);
}

static int play(enum role role, char *environment[])
{
	prctl(PR_SET_NAME, "a b\xc3\xa9");
	if (role == ROLE_MAPS)
		map_a_library();
	if (role == ROLE_TITLE)
		memset(environment[0], 'x', (size_t)(strchr(environment[1], '\0') - environment[0]));
	if (write(STDOUT_FILENO, "", 1) != 1)
		return 1;
	pause();
	return 0;
}

static void what_it_is(void **state)
{
	char variable[] = "DUALBIND_ALLOW=80", empty[] = "EMPTY=", *environment[] = {variable, empty, NULL};
	char own[PATH_MAX] = "";
	pid_t child = start(ROLE_PLAIN, environment);

	(void)state;
	assert_true(readlink("/proc/self/exe", own, sizeof own - 1) > 0);
	assert_true(process_read(&process, child));
	assert_int_equal(process.pid, child);
	assert_string_equal(process.command, "a b\xc3\xa9");
	assert_string_equal(process.executable, own);
	assert_string_equal(process.program.file, own);
	assert_string_equal(process.program.path, own);
	assert_int_equal(process.program.kind, ELF_SOUND);
	assert_int_equal(process.program.elf.libc, ELF_GLIBC);
	assert_int_equal(process.program.privilege, PRIVILEGE_NONE);
	assert_true(process.environment_seen);
	assert_false(process.environment_lost);
	assert_string_equal(environment_get(&process.environment, "DUALBIND_ALLOW"), "80");
	assert_string_equal(environment_get(&process.environment, "EMPTY"), "");
	assert_null(environment_get(&process.environment, "PATH"));
	assert_false(process.secure);
	assert_true(process.maps_seen);
	assert_false(process.loaded);
	assert_int_equal(process.supervisor, 0);
	assert_true(process.supervisor_seen);
	end(child);
}

static void without_an_environment(void **state)
{
	char *environment[] = {NULL};
	pid_t child = start(ROLE_PLAIN, environment);

	(void)state;
	assert_true(process_read(&process, child));
	assert_true(process.environment_seen);
	assert_null(environment_get(&process.environment, "DUALBIND_ALLOW"));
	end(child);
}

/* Programs that set a title do so; what was there is not guessed. */
static void an_environment_that_is_written_over(void **state)
{
	char variable[] = "DUALBIND_ALLOW=80", last[] = "LAST=1", *environment[] = {variable, last, NULL};
	pid_t child = start(ROLE_TITLE, environment);

	(void)state;
	assert_true(process_read(&process, child));
	assert_false(process.environment_seen);
	assert_true(process.environment_lost);
	end(child);
}

/* By its name alone, and although its file has gone. */
static void a_library_that_tells_nothing(void **state)
{
	char *environment[] = {NULL};
	pid_t child = start(ROLE_MAPS, environment);

	(void)state;
	assert_true(process_read(&process, child));
	assert_true(process.loaded);
	assert_non_null(strstr(process.library, "/libdualbind.so (deleted)"));
	assert_int_equal(process.held.state, HELD_UNKNOWN);
	end(child);
}

static void those_that_cannot_be_read(void **state)
{
	unsigned before = open_descriptors();
	siginfo_t ended;
	pid_t child;

	(void)state;
	assert_false(process_read(&process, NOBODY));
	assert_int_equal(errno, ESRCH);
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	assert_false(process_read(&process, child)); /* it has ended, and is not waited for */
	assert_int_equal(errno, ENOEXEC);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(process_read(&process, child));
	assert_int_equal(errno, ESRCH);
	assert_int_equal(open_descriptors(), before);
}

static ino_t network_of(pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
	assert_int_equal(stat(path, &status), 0);
	return status.st_ino;
}

static void its_network(void **state)
{
	int ends[2], own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	char entered = 0;
	pid_t child;

	(void)state;
	assert_true(process_enter_network(getpid()));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		entered = enter_network(0) || enter_network(CLONE_NEWUSER);
		if (write(ends[1], &entered, 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ends[0], &entered, 1), 1);
	if (entered && geteuid() == 0) {
		unsigned before = open_descriptors();

		assert_int_not_equal(network_of(child), network_of(getpid()));
		assert_true(process_enter_network(child));
		assert_int_equal(network_of(child), network_of(getpid()));
		assert_int_equal(open_descriptors(), before);
		assert_int_equal(setns(own, CLONE_NEWNET), 0);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_false(process_enter_network(child)); /* there is no such process */
	assert_int_equal(errno, ENOENT);
	close(ends[0]);
	close(ends[1]);
	close(own);
}

int main(int argc, char **argv, char *environment[])
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_it_is),
	    cmocka_unit_test(without_an_environment),
	    cmocka_unit_test(an_environment_that_is_written_over),
	    cmocka_unit_test(a_library_that_tells_nothing),
	    cmocka_unit_test(those_that_cannot_be_read),
	    cmocka_unit_test(its_network),
	};

	if (argc > 1)
		return play((enum role)atoi(argv[1]), environment);
	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which dualbind supervises a process, and which process a dualbind supervises. Copies of
 * this program are called so.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include "inspect/supervisorof.h"
#include "supervisable.h"
#include "supervise/handover.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static char folder[] = "/tmp/dualbind-supervisorof.XXXXXX";

/* What was started, and what that has started: under a filter, whose listener the first has. */
struct pair {
	pid_t parent, child;
};

static int begin(void **state)
{
	char command[PATH_MAX];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(command, sizeof command, "cd '%s' && cp /proc/%d/exe dualbind && ln dualbind other", folder,
		 getpid());
	return system(command); /* NOLINT(cert-env33-c) */
}

static int end(void **state)
{
	char command[PATH_MAX];

	(void)state;
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command); /* NOLINT(cert-env33-c) */
}

/* In the copy: its child has a filter, and so has what that starts. */
static int play(void)
{
	bool no_new_privileges, interruptible;
	struct handover handover = {0};
	int ends[2];
	pid_t child;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
		return 1;
	child = fork();
	if (child == 0) {
		int filter = filter_install(&no_new_privileges, &interruptible);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		handover_send(ends[1], &handover, filter);
		close(filter);
		pause();
		_exit(0);
	}
	if (handover_receive(ends[0], &handover) < 0 || write(STDOUT_FILENO, &child, sizeof child) != sizeof child)
		return 1;
	pause();
	return 0;
}

static struct pair start(const char *name)
{
	struct pair pair;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pair.parent = fork();
	if (pair.parent == 0) {
		char path[PATH_MAX];

		snprintf(path, sizeof path, "%s/%s", folder, name);
		dup2(ends[1], STDOUT_FILENO);
		execl(path, path, "play", (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &pair.child, sizeof pair.child), sizeof pair.child);
	close(ends[0]);
	return pair;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void neither(void **state)
{
	bool seen = false;

	(void)state;
	assert_int_equal(supervisor_of(getpid(), &seen), 0);
	assert_true(seen);
	assert_int_equal(supervised_by(getpid()), 0);
	assert_int_equal(supervisor_of(999999999, &seen), 0);
	assert_int_equal(supervised_by(999999999), 0);
}

static void a_supervisor(void **state)
{
	struct pair pair = start("dualbind");
	bool seen = false;

	(void)state;
	assert_int_equal(supervisor_of(pair.child, &seen), pair.parent);
	assert_true(seen);
	assert_int_equal(supervised_by(pair.parent), pair.child);
	/* The other way round neither is. */
	assert_int_equal(supervisor_of(pair.parent, &seen), 0);
	assert_int_equal(supervised_by(pair.child), 0);
	end_process(pair.parent);
}

/* A process that has the listener, but another name, is another program's supervisor. */
static void another_supervisor(void **state)
{
	struct pair pair = start("other");
	bool seen = false;

	(void)state;
	assert_int_equal(supervisor_of(pair.child, &seen), 0);
	assert_true(seen);
	assert_int_equal(supervised_by(pair.parent), 0);
	end_process(pair.parent);
}

/* A process that only has the name is none either. */
static void a_name_proves_nothing(void **state)
{
	bool seen = false;
	char byte;
	int ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "dualbind");
		if (write(ends[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(supervised_by(child), 0);
	assert_int_equal(supervisor_of(child, &seen), 0);
	end_process(child);
	close(ends[0]);
	close(ends[1]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(neither),
	    cmocka_unit_test(a_supervisor),
	    cmocka_unit_test(another_supervisor),
	    cmocka_unit_test(a_name_proves_nothing),
	};

	(void)argv;
	if (argc > 1)
		return play();
	if (!is_supervisable())
		return 0;
	return cmocka_run_group_tests_name("supervisorof", tests, begin, end);
}

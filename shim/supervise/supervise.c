/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/supervise.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "supervise/answer.h"
#include "supervise/filter.h"
#include "supervise/handover.h"
#include "supervise/init.h"
#include "supervise/report.h"
#include "supervise/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

/*
 * Variables that name the process for which they are meant (sd_listen_fds(3),
 * sd_watchdog_enabled(3)) have named the supervisor, FROM; now they name the program.
 */
static void readdress(char *environment[], pid_t from)
{
	static const char *const names[] = {"LISTEN_PID=", "WATCHDOG_PID="};
	static char own[2][32];
	char old[32];

	for (size_t i = 0; i < 2; i++) {
		snprintf(old, sizeof old, "%s%d", names[i], from);
		snprintf(own[i], sizeof own[i], "%s%d", names[i], getpid());
		for (char **one = environment; *one != NULL; one++)
			if (strcmp(*one, old) == 0)
				*one = own[i];
	}
}

static int execute(const char *path, char *const argv[], char *environment[])
{
	int error;

	execve(path, argv, environment);
	error = errno;
	dprintf(STDERR_FILENO, "dualbind: %s: %s\n", path, strerror(error));
	return error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
}

/* Whether the supervisor has the listener: without that, bind(2) would fail under the filter. */
static bool is_served(int supervisor)
{
	ssize_t length;
	char byte;

	do
		length = read(supervisor, &byte, 1);
	while (length < 0 && errno == EINTR);
	return length == 1;
}

static void become(const struct signals *signals, int supervisor, const char *path, char *const argv[],
		   char *environment[])
{
	struct handover handover = {0};
	int listener = filter_install(&handover.no_new_privileges, &handover.interruptible);

	handover.error = listener < 0 ? errno : 0;
	if (!handover_send(supervisor, &handover, listener) || (listener >= 0 && !is_served(supervisor)))
		_exit(NOT_STARTED);
	if (listener >= 0)
		close(listener);
	close(supervisor);
	init_restore_signals(signals);
	_exit(execute(path, argv, environment));
}

/* Logs what it means that there is no filter. */
static void explain(const struct settings *settings, const struct handover *handover)
{
	if (handover->no_new_privileges)
		report_event(
		    settings, LOG_INFO,
		    "no_new_privs is set, as the kernel demands without CAP_SYS_ADMIN: set-user-ID programs and "
		    "file capabilities (sudo, ping) give the program no privileges",
		    0);
	switch (handover->error) {
	case 0:
		break;
	case ECHILD:
		report_event(settings, LOG_ERROR, "not supervised: its seccomp listener could not be passed on", 0);
		break;
	case EBUSY:
		report_event(
		    settings, LOG_ERROR,
		    "not supervised: another supervisor, or the container runtime, already listens to this "
		    "program's system calls, and the kernel allows one",
		    0);
		break;
	default:
		report_event(settings, LOG_ERROR,
			     "not supervised: the kernel, or the container runtime, allows no seccomp listener",
			     handover->error);
	}
}

/* If this process was started with one of 0 to 2 closed, FD may be one of these, which are
 * about to be replaced. */
static int above_standard(int fd)
{
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return moved;
}

/*
 * This process keeps none of the descriptors that it was given for the program: the reader
 * of a pipe must see the end when the program closes it, and no working directory must stay
 * busy. Standard error is kept for the log.
 */
static void let_go(const struct settings *settings, int listener, int program)
{
	const int kept[] = {listener, program};
	struct rlimit limit;
	int nothing;

	watch_keep_only(kept, 2);
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		if (nothing >= 0 && (number != STDERR_FILENO || !settings->log.has_stderr ||
				     settings->log.level == LOG_OFF || settings->log.path[0] != '\0'))
			dup2(nothing, number);
	if (nothing > STDERR_FILENO)
		close(nothing);
	if (chdir("/") != 0)
		return;
	/* A socket's number in the program may be above our own limit. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* If Yama allows only to look into descendants, orphans must become our children. */
static void keep_orphans(void)
{
	char scope = '0';
	int file = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return;
	if (read(file, &scope, 1) == 1 && scope == '1')
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	close(file);
}

/* Process numbers in notifications belong to our PID namespace; in a /proc that was mounted
 * in another namespace they differ. */
static bool procfs_counts_as_we_do(void)
{
	char own[32];
	int number;

	return procfs_link(AT_FDCWD, "/proc/self", own, sizeof own) > 0 && procfs_number(own, &number) &&
	       number == getpid();
}

/* Why there cannot be a supervisor; NULL: there can. */
static const char *what_is_missing(void)
{
	if (!procfs_counts_as_we_do())
		return "nothing is converted: /proc is not mounted, or is another PID namespace's";
	if (!filter_can_be_answered())
		return "not supervised: " FILTER_LACK;
	return NULL;
}

/* A program that cannot be supervised runs as it would without us. */
static int execute_alone(const struct signals *signals, const char *path, char *const argv[], char *environment[])
{
	init_restore_signals(signals);
	return execute(path, argv, environment);
}

/* The program's process is under a filter whose listener has not arrived here. It is told so,
 * and ends. */
static void end_unserved(pid_t child, int listener, int program)
{
	close(program);
	if (listener >= 0)
		close(listener);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

int supervise(const struct settings *settings, const char *path, char *const argv[], char *environment[])
{
	static struct watch watch;
	const pid_t own = getpid();
	const char *missing;
	struct signals signals;
	struct handover handover;
	int ends[2], listener;
	pid_t child;

	init_hold_signals(&signals);
	missing = what_is_missing();
	if (missing != NULL) {
		report_event(settings, LOG_ERROR, missing, 0);
		return execute_alone(&signals, path, argv, environment);
	}
	child = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? fork() : -1;
	if (child == 0) {
		close(ends[0]);
		readdress(environment, own);
		become(&signals, ends[1], path, argv, environment);
	}
	if (child < 0) {
		report_event(settings, LOG_ERROR, "not supervised: no descriptor or process for it", errno);
		return execute_alone(&signals, path, argv, environment);
	}
	close(ends[1]);
	ends[0] = above_standard(ends[0]);
	listener = above_standard(handover_receive(ends[0], &handover));
	handover.error = listener < 0 && handover.error == 0 ? ECHILD : handover.error;
	explain(settings, &handover);
	if (handover.error == ECHILD) {
		end_unserved(child, listener, ends[0]);
		return execute_alone(&signals, path, argv, environment);
	}
	if (handover.interruptible)
		answer_expect_interruptions();
	keep_orphans();
	let_go(settings, listener, ends[0]);
	if (listener < 0) {
		close(ends[0]);
		return init_wait(child, NULL);
	}
	if (!watch_start(&watch, listener, settings))
		report_event(settings, LOG_ERROR, "not supervised: no thread, descriptor or process for it", errno);
	send(ends[0], "", 1, MSG_NOSIGNAL);
	close(ends[0]);
	return init_wait(child, &watch);
}

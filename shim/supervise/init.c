/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNALLED = 128 };

struct init {
	pid_t child;
	bool ended;
	int status; /* from wait(2) */
};

void init_hold_signals(struct signals *before)
{
	sigset_t all;
	struct sigaction action;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before->blocked);
	sigemptyset(&before->ignored);
	for (int number = 1; number < NSIG; number++) {
		if (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
			continue;
		sigaddset(&before->ignored, number);
		signal(number, SIG_DFL);
	}
}

void init_restore_signals(const struct signals *before)
{
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&before->ignored, number) == 1)
			signal(number, SIG_IGN);
	sigprocmask(SIG_SETMASK, &before->blocked, NULL);
}

/* Let this process be stopped, or ended, by the signal NUMBER, as by default. */
static void suffer(int number)
{
	sigset_t one, before;

	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static bool is_stopped(pid_t child)
{
	siginfo_t info = {0};

	/* WNOWAIT: so that it can be asked again. */
	return waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

/* Whether a SIGCONT is waiting to be passed on. */
static bool continuation_waits(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 && sigismember(&waiting, SIGCONT) == 1;
}

/* Whether a shell of this session takes care of stopped jobs. */
static bool has_job_control(void)
{
	int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (terminal < 0)
		return false;
	close(terminal);
	return getsid(0) != getpid();
}

static bool has_gone_on(pid_t child)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)child, &info, WCONTINUED | WNOHANG) == 0 && info.si_pid == child;
}

/*
 * The terminal sends its signals to the whole foreground group, so the program has had
 * this one, too; but a hangup goes only to the leader of the session, together with a
 * continuation. A shell continues a whole job: then the program is running already.
 * Other signals to the whole group cannot be recognised.
 */
static bool had_it_too(const struct init *init, const struct signalfd_siginfo *info)
{
	bool from_kernel = info->ssi_code == SI_KERNEL;

	switch (info->ssi_signo) {
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGWINCH:
		return from_kernel;
	case SIGHUP:
		return from_kernel && getsid(0) != getpid();
	case SIGCONT:
		return (from_kernel && getsid(0) != getpid()) || has_gone_on(init->child);
	default:
		return false;
	}
}

/*
 * Signals that are not for the program. The supervisor causes some itself: by its processor
 * time, by a log that is not read or has reached its limit of size. The program causes others,
 * which it sends to its group, and so to itself, or to its parent. Other signals from the kernel
 * are the program's, such as an alarm that was set before it was executed.
 */
static bool is_nothing_to_it(const struct init *init, const struct signalfd_siginfo *info)
{
	return info->ssi_pid == (uint32_t)getpid() || info->ssi_pid == (uint32_t)init->child ||
	       (info->ssi_signo == SIGXCPU && info->ssi_code == SI_KERNEL);
}

static void pass_on(const struct init *init, const struct signalfd_siginfo *info)
{
	union sigval value = {.sival_ptr =
				  (void *)(uintptr_t)info->ssi_ptr}; /* NOLINT(performance-no-int-to-ptr) */

	if (init->ended || is_nothing_to_it(init, info) || had_it_too(init, info))
		return;
	if (info->ssi_code == SI_QUEUE)
		sigqueue(init->child, (int)info->ssi_signo, value);
	else
		kill(init->child, (int)info->ssi_signo);
}

/* Collects every child that has ended, orphans included. */
static void reap(struct init *init)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == init->child) {
			init->ended = true;
			init->status = status;
		}
	/* If the program has stopped, this process must stop, too, for the shell, which waits for it, to take the
	 * terminal. If the program catches the signal, or ignores it, it has not stopped. */
	if (!init->ended && is_stopped(init->child) && !continuation_waits() && has_job_control()) {
		siginfo_t info = {0};

		waitid(P_PID, (id_t)init->child, &info, WSTOPPED | WNOHANG);
		if (info.si_pid == init->child)
			suffer(info.si_status);
	}
}

static void handle(struct init *init, const struct signalfd_siginfo *info)
{
	if (info->ssi_signo == SIGCHLD)
		reap(init);
	else
		pass_on(init, info);
}

static int end_as(int status)
{
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	/* The program's core is wanted, not ours. With a limit of 0 one would still be
	 * sent to a program that takes cores from a pipe. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	signal(WTERMSIG(status), SIG_DFL);
	suffer(WTERMSIG(status));
	return SIGNALLED + WTERMSIG(status); /* only the first process of a PID namespace comes here */
}

int init_wait(pid_t child, struct watch *watch)
{
	struct init init = {.child = child};
	struct signalfd_siginfo info;
	struct pollfd watched[3] = {{.events = POLLIN}, {.fd = -1, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	sigset_t all;

	sigfillset(&all);
	watched[0].fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (watch != NULL)
		watched[1].fd = watch->timer;
	reap(&init);
	while (!init.ended) {
		watched[2].fd =
		    watch != NULL && !watch->works && !(watched[2].revents & POLLHUP) ? watch->listener : -1;
		if (poll(watched, 3, watched[0].fd < 0 ? 100 : -1) < 0) {
			watched[1].revents = watched[2].revents = 0;
			if (errno != EINTR)
				usleep(100000);
		}
		while (read(watched[0].fd, &info, sizeof info) == (ssize_t)sizeof info)
			handle(&init, &info);
		if (watched[1].revents & POLLIN)
			watch_expired(watch);
		if (watched[2].revents & POLLIN)
			watch_pass(watch);
		if (watched[0].fd < 0)
			reap(&init);
	}
	if (watch != NULL)
		watch_finish(watch);
	return end_as(init.status);
}

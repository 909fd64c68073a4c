#define _GNU_SOURCE
#include "supervise_init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNALLED = 128 };

struct init {
	pid_t child;
	bool ended;
	int status; /* of wait(2) */
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

/* Let this process be stopped, or ended, by SIGNAL as it would be by default. */
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

	/* WNOWAIT: a parent may ask again. */
	return waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

/* It is about to be passed on. */
static bool continuation_waits(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 && sigismember(&waiting, SIGCONT) == 1;
}

/* Somebody of this session looks after stopped jobs: a shell. */
static bool has_job_control(void)
{
	int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (terminal < 0)
		return false;
	close(terminal);
	return getsid(0) != getpid();
}

/*
 * The terminal gives its signals to the whole foreground group, so the program
 * has had this one; but a hangup goes to the leader of the session alone.
 */
static bool had_it_too(const struct signalfd_siginfo *info)
{
	if (info->ssi_code != SI_KERNEL)
		return false;
	return info->ssi_signo != SIGHUP || getsid(0) != getpid();
}

static void pass_on(const struct init *init, const struct signalfd_siginfo *info)
{
	union sigval value = {.sival_ptr =
				  (void *)(uintptr_t)info->ssi_ptr}; /* NOLINT(performance-no-int-to-ptr) */

	if (had_it_too(info))
		return;
	if (info->ssi_code == SI_QUEUE)
		sigqueue(init->child, (int)info->ssi_signo, value);
	else
		kill(init->child, (int)info->ssi_signo);
}

/* Everything that has ended, whosever it was. */
static void reap(struct init *init)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == init->child) {
			init->ended = true;
			init->status = status;
		}
	/* A program that stops itself hands the terminal to the shell, which
	 * waits for this process. */
	if (!init->ended && is_stopped(init->child) && !continuation_waits() && has_job_control()) {
		siginfo_t info;

		waitid(P_PID, (id_t)init->child, &info, WSTOPPED | WNOHANG);
		kill(getpid(), SIGSTOP);
	}
}

static void handle(struct init *init, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		reap(init);
		break;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		pass_on(init, info);
		suffer((int)info->ssi_signo);
		break;
	default:
		pass_on(init, info);
	}
}

static int end_as(int status)
{
	struct rlimit none = {0, 0};

	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	/* Its core is what matters, not ours. */
	setrlimit(RLIMIT_CORE, &none);
	signal(WTERMSIG(status), SIG_DFL);
	suffer(WTERMSIG(status));
	return SIGNALLED + WTERMSIG(status); /* the first process of a namespace */
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
		if (poll(watched, 3, watched[0].fd < 0 ? 100 : -1) < 0 && errno != EINTR)
			break;
		while (read(watched[0].fd, &info, sizeof info) == (ssize_t)sizeof info)
			handle(&init, &info);
		if (watched[1].revents & POLLIN)
			watch_expired(watch);
		if (watched[2].revents & POLLIN)
			watch_pass(watch);
		if (watched[0].fd < 0)
			reap(&init);
	}
	return end_as(init.status);
}

/* SPDX-License-Identifier: MIT */
/* A child under the supervisor's filter, which waits for an answer to its calls. */
#ifndef DUALBIND_TEST_WAITING_H
#define DUALBIND_TEST_WAITING_H

#include "supervise/filter.h"
#include "supervise/target.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct waiting {
	pid_t child;
	int listener, pidfd;
	struct seccomp_notif notification; /* of the call that it waits in */
};

/* False where it has ended instead, of which the listener of an older kernel tells nothing until
 * it was waited for. */
static inline bool waiting_next(struct waiting *waiting)
{
	struct pollfd watched[] = {{.fd = waiting->listener, .events = POLLIN},
				   {.fd = waiting->pidfd, .events = POLLIN}};

	if (poll(watched, 2, -1) < 1 || (watched[0].revents & POLLIN) == 0)
		return false;
	memset(&waiting->notification, 0, sizeof waiting->notification);
	return ioctl(waiting->listener, SECCOMP_IOCTL_NOTIF_RECV, &waiting->notification) == 0;
}

/* The child runs PREPARE, and CALL under the filter. Returns when it waits: the listener is
 * taken from it. */
static inline bool waiting_start(struct waiting *waiting, void (*prepare)(void), void (*call)(void))
{
	bool no_new_privileges, interruptible;
	int ends[2], number = -1;

	if (pipe(ends) != 0)
		return false;
	waiting->child = fork();
	if (waiting->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prepare();
		number = filter_install(&no_new_privileges, &interruptible);
		if (write(ends[1], &number, sizeof number) == sizeof number)
			call();
		_exit(1);
	}
	if (read(ends[0], &number, sizeof number) != sizeof number || number < 0)
		return false;
	close(ends[0]);
	close(ends[1]);
	waiting->pidfd = (int)syscall(SYS_pidfd_open, waiting->child, 0);
	waiting->listener = (int)syscall(SYS_pidfd_getfd, waiting->pidfd, number, 0);
	return waiting->listener >= 0 && waiting_next(waiting);
}

/* Its exit status, or -1. */
static inline int waiting_end(struct waiting *waiting)
{
	int status;

	close(waiting->listener);
	close(waiting->pidfd);
	return waitpid(waiting->child, &status, 0) == waiting->child && WIFEXITED(status) ? WEXITSTATUS(status)
											  : -1;
}

static inline void waiting_kill(struct waiting *waiting)
{
	kill(waiting->child, SIGKILL);
	waiting_end(waiting);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Errands: calls that depend on the number at which the caller has a socket, as with epoll(7)
 * and O_ASYNC. They are made by a process with a table of descriptors of its own, which has the
 * socket at the same number as the target.
 */
#ifndef DUALBIND_SUPERVISE_ERRAND_H
#define DUALBIND_SUPERVISE_ERRAND_H

#include <sys/epoll.h>

struct errand {
	int number, socket;  /* where the target has the socket, and where this process has it */
	int epfd, operation; /* epoll_ctl(2) of this process's EPFD; -1: fcntl(F_SETFL) instead */
	struct epoll_event *event;
	unsigned long flags; /* for F_SETFL */
};

/* Waits until it is done. 0, or -1 with errno; EAGAIN if it was given up. No descriptor of
 * this process changes. */
int errand_run(const struct errand *errand);

/* To be called from another thread if it takes too long: ends the process that does it. */
void errand_give_up(void);

#endif

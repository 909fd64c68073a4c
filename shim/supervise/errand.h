/* SPDX-License-Identifier: MIT */
/*
 * What the target alone could do itself: epoll(7) and O_ASYNC go by the number that the
 * caller has a file at. So a process with a table of descriptors of its own does it, which has
 * the socket where the target has it.
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

/* Waits until it is done. 0, or -1 with errno; EAGAIN where it was given up. No descriptor of
 * this process changes. */
int errand_run(const struct errand *errand);

/* It takes too long: from another thread, end the process that does it. */
void errand_give_up(void);

#endif

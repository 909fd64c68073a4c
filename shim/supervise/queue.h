/* SPDX-License-Identifier: MIT */
/*
 * Calls that were received and have no answer yet, in memory that the supervisor and its stand-in share, so that
 * whoever takes over (watch.h) goes on with them. They are received together so that one look at a process can
 * serve all of its threads that have made a call by then (noted.h).
 */
#ifndef DUALBIND_SUPERVISE_QUEUE_H
#define DUALBIND_SUPERVISE_QUEUE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

enum { QUEUE_MAX = 16 };

/* All zero at first. */
struct queue {
	struct seccomp_notif calls[QUEUE_MAX];
};

/* Receives all calls that wait at LISTENER, which is readable, as far as there is room. The queue must be
 * empty. False: there is no call (any more). */
bool queue_receive(struct queue *queue, int listener);

/* Copies the next call. False: there is none. */
bool queue_first(const struct queue *queue, struct seccomp_notif *call);

/* Removes a call that has been answered. */
void queue_drop(struct queue *queue, uint64_t id);

#endif

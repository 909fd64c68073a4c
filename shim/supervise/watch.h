/* SPDX-License-Identifier: MIT */
/*
 * The watch: a thread, the worker, answers the calls. If it is stuck, or its process is
 * killed, another one goes on.
 *
 * A program can make its supervisor wait: by memory whose pages another of its threads
 * provides, or by a lock of an epoll instance that it holds. If the worker takes too long
 * over a call it is left behind, the call goes on natively, and another thread takes the
 * next one.
 */
#ifndef DUALBIND_SUPERVISE_WATCH_H
#define DUALBIND_SUPERVISE_WATCH_H

#include "config/settings.h"
#include "supervise/patience.h"
#include "supervise/queue.h"
#include "supervise/target.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Memory that the supervisor and its stand-in share. */
struct shared {
	_Atomic uint64_t id; /* the call that is looked at; busy is separate, since an id may be 0 */
	atomic_bool busy;
	struct making making;   /* the bind that is made for that call */
	struct queue queue;     /* that call, and those that were received with it */
	atomic_uint generation; /* the number of the worker whose answers count */
};

struct watch {
	int listener;
	int timer; /* if it is readable, the worker may be stuck */
	const struct settings *settings;
	struct shared *shared;
	unsigned left_behind;
	bool works;         /* there is a worker */
	atomic_bool ending; /* no further call is to be taken */
	struct patience patience;
};

/*
 * Start a worker, and a stand-in: a process that waits until this one has ended, or
 * was killed, and then serves the processes that still run under the filter, until there
 * are none. Without it, a later bind in a program that outlives its supervisor would fail
 * (ENOSYS).
 *
 * False if there is no memory or thread for a worker: then watch_pass() must be called
 * whenever the listener is readable.
 */
bool watch_start(struct watch *watch, int listener, const struct settings *settings);

/* Let the next call go on natively. */
void watch_pass(struct watch *watch);

/* To be called when the timer is readable. */
void watch_expired(struct watch *watch);

/*
 * To be called before this process ends: waits until the call that is being looked at, if any, has its
 * answer. Later calls wait for the stand-in.
 */
void watch_finish(struct watch *watch);

/* Close all descriptors except 0 to 2 and those listed. */
void watch_keep_only(const int *kept, unsigned count);

#endif

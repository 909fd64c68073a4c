/* SPDX-License-Identifier: MIT */
/*
 * The watch: calls are answered by a thread of their own, and where it is
 * stuck, or its process is lost, another one goes on.
 *
 * A program can make its supervisor wait: by memory whose pages another of its
 * threads provides, by a lock of an epoll instance that it holds. The thread that looks
 * at such a call for too long is left behind, the call goes on natively, and
 * another thread takes the next one.
 */
#ifndef DUALBIND_SUPERVISE_WATCH_H
#define DUALBIND_SUPERVISE_WATCH_H

#include "config/settings.h"
#include "supervise/patience.h"
#include "supervise/target.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* In memory that the supervisor and its stand-in share. */
struct shared {
	_Atomic uint64_t id; /* of the call that is looked at; BUSY apart, as an id may be 0 */
	atomic_bool busy;
	struct making making;   /* what that call binds */
	atomic_uint generation; /* of the worker whose answers count */
};

struct watch {
	int listener;
	int timer; /* readable: the worker is stuck */
	const struct settings *settings;
	struct shared *shared;
	unsigned left_behind;
	bool works;         /* a worker does */
	atomic_bool ending; /* no further call is to be taken */
	struct patience patience;
};

/*
 * Start a worker, and leave a stand-in: a process that waits until this one
 * has ended, or was killed, and then serves what still runs under the filter,
 * until nothing does. Without one, a later bind in a program that outlives its
 * supervisor would fail (ENOSYS).
 *
 * False where there is no memory or thread for a worker: then watch_pass() is
 * due whenever the listener is readable.
 */
bool watch_start(struct watch *watch, int listener, const struct settings *settings);

/* Let the next call go on natively. */
void watch_pass(struct watch *watch);

/* The timer is readable. */
void watch_expired(struct watch *watch);

/*
 * Before this process ends: wait until the call that is looked at, if one is,
 * has its answer. What comes later waits for the stand-in.
 */
void watch_finish(struct watch *watch);

/* Close all descriptors but 0 to 2 and those listed. */
void watch_keep_only(const int *kept, unsigned count);

#endif

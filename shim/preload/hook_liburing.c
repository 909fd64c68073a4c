/* SPDX-License-Identifier: MIT */
/* liburing's functions that hand operations to the kernel, by system calls of their own */
#include "bind/submissions.h"
#include "preload/hook.h"
#include "preload/symbols.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum which { SUBMIT, AND_WAIT, AND_WAIT_TIMEOUT, AND_WAIT_MIN_TIMEOUT, AND_WAIT_REG, AND_GET_EVENTS, ALL };

/* Each function takes some of these arguments, pointers and numbers; all of them are passed on. */
typedef int native_submit(const struct liburing *ring, long b, long c, long d, long e, long f);

static native_submit *_Atomic natives[ALL];

void next_liburing_forget(void)
{
	for (int i = 0; i < ALL; i++)
		atomic_store_explicit(&natives[i], NULL, memory_order_relaxed);
}

static int no_submit(const struct liburing *ring, long b, long c, long d, long e, long f)
{
	(void)ring, (void)b, (void)c, (void)d, (void)e, (void)f;
	return -ENOSYS;
}

__attribute__((noinline)) static native_submit *find(enum which which)
{
	const char *name = "io_uring_submit\0io_uring_submit_and_wait\0io_uring_submit_and_wait_timeout\0"
			   "io_uring_submit_and_wait_min_timeout\0io_uring_submit_and_wait_reg\0"
			   "io_uring_submit_and_get_events";
	native_submit *found;

	for (unsigned i = 0; i < which; i++)
		name += strlen(name) + 1;
	found = (native_submit *)symbols_find_one(name);
	if (found == NULL)
		found = no_submit;
	atomic_store_explicit(&natives[which], found, memory_order_relaxed);
	return found;
}

static native_submit *prepared(const struct liburing *ring, enum which which)
{
	native_submit *native = atomic_load_explicit(&natives[which], memory_order_relaxed);
	int before = errno;

	if (native == NULL)
		native = find(which);
	submissions_by_liburing(ring);
	errno = before;
	return native;
}

/* Threads spend their time in the native function: everything here ends in a jump to it, and so is not on
 * their stacks. */
static int submit(const struct liburing *ring, long b, long c, long d, long e, enum which which)
{
	return prepared(ring, which)(ring, b, c, d, e, 0);
}

typedef int submit_hook(const struct liburing *ring, long b, long c, long d, long e);

submit_hook io_uring_submit, io_uring_submit_and_wait, io_uring_submit_and_wait_timeout,
    io_uring_submit_and_wait_reg, io_uring_submit_and_get_events;
native_submit io_uring_submit_and_wait_min_timeout;

HOOK int io_uring_submit(const struct liburing *ring, long b, long c, long d, long e)
{
	return submit(ring, b, c, d, e, SUBMIT);
}

HOOK int io_uring_submit_and_wait(const struct liburing *ring, long b, long c, long d, long e)
{
	return submit(ring, b, c, d, e, AND_WAIT);
}

HOOK int io_uring_submit_and_wait_timeout(const struct liburing *ring, long b, long c, long d, long e)
{
	return submit(ring, b, c, d, e, AND_WAIT_TIMEOUT);
}

HOOK int io_uring_submit_and_wait_reg(const struct liburing *ring, long b, long c, long d, long e)
{
	return submit(ring, b, c, d, e, AND_WAIT_REG);
}

HOOK int io_uring_submit_and_get_events(const struct liburing *ring, long b, long c, long d, long e)
{
	return submit(ring, b, c, d, e, AND_GET_EVENTS);
}

HOOK int io_uring_submit_and_wait_min_timeout(const struct liburing *ring, long b, long c, long d, long e, long f)
{
	return prepared(ring, AND_WAIT_MIN_TIMEOUT)(ring, b, c, d, e, f);
}

/* SPDX-License-Identifier: MIT */
/*
 * Operations that a program gives to io_uring(7). The kernel writes the addresses of clients for
 * them, which cannot be translated. So a socket of ours yields before the program accepts or
 * receives by a ring there. That is seen if the program calls syscall(2), as Netty and Rust's
 * runtimes do, or liburing's functions.
 */
#ifndef DUALBIND_BIND_SUBMISSIONS_H
#define DUALBIND_BIND_SUBMISSIONS_H

#include "bind/bind_request.h"

#include <stdbool.h>

struct liburing; /* rings.h */

/* To be called at io_uring_setup(2) and io_uring_register(2). */
void submissions_ring_made(void);
void submissions_registers(unsigned operation);

/*
 * To be called at io_uring_enter(2) of FD with these FLAGS. Only some of the calls after a conversion are
 * looked at: libuv, whose operations are of other kinds, goes on making them. Async-signal-safe.
 */
void submissions_enters(int fd, unsigned flags);

/* To be called at liburing's functions for RING. All calls are looked at, until a number of operations of these
 * kinds have been seen. */
void submissions_by_liburing(const struct liburing *ring);

/* To be called when a sandbox begins, which may forbid the calls that a look makes: nothing is looked at until the
 * next conversion, and hints (mark.h) are not used any more. */
void submissions_end(void);

/* To be called when the request's socket was converted. HAS_RING: the program has a ring. */
void submissions_expect(const struct bind_request *request, bool has_ring);

/* Whether sockets like the request's are not to be converted: one of that protocol has yielded for a ring; or it is
 * UDP, and the program has a ring of which no call has come by yet. */
bool submissions_are_for(const struct bind_request *request, bool has_ring);

#endif

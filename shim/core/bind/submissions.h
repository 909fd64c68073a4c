/* SPDX-License-Identifier: MIT */
/*
 * Operations that a program gives to io_uring(7). The address of a client, which the kernel writes
 * for them, cannot be presented. So a socket of ours at which the program is about to accept or
 * receive by a ring yields before. That is seen where it calls syscall(2), as Netty and Rust's
 * runtimes do, and where it calls liburing's functions.
 */
#ifndef DUALBIND_BIND_SUBMISSIONS_H
#define DUALBIND_BIND_SUBMISSIONS_H

#include "bind/bind_request.h"

#include <stdbool.h>

struct liburing; /* rings.h */

/* io_uring_setup(2), and io_uring_register(2), have come by. */
void submissions_ring_made(void);
void submissions_registers(unsigned operation);

/*
 * io_uring_enter(2) of FD with these FLAGS comes by. Of the calls that follow a conversion some
 * are looked at; libuv, whose operations are others, makes such calls for ever. Async-signal-safe.
 */
void submissions_enters(int fd, unsigned flags);

/* Likewise one of liburing's functions for RING: all are looked at, until some operations that
 * might have mattered have been. */
void submissions_by_liburing(const struct liburing *ring);

/* A sandbox begins, which may forbid what a look needs: no more until the next conversion. Nor are hints
 * used any more (mark.h). */
void submissions_end(void);

/* The request's socket was converted. HAS_RING: the program has one. */
void submissions_expect(const struct bind_request *request, bool has_ring);

/* Whether such sockets as the request's are not to be converted: one of that protocol has yielded
 * so; or it is UDP, and the program has a ring of which nothing came by yet. */
bool submissions_are_for(const struct bind_request *request, bool has_ring);

#endif

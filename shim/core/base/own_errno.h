/* SPDX-License-Identifier: MIT */
/*
 * Reasons of our own for failures, as values of errno that no call on a socket returns.
 * strbuf_add_error() has their texts.
 */
#ifndef DUALBIND_BASE_OWN_ERRNO_H
#define DUALBIND_BASE_OWN_ERRNO_H

#include <errno.h>

enum {
	EFORGOTTEN = EBADE, /* the kernel returned 0 and did nothing (setsockopt_checked.h) */
	ERINGED = ENOTUNIQ, /* an io_uring instance holds the socket (rings.h) */
	EUNTOLD = EBADR,    /* an epoll instance may watch it (epoll_refs.h) */
};

#endif

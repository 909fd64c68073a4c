/* SPDX-License-Identifier: MIT */
/*
 * Why something cannot be done, where no system call says so: as errnos that no call on
 * a socket gives. strbuf_add_error() knows their texts.
 */
#ifndef DUALBIND_BASE_OWN_ERRNO_H
#define DUALBIND_BASE_OWN_ERRNO_H

#include <errno.h>

enum {
	EFORGOTTEN = EBADE, /* the kernel said 0 and did nothing (setsockopt_checked.h) */
	ERINGED = ENOTUNIQ, /* an io_uring instance holds the socket (rings.h) */
	EUNTOLD = EBADR,    /* an epoll instance may watch it (epoll_refs.h) */
};

#endif

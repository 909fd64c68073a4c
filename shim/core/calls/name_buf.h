/* SPDX-License-Identifier: MIT */
/*
 * Room for a name that the kernel is to tell: of a peer, or a socket's own.
 *
 * Whether it must be shown as another one is known when it is there, and only whole. So
 * it goes to the caller's buffer where an AF_INET6 name fits, and to one of ours where
 * it does not, and from there to the caller's, cut as the kernel cuts it.
 *
 * No function here makes a system call.
 */
#ifndef DUALBIND_CALLS_NAME_BUF_H
#define DUALBIND_CALLS_NAME_BUF_H

#include "base/address.h"

#include <string.h>

struct name_buf {
	struct sockaddr *at; /* what the kernel gets, with &length */
	socklen_t length;    /* the size of the room; after the call, of the name */
};

/* For a buffer of CAPACITY bytes at TO, or none: NULL. That, or OURS. */
struct name_buf name_buf_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours);

/* Whether the kernel has told an AF_INET6 name. */
static inline bool name_buf_is_in6(const struct name_buf *buf)
{
	return buf->length == sizeof(struct sockaddr_in6) && buf->at->sa_family == AF_INET6;
}

static inline struct address name_buf_in6(const struct name_buf *buf)
{
	struct address address = {.length = sizeof address.in6};

	memcpy(&address.in6, buf->at, sizeof address.in6);
	return address;
}

/* To a buffer of CAPACITY bytes at TO, unless it is NULL: what the kernel has told; or
 * another address instead. What the kernel wrote there past the end of a shorter
 * one is cleared. */
void name_buf_give(const struct name_buf *buf, void *to, socklen_t capacity);
void name_buf_give_instead(const struct name_buf *buf, const struct address *shown, void *to, socklen_t capacity);

/* After a call that failed: the kernel may have told the length all the same. */
void name_buf_abandon(const struct name_buf *buf, const void *to, socklen_t *length);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Room for a name that the kernel is to write: a peer's, or a socket's own.
 *
 * Whether another name must be shown is known only when the whole name is there. So the
 * kernel writes into the caller's buffer if an AF_INET6 name fits, and otherwise into one
 * of ours, from which the caller's is filled, cut as the kernel cuts it.
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

/* Chooses the buffer of CAPACITY bytes at TO, which may be NULL, or OURS. */
struct name_buf name_buf_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours);

/* Whether the kernel has written an AF_INET6 name. */
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

/* Fills the buffer of CAPACITY bytes at TO, unless that is NULL: with what the kernel has written, or
 * with another address instead. If that is shorter, the rest of what the kernel wrote there
 * is cleared. */
void name_buf_give(const struct name_buf *buf, void *to, socklen_t capacity);
void name_buf_give_instead(const struct name_buf *buf, const struct address *shown, void *to, socklen_t capacity);

/* To be called after the call has failed: the kernel may have written the length all the same. */
void name_buf_abandon(const struct name_buf *buf, const void *to, socklen_t *length);

#endif

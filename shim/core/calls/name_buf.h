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

struct room {
	struct sockaddr *at; /* what the kernel gets, with &length */
	socklen_t length;    /* the size of the room; after the call, of the name */
};

/* For a buffer of CAPACITY bytes at TO, or none: NULL. That, or OURS. */
struct room room_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours);

/* Whether the kernel has told an AF_INET6 name. */
bool room_is_in6(const struct room *room);
struct address room_in6(const struct room *room);

/* To a buffer of CAPACITY bytes at TO, unless it is NULL: what the kernel has told; or
 * another address instead. What the kernel wrote there past the end of a shorter
 * one is cleared. */
void room_give(const struct room *room, void *to, socklen_t capacity);
void room_give_instead(const struct room *room, const struct address *shown, void *to, socklen_t capacity);

/* After a call that failed: the kernel may have told the length all the same. */
void room_abandon(const struct room *room, const void *to, socklen_t *length);

#endif

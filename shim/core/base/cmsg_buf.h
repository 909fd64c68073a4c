/* SPDX-License-Identifier: MIT */
/*
 * Control buffers, read and written as the kernel does (cmsg(3)).
 */
#ifndef DUALBIND_BASE_CMSG_BUF_H
#define DUALBIND_BASE_CMSG_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* A buffer being filled. */
struct control {
	unsigned char *at; /* aligned as a struct cmsghdr; NULL: none */
	size_t left, used; /* bytes */
	bool truncated;    /* MSG_CTRUNC */
};

/* The empty buffer that MESSAGE offers. */
struct control control_of(const struct msghdr *message);

/* Append an item. One that does not fit whole is cut, its cmsg_len too; one of
 * which not even the header fits is left out. */
void control_put(struct control *to, int level, int type, const void *data, size_t size);

/* Append an item that a larger buffer has received. Of its descriptors as many as the
 * kernel would have given come along, and the others are closed. */
void control_pass(struct control *to, const struct cmsghdr *item);

/* MESSAGE gets the length that has been filled, and MSG_CTRUNC. */
void control_end(const struct control *to, struct msghdr *message);

/* All that RECEIVED holds, in the buffer that MESSAGE offers. */
void control_give(const struct msghdr *received, struct msghdr *message);

/* A walk over the items that MESSAGE holds. */
struct cursor {
	const struct cmsghdr *item;
	const unsigned char *next;
	size_t left; /* bytes at NEXT */
};

enum cursor_state { CURSOR_ITEM, CURSOR_END, CURSOR_MALFORMED };

struct cursor cursor_at(const struct msghdr *message);

/* On to the next item, in cursor->item. CURSOR_MALFORMED: its length is smaller
 * than a header, or reaches past the buffer, for which the kernel says EINVAL. */
enum cursor_state cursor_next(struct cursor *cursor);

#endif

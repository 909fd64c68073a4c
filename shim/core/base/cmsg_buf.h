/* SPDX-License-Identifier: MIT */
/*
 * Control buffers, read and written as the kernel does (cmsg(3)).
 */
#ifndef DUALBIND_BASE_CMSG_BUF_H
#define DUALBIND_BASE_CMSG_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* musl's lengths take half the room that glibc's do. What a program leaves in the other half is no part of
 * them: musl's functions clear it. */
static inline void cmsg_lengths(struct msghdr *message)
{
	message->msg_iovlen = (uint32_t)message->msg_iovlen;
	message->msg_controllen = (uint32_t)message->msg_controllen;
}

/* Likewise an item's. */
static inline size_t cmsg_length(const struct cmsghdr *item)
{
	return (uint32_t)item->cmsg_len;
}

/* A buffer being filled. */
struct cmsg_buf {
	unsigned char *at; /* aligned as a struct cmsghdr; NULL: none */
	size_t left, used; /* bytes */
	bool truncated;    /* MSG_CTRUNC */
};

/* The empty buffer that MESSAGE offers. */
struct cmsg_buf cmsg_buf_of(const struct msghdr *message);

/* Append an item. One that does not fit whole is cut, its cmsg_len too; one of
 * which not even the header fits is left out. */
void cmsg_buf_put(struct cmsg_buf *to, int level, int type, const void *data, size_t size);

/* Append an item that a larger buffer has received. Of its descriptors as many as the
 * kernel would have given come along, and the others are closed. */
void cmsg_buf_pass(struct cmsg_buf *to, const struct cmsghdr *item);

/* MESSAGE gets the length that has been filled, and MSG_CTRUNC. */
void cmsg_buf_end(const struct cmsg_buf *to, struct msghdr *message);

/* All that RECEIVED holds, in the buffer that MESSAGE offers. */
void cmsg_buf_give(const struct msghdr *received, struct msghdr *message);

/* A walk over the items that MESSAGE holds. */
struct cmsg_cursor {
	const struct cmsghdr *item;
	const unsigned char *next;
	size_t left; /* bytes at NEXT */
};

enum cmsg_state { CMSG_ITEM, CMSG_END, CMSG_MALFORMED };

struct cmsg_cursor cmsg_cursor_at(const struct msghdr *message);

/* On to the next item, in cursor->item. CMSG_MALFORMED: its length is smaller
 * than a header, or reaches past the buffer, for which the kernel says EINVAL. */
enum cmsg_state cmsg_cursor_next(struct cmsg_cursor *cursor);

#endif

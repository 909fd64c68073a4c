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

/* musl's lengths have half the size of glibc's. The other half is padding, which a program may leave unset, and
 * which musl's functions clear. */
static inline void cmsg_lengths(struct msghdr *message)
{
	message->msg_iovlen = (uint32_t)message->msg_iovlen;
	message->msg_controllen = (uint32_t)message->msg_controllen;
}

/* The same for the length of an item. */
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

/* The buffer of MESSAGE, still empty. */
struct cmsg_buf cmsg_buf_of(const struct msghdr *message);

/* Append an item. If not all of it fits it is cut, and its cmsg_len reduced; if not even
 * the header fits it is left out. */
void cmsg_buf_put(struct cmsg_buf *to, int level, int type, const void *data, size_t size);

/* Append an item that was received in a larger buffer. It keeps as many of its descriptors
 * as the kernel would have given; the others are closed. */
void cmsg_buf_pass(struct cmsg_buf *to, const struct cmsghdr *item);

/* Set MESSAGE's length to what has been filled, and MSG_CTRUNC if something was cut. */
void cmsg_buf_end(const struct cmsg_buf *to, struct msghdr *message);

/* Copy all that RECEIVED holds into the buffer of MESSAGE. */
void cmsg_buf_give(const struct msghdr *received, struct msghdr *message);

/* A walk through the items that MESSAGE holds. */
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

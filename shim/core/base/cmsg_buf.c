/* SPDX-License-Identifier: MIT */
#include "base/cmsg_buf.h"

#include "base/sys.h"

#include <string.h>

/* Since Linux 6.5. The headers of the oldest system that builds this do not have it. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

struct cmsg_buf cmsg_buf_of(const struct msghdr *message)
{
	bool offered = message->msg_control != NULL;

	return (struct cmsg_buf){.at = message->msg_control, .left = offered ? message->msg_controllen : 0};
}

void cmsg_buf_put(struct cmsg_buf *to, int level, int type, const void *data, size_t size)
{
	struct cmsghdr header = {.cmsg_level = level, .cmsg_type = type};
	size_t length = CMSG_LEN(size), space = CMSG_SPACE(size);

	if (to->left < sizeof header) {
		to->truncated = true;
		return;
	}
	if (to->left < length) {
		to->truncated = true;
		length = to->left;
	}
	header.cmsg_len = length;
	memcpy(to->at, &header, sizeof header);
	memmove(to->at + CMSG_LEN(0), data, length - CMSG_LEN(0));
	space = smaller(space, to->left);
	to->at += space;
	to->left -= space;
	to->used += space;
}

/* Whether the item carries descriptors: their numbers are the process's own once they have arrived. */
static bool has_descriptors(const struct cmsghdr *item)
{
	return item->cmsg_level == SOL_SOCKET && (item->cmsg_type == SCM_RIGHTS || item->cmsg_type == SCM_PIDFD);
}

/* As in net/core/scm.c: the descriptors that fit, and no item if none fits. */
static void pass_descriptors(struct cmsg_buf *to, int type, const int *fds, size_t count)
{
	size_t fit = to->left > CMSG_LEN(0) ? smaller((to->left - CMSG_LEN(0)) / sizeof *fds, count) : 0;

	for (size_t i = fit; i < count; i++) {
		sys_close(fds[i]);
		to->truncated = true;
	}
	if (fit > 0)
		cmsg_buf_put(to, SOL_SOCKET, type, fds, fit * sizeof *fds);
}

void cmsg_buf_pass(struct cmsg_buf *to, const struct cmsghdr *item)
{
	size_t size = cmsg_length(item) - CMSG_LEN(0);

	if (has_descriptors(item))
		pass_descriptors(to, item->cmsg_type, (const int *)CMSG_DATA(item), size / sizeof(int));
	else
		cmsg_buf_put(to, item->cmsg_level, item->cmsg_type, CMSG_DATA(item), size);
}

void cmsg_buf_end(const struct cmsg_buf *to, struct msghdr *message)
{
	message->msg_controllen = to->used;
	if (to->truncated)
		message->msg_flags |= MSG_CTRUNC;
}

void cmsg_buf_give(const struct msghdr *received, struct msghdr *message)
{
	struct cmsg_buf to = cmsg_buf_of(message);
	struct cmsg_cursor cursor = cmsg_cursor_at(received);

	while (cmsg_cursor_next(&cursor) == CMSG_ITEM)
		cmsg_buf_pass(&to, cursor.item);
	cmsg_buf_end(&to, message);
}

struct cmsg_cursor cmsg_cursor_at(const struct msghdr *message)
{
	bool offered = message->msg_control != NULL;

	return (struct cmsg_cursor){.next = message->msg_control, .left = offered ? message->msg_controllen : 0};
}

enum cmsg_state cmsg_cursor_next(struct cmsg_cursor *cursor)
{
	size_t length, space;

	if (cursor->left < sizeof *cursor->item)
		return CMSG_END;
	cursor->item = (const void *)cursor->next;
	length = cmsg_length(cursor->item);
	if (length < sizeof *cursor->item || length > cursor->left)
		return CMSG_MALFORMED;
	space = smaller(CMSG_SPACE(length - CMSG_LEN(0)), cursor->left);
	cursor->next += space;
	cursor->left -= space;
	return CMSG_ITEM;
}

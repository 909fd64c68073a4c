/* SPDX-License-Identifier: MIT */
#include "base/cmsg_buf.h"

#include "base/sys.h"

#include <string.h>

/* Since Linux 6.5: newer than the headers of the oldest system that builds this. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

struct control control_of(const struct msghdr *message)
{
	bool offered = message->msg_control != NULL;

	return (struct control){.at = message->msg_control, .left = offered ? message->msg_controllen : 0};
}

void control_put(struct control *to, int level, int type, const void *data, size_t size)
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

/* What carries descriptors: numbers that are the process's own when they are there. */
static bool has_descriptors(const struct cmsghdr *item)
{
	return item->cmsg_level == SOL_SOCKET && (item->cmsg_type == SCM_RIGHTS || item->cmsg_type == SCM_PIDFD);
}

/* net/core/scm.c: the descriptors that fit, and no item where none does. */
static void pass_descriptors(struct control *to, int type, const int *fds, size_t count)
{
	size_t fit = to->left > CMSG_LEN(0) ? smaller((to->left - CMSG_LEN(0)) / sizeof *fds, count) : 0;

	for (size_t i = fit; i < count; i++) {
		sys_close(fds[i]);
		to->truncated = true;
	}
	if (fit > 0)
		control_put(to, SOL_SOCKET, type, fds, fit * sizeof *fds);
}

void control_pass(struct control *to, const struct cmsghdr *item)
{
	size_t size = item->cmsg_len - CMSG_LEN(0);

	if (has_descriptors(item))
		pass_descriptors(to, item->cmsg_type, (const int *)CMSG_DATA(item), size / sizeof(int));
	else
		control_put(to, item->cmsg_level, item->cmsg_type, CMSG_DATA(item), size);
}

void control_end(const struct control *to, struct msghdr *message)
{
	message->msg_controllen = to->used;
	if (to->truncated)
		message->msg_flags |= MSG_CTRUNC;
}

void control_give(const struct msghdr *received, struct msghdr *message)
{
	struct control to = control_of(message);
	struct cursor cursor = cursor_at(received);

	while (cursor_next(&cursor) == CURSOR_ITEM)
		control_pass(&to, cursor.item);
	control_end(&to, message);
}

struct cursor cursor_at(const struct msghdr *message)
{
	bool offered = message->msg_control != NULL;

	return (struct cursor){.next = message->msg_control, .left = offered ? message->msg_controllen : 0};
}

enum cursor_state cursor_next(struct cursor *cursor)
{
	size_t space;

	if (cursor->left < sizeof *cursor->item)
		return CURSOR_END;
	cursor->item = (const void *)cursor->next;
	if (cursor->item->cmsg_len < sizeof *cursor->item || cursor->item->cmsg_len > cursor->left)
		return CURSOR_MALFORMED;
	space = smaller(CMSG_SPACE(cursor->item->cmsg_len - CMSG_LEN(0)), cursor->left);
	cursor->next += space;
	cursor->left -= space;
	return CURSOR_ITEM;
}

#include "control.h"

#include <string.h>

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
	memcpy(to->at + CMSG_LEN(0), data, length - CMSG_LEN(0));
	space = smaller(space, to->left);
	to->at += space;
	to->left -= space;
	to->used += space;
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

/* SPDX-License-Identifier: MIT */
#include "calls/name_buf.h"

#include <string.h>

struct name_buf name_buf_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours)
{
	if (to != NULL && capacity >= sizeof *ours)
		return (struct name_buf){to, capacity};
	return (struct name_buf){(struct sockaddr *)ours, sizeof *ours};
}

void name_buf_give(const struct name_buf *buf, void *to, socklen_t capacity)
{
	if (buf->at != to && to != NULL)
		memcpy(to, buf->at, capacity < buf->length ? capacity : buf->length);
}

void name_buf_give_instead(const struct name_buf *buf, const struct address *shown, void *to, socklen_t capacity)
{
	if (buf->at == to) /* there is room for both families; behind an AF_INET address the rest becomes zero */
		memcpy(to, &shown->in6, sizeof shown->in6);
	else if (to != NULL)
		memcpy(to, &shown->any, capacity < shown->length ? capacity : shown->length);
}

void name_buf_abandon(const struct name_buf *buf, const void *to, socklen_t *length)
{
	if (buf->at == to)
		*length = buf->length;
}

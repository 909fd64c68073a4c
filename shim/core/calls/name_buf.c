/* SPDX-License-Identifier: MIT */
#include "calls/name_buf.h"

#include <string.h>

struct name_buf name_buf_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours)
{
	if (to != NULL && capacity >= sizeof *ours)
		return (struct name_buf){to, capacity};
	return (struct name_buf){(struct sockaddr *)ours, sizeof *ours};
}

bool name_buf_is_in6(const struct name_buf *buf)
{
	return buf->length == sizeof(struct sockaddr_in6) && buf->at->sa_family == AF_INET6;
}

struct address name_buf_in6(const struct name_buf *buf)
{
	struct address address = {.length = sizeof address.in6};

	memcpy(&address.in6, buf->at, sizeof address.in6);
	return address;
}

void name_buf_give(const struct name_buf *buf, void *to, socklen_t capacity)
{
	if (buf->at != to && to != NULL)
		memcpy(to, buf->at, capacity < buf->length ? capacity : buf->length);
}

void name_buf_give_instead(const struct name_buf *buf, const struct address *shown, void *to, socklen_t capacity)
{
	if (to == NULL)
		return;
	memcpy(to, &shown->any, capacity < shown->length ? capacity : shown->length);
	if (buf->at == to && shown->length < sizeof(struct sockaddr_in6))
		memset((char *)to + shown->length, 0, sizeof(struct sockaddr_in6) - shown->length);
}

void name_buf_abandon(const struct name_buf *buf, const void *to, socklen_t *length)
{
	if (buf->at == to)
		*length = buf->length;
}

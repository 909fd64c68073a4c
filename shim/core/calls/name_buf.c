/* SPDX-License-Identifier: MIT */
#include "calls/name_buf.h"

#include <string.h>

struct room room_for(void *to, socklen_t capacity, struct sockaddr_in6 *ours)
{
	if (to != NULL && capacity >= sizeof *ours)
		return (struct room){to, capacity};
	return (struct room){(struct sockaddr *)ours, sizeof *ours};
}

bool room_is_in6(const struct room *room)
{
	return room->length == sizeof(struct sockaddr_in6) && room->at->sa_family == AF_INET6;
}

struct address room_in6(const struct room *room)
{
	struct address address = {.length = sizeof address.in6};

	memcpy(&address.in6, room->at, sizeof address.in6);
	return address;
}

void room_give(const struct room *room, void *to, socklen_t capacity)
{
	if (room->at != to && to != NULL)
		memcpy(to, room->at, capacity < room->length ? capacity : room->length);
}

void room_give_instead(const struct room *room, const struct address *shown, void *to, socklen_t capacity)
{
	if (to == NULL)
		return;
	memcpy(to, &shown->any, capacity < shown->length ? capacity : shown->length);
	if (room->at == to && shown->length < sizeof(struct sockaddr_in6))
		memset((char *)to + shown->length, 0, sizeof(struct sockaddr_in6) - shown->length);
}

void room_abandon(const struct room *room, const void *to, socklen_t *length)
{
	if (room->at == to)
		*length = room->length;
}

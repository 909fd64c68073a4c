/* SPDX-License-Identifier: MIT */
/* One reception by any of the calls, and what it wrote. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <string.h>

const char *const receiving_calls[RECEIVING_CALLS] = {"recvfrom", "recvfrom_chk", "recvmsg", "recvmmsg"};

const struct place places[] = {
    {"0", true, true, 0},          {"2", true, true, 2},          {"15", true, true, 15},
    {"16", true, true, 16},        {"27", true, true, 27},        {"28", true, true, 28},
    {"128", true, true, 128},      {"160", true, true, 160},      {"-1", true, true, (socklen_t)-1},
    {"no-name", false, true, 128}, {"no-length", true, false, 0}, {"none", false, false, 0},
};
const size_t place_count = sizeof places / sizeof places[0];

/* In a message the length is no pointer. */
bool is_impossible(enum call call, const struct place *place)
{
	return call >= RECVMSG && place->name && !place->length;
}

void message_prepare(struct message *message, struct mmsghdr *header, const struct place *place, size_t data,
		     size_t control)
{
	fill(message, sizeof *message);
	message->part = (struct iovec){message->data, data};
	memset(&message->given, 0, sizeof message->given);
	message->given.msg_len = 0x55555555;
	message->given.msg_hdr = (struct msghdr){
	    .msg_name = place->name ? message->name : NULL,
	    .msg_namelen = place->length ? place->capacity : 0,
	    .msg_iov = &message->part,
	    .msg_iovlen = 1,
	    .msg_control = control > 0 ? message->control : NULL,
	    .msg_controllen = control,
	    .msg_flags = 0x00aa0000,
	};
	*header = message->given;
}

/* The pointers are the program's own, whatever the call did with the rest. */
void message_say(const struct message *message, const struct mmsghdr *header)
{
	const struct msghdr *now = &header->msg_hdr, *given = &message->given.msg_hdr;

	if (header->msg_len != message->given.msg_len)
		say("len=%u", header->msg_len);
	say("namelen=%d controllen=%zu flags=%s", (int)now->msg_namelen, (size_t)now->msg_controllen,
	    flags_name(now->msg_flags));
	if (now->msg_name != given->msg_name || now->msg_iov != given->msg_iov ||
	    now->msg_iovlen != given->msg_iovlen || now->msg_control != given->msg_control ||
	    message->part.iov_base != message->data)
		say("POINTERS HAVE CHANGED");
	say_name("name", message->name, sizeof message->name);
	say_bytes("data", message->data, sizeof message->data);
	say_control(now, message->control, sizeof message->control);
}

static void receive_name_and_say(int fd, enum call call, int flags, const struct place *place, size_t size)
{
	unsigned char data[256], name[192];
	struct sockaddr *at = place->name ? (struct sockaddr *)name : NULL;
	socklen_t length = place->capacity;
	socklen_t *told = place->length ? &length : NULL;

	fill(data, sizeof data);
	fill(name, sizeof name);
	errno = 0;
	if (call == RECVFROM)
		say_result(recvfrom(fd, data, size, flags, at, told));
	else
		say_result(__recvfrom_chk(fd, data, size, sizeof data, flags, at, told));
	say("length=%d", (int)length);
	say_name("name", name, sizeof name);
	say_bytes("data", data, sizeof data);
}

void receive_and_say(int fd, enum call call, int flags, const struct place *place, size_t data, size_t control)
{
	struct message message;
	struct mmsghdr header;

	if (call < RECVMSG) {
		receive_name_and_say(fd, call, flags, place, data);
		return;
	}
	message_prepare(&message, &header, place, data, control);
	errno = 0;
	if (call == RECVMSG)
		say_result(recvmsg(fd, &header.msg_hdr, flags));
	else
		say_result(recvmmsg(fd, &header, 1, flags, NULL));
	message_say(&message, &header);
}

/* SPDX-License-Identifier: MIT */
/*
 * A message on its way out: to whom it goes, with which ancillary data, and what becomes of it where the socket
 * turns out to be an AF_INET one. send.h for one, and for several at once, has it in common.
 *
 * No lock, no malloc.
 */
#ifndef DUALBIND_CALLS_LETTER_H
#define DUALBIND_CALLS_LETTER_H

#include "base/address.h"
#include "calls/destination.h"
#include "calls/send.h"
#include "config/settings.h"

/* A call for one message or several, made by the function that the program called: a sandbox may allow no other. */
struct sender {
	const struct settings *settings;
	int fd, flags;
	unsigned count; /* of messages: of sendmmsg(2) */
	ssize_t (*send)(const struct sender *sender, struct msghdr *first);
	union {
		native_sendto *sendto;
		native_sendmsg *sendmsg;
		native_sendmmsg *sendmmsg;
	};
};

/* The settings, where a destination may have to be resolved. Where no rule names
 * UDP it is only that of a connection that MSG_FASTOPEN makes. */
const struct settings *letter_settings(int flags);

/* Room for what is resolved of one message; a program sends an item or two. */
enum { LETTER_CONTROL_BYTES = 256 };

struct letter {
	struct address to;
	void *control; /* that room, aligned as a struct cmsghdr */
};

/* MESSAGE, a copy of the program's, becomes what is to be sent, and LETTER what it points to; the room is given. ROUTE_NONE: it is
 * refused, with errno. */
enum route letter_write(const struct sender *sender, struct msghdr *message, struct letter *letter);

/* The resolved messages from OURS on, the first of which goes TO. ROUTE_NATIVE: what the program gave is meant.
 * Otherwise *RESULT is the call's. */
enum route letter_send(const struct sender *sender, struct msghdr *ours, const struct address *to, ssize_t *result);

/* Of a message's name the kernel takes no more than a struct sockaddr_storage, without a word. */
socklen_t letter_name_length(const struct msghdr *message);

#endif

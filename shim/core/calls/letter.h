/* SPDX-License-Identifier: MIT */
/*
 * A letter is a message on its way out: to which peer it goes, with which ancillary data, and what happens if the
 * socket turns out to be an AF_INET one. Used by send.h, for one message and for several at once.
 *
 * No lock, no malloc.
 */
#ifndef DUALBIND_CALLS_LETTER_H
#define DUALBIND_CALLS_LETTER_H

#include "base/address.h"
#include "calls/destination.h"
#include "calls/send.h"
#include "config/settings.h"

/* Sends one message or several, by the function that the program has called: a sandbox may allow no other. */
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

/* The settings, if a destination may have to be resolved; else NULL. Without a rule for UDP
 * that is only so for a connection that MSG_FASTOPEN makes. */
const struct settings *letter_settings(int flags);

/* Room for the ancillary data of one message; programs send an item or two. */
enum { LETTER_CONTROL_BYTES = 256 };

struct letter {
	struct address to;
	void *control; /* that room, aligned as a struct cmsghdr */
};

/* MESSAGE, a copy of the program's, becomes what is to be sent; LETTER, whose control is set, holds what it points
 * to. ROUTE_NONE: it is refused, with errno. */
enum route letter_write(const struct sender *sender, struct msghdr *message, struct letter *letter);

/* Sends the resolved messages from OURS on; the first one goes to TO. ROUTE_NATIVE: send what the program gave.
 * Otherwise *RESULT is the call's. */
enum route letter_send(const struct sender *sender, struct msghdr *ours, const struct address *to, ssize_t *result);

/* The kernel silently cuts a message's name to the size of a struct sockaddr_storage. */
socklen_t letter_name_length(const struct msghdr *message);

#endif

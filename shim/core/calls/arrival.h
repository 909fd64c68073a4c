/* SPDX-License-Identifier: MIT */
/*
 * Arrival: a message that the kernel has received, and what the program gets of it.
 *
 * First the kernel receives, into the program's own buffers, or into ours if these are
 * too small for what an AF_INET6 socket gets. Only if the message has an AF_INET6 name
 * or ancillary data of IPPROTO_IPV6 is the socket's mark read. What the program gets is
 * then cut to its buffers, as the kernel cuts it.
 *
 * No lock, no malloc.
 */
#ifndef DUALBIND_CALLS_ARRIVAL_H
#define DUALBIND_CALLS_ARRIVAL_H

#include "calls/cmsg_translate.h"
#include "calls/name_buf.h"

/* What is known of the socket, kept from one message of a call to the next. */
struct arrival {
	const struct settings *settings;
	int fd, flags;
	enum { UNASKED, UNHINTED, SHOWN_AS_IPV4, AS_IT_IS } socket;
};

/* False: nothing on this socket needs to be shown in another way. */
bool arrival_start(struct arrival *arrival, int fd, int flags);

/* DROPPED: the program must not see the message; its buffers may have been written to, its
 * lengths not. */
enum outcome { DELIVERED, DROPPED };

/* How many bytes of a buffer of ours MESSAGE needs for its ancillary data. 0: none. */
size_t arrival_control_bytes(const struct msghdr *message);

/* Gives *OURS, a copy of MESSAGE, the buffers that the kernel is to fill: MESSAGE's own, or NAME and
 * CONTROL, which has as many bytes as are needed. */
void arrival_prepare(const struct msghdr *message, struct msghdr *ours, struct sockaddr_in6 *name, void *control);

/* To be called after the kernel has filled RECEIVED. MESSAGE has the program's buffers, with their sizes; they
 * may be the same ones. */
enum outcome arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message);

/* Whether the socket is to be shown as an AF_INET one. One or two system calls, the first time. */
bool arrival_is_ipv4(struct arrival *arrival);

/* To be called after the call has failed. */
void arrival_abandon(const struct msghdr *received, struct msghdr *message);

/* Whether a message that is dropped stays in the queue, since the call only looks at it. */
bool arrival_stays(const struct arrival *arrival);

#endif

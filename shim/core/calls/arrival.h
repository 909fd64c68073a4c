/* SPDX-License-Identifier: MIT */
/*
 * Arrival: a message that the kernel has received, and what the program gets of it.
 *
 * The kernel's answer comes first: into the program's own buffers, or where these are
 * too small for what an AF_INET6 socket is told, into ours. It shows whether there is
 * anything to ask. The socket's mark is asked for where the message has an AF_INET6 name or
 * ancillary data of IPPROTO_IPV6, and on no other socket; what the program gets is
 * then cut as the kernel cuts it.
 *
 * No lock, no malloc.
 */
#ifndef DUALBIND_CALLS_ARRIVAL_H
#define DUALBIND_CALLS_ARRIVAL_H

#include "calls/cmsg_translate.h"
#include "calls/name_buf.h"

/* What is known of the socket, from one message to the next. */
struct arrival {
	const struct settings *settings;
	int fd, flags;
	enum { UNASKED, UNHINTED, SHOWN_AS_IPV4, AS_IT_IS } socket;
};

/* False: there is nothing to present. */
bool arrival_start(struct arrival *arrival, int fd, int flags);

/* DROPPED: nothing of it may be shown; the program's buffers may have been written, its
 * lengths not. */
enum outcome { DELIVERED, DROPPED };

/* How many bytes of ours MESSAGE needs for its ancillary data. 0: none. */
size_t arrival_control_bytes(const struct msghdr *message);

/* *OURS, a copy of MESSAGE, gets the buffers that the kernel is to fill: MESSAGE's, or ours, NAME and
 * CONTROL, which has as many bytes as are needed. */
void arrival_prepare(const struct msghdr *message, struct msghdr *ours, struct sockaddr_in6 *name, void *control);

/* After the kernel has filled RECEIVED. MESSAGE has the program's buffers, with their sizes; they
 * may be the same ones. */
enum outcome arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message);

/* Whether its socket is to be shown as an AF_INET one. One system call or two where nobody has asked yet. */
bool arrival_is_ipv4(struct arrival *arrival);

/* After it failed. */
void arrival_abandon(const struct msghdr *received, struct msghdr *message);

/* Whether a message that is dropped stays in the queue, since it was only looked at. */
bool arrival_stays(const struct arrival *arrival);

#endif

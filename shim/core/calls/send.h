/* SPDX-License-Identifier: MIT */
/*
 * sendto(2), sendmsg(2), sendmmsg(2): a datagram that the program sends to an address
 * which it was shown goes to the real one, with its ancillary data of IPPROTO_IP.
 *
 * A datagram to an IPv4 peer goes out as the program gave it, at the cost of a
 * comparison: an AF_INET6 socket takes AF_INET destinations. No lock, no malloc.
 * NATIVE is the call that the program meant.
 */
#ifndef DUALBIND_CALLS_SEND_H
#define DUALBIND_CALLS_SEND_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct mmsghdr;

typedef ssize_t native_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
			      socklen_t length);
typedef ssize_t native_sendmsg(int fd, const struct msghdr *message, int flags);
typedef int native_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);

ssize_t call_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		    socklen_t length, native_sendto *native);
ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags, native_sendmsg *native);
int call_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, native_sendmmsg *native);

#endif

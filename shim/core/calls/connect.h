/* SPDX-License-Identifier: MIT */
/*
 * connect(2), to an address that the program was shown (destination.h).
 */
#ifndef DUALBIND_CALLS_CONNECT_H
#define DUALBIND_CALLS_CONNECT_H

#include "calls/destination.h"

/* For a connection, or a datagram socket's fixed peer. */
enum route connect_destination(const struct settings *settings, int fd, const struct sockaddr *address,
			       socklen_t length, struct address *to);

typedef int native_connect(int fd, const struct sockaddr *address, socklen_t length);

/* connect(2); NATIVE is the call that the program meant. */
int call_connect(int fd, const struct sockaddr *address, socklen_t length, native_connect *native);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What accept, getsockname and getpeername show of a marked socket, as
 * show.h says.
 *
 * First the kernel writes the name, into a name_buf.h; only if it is an AF_INET6 address is more
 * done. No lock, no malloc. NATIVE is the call that the program meant.
 */
#ifndef DUALBIND_CALLS_NAMES_H
#define DUALBIND_CALLS_NAMES_H

#include <stdbool.h>
#include <sys/socket.h>

typedef int native_accept(int listener, struct sockaddr *address, socklen_t *length, int flags);
typedef int native_name(int fd, struct sockaddr *address, socklen_t *length);

/*
 * accept4(2). A connection from an IPv4 client becomes an AF_INET socket
 * (IPV6_ADDRFORM). If no rule is for TCP, only the native call is made.
 */
int call_accept(int listener, struct sockaddr *address, socklen_t *length, int flags, native_accept *native);

/* getsockname(2) and getpeername(2). A socket that the program has bound to
 * ::ffff:0.0.0.0 has that name again. */
int call_getsockname(int fd, struct sockaddr *address, socklen_t *length, native_name *native);
int call_getpeername(int fd, struct sockaddr *address, socklen_t *length, native_name *native);

/* Whether FD is an AF_INET6 socket that is shown as an AF_INET one. */
bool names_are_shown(int fd);

#endif

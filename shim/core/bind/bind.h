/* SPDX-License-Identifier: MIT */
/*
 * What happens when the program calls bind(2) and listen(2). The socket is
 * converted (perform.h), or one of ours that is in the program's way yields
 * (yield.h), or nothing happens.
 *
 * Both functions are async-signal-safe: no malloc, no lock. If anything fails, the native call is
 * made on the program's own socket, and its result is returned.
 */
#ifndef DUALBIND_BIND_BIND_H
#define DUALBIND_BIND_BIND_H

#include "bind/bind_request.h"

#include <sys/socket.h>

typedef int native_listen(int fd, int backlog);

/* bind(2); NATIVE is the call that the program meant. SETTINGS, here and below: NULL if there is
 * nothing to do. */
int call_bind(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
	      native_bind *native);

/* To be called after the C library itself has bound FD, without calling bind(2) by its name. A TCP socket
 * is left for listen(2), since it may be a client's. */
void call_bound(const struct settings *settings, int fd);

/*
 * listen(2). Converts sockets that could not be converted at bind: the kernel has
 * chosen the port, listen itself binds the socket, or it was bound before the shim was
 * there. A socket that already listens is left as it is: connections may wait in its
 * queue.
 */
int call_listen(const struct settings *settings, int fd, int backlog, native_listen *native);

#endif

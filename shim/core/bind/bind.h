/* SPDX-License-Identifier: MIT */
/*
 * What happens when the program calls bind(2) and listen(2). A socket
 * is converted (convert.h), or one that would be in the program's way yields
 * (yield.h), or nothing happens.
 *
 * Both functions are async-signal-safe: no malloc, no lock. Whatever cannot be had, the native
 * call runs on the program's own socket, and its result is the result.
 */
#ifndef DUALBIND_BIND_BIND_H
#define DUALBIND_BIND_BIND_H

#include "bind/bind_request.h"

#include <sys/socket.h>

typedef int native_listen(int fd, int backlog);

/* bind(2); NATIVE is the call that the program meant. SETTINGS, here and below: NULL where
 * there is nothing to be done. */
int call_bind(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
	      native_bind *native);

/* After the C library itself has bound FD, past bind(2). A TCP socket waits for
 * listen(2): it may be a client's. */
void call_bound(const struct settings *settings, int fd);

/*
 * listen(2). Converts what bind could not know: a port that the kernel chose,
 * a socket that listen itself binds, one that was bound before the shim was
 * there. A listener that listens again is left as it is: connections may wait
 * in its queue.
 */
int call_listen(const struct settings *settings, int fd, int backlog, native_listen *native);

#endif

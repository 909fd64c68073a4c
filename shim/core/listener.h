/*
 * Listeners: what happens when the program calls bind(2) and listen(2).
 *
 *   convert  an AF_INET socket on 0.0.0.0 (or, where a rule says so, on
 *            127.0.0.1) becomes an AF_INET6 dual-stack socket on ::
 *   widen    the program's own AF_INET6 socket on :: loses IPV6_V6ONLY,
 *            where a [::]: rule says so
 *   yield    either is undone, because the program itself binds the other
 *            family at that port: such a program is dual-stack already, and
 *            its second bind must not meet our socket
 *
 * Both functions are async-signal-safe and leave errno alone on success, as
 * bind and listen do: no malloc, no lock. Whatever cannot be had, the native
 * call runs on the program's own socket, and its result is the result.
 */
#ifndef DUALBIND_LISTENER_H
#define DUALBIND_LISTENER_H

#include "yield.h"

#include <sys/socket.h>

typedef int native_listen(int fd, int backlog);

/* bind(2); NATIVE is the call that the program meant. */
int listener_bind(int fd, const struct sockaddr *address, socklen_t length, native_bind *native);

/*
 * listen(2). Converts what bind could not know: a port that the kernel chose,
 * a socket that listen itself binds, one that was bound before the shim was
 * there. A listener that listens again is left as it is: connections may wait
 * in its queue.
 */
int listener_listen(int fd, int backlog, native_listen *native);

#endif

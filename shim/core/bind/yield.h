/* SPDX-License-Identifier: MIT */
/*
 * Yield: give a program its own kind of socket back, because it, or a stranger,
 * serves the other family at the port.
 */
#ifndef DUALBIND_BIND_YIELD_H
#define DUALBIND_BIND_YIELD_H

#include "bind/bind_request.h"
#include "process/sharers.h"
#include "socket/sock.h"

#include <stdbool.h>

/*
 * Whether a swap would leave others with the old socket: processes
 * that serve on it too (nginx's workers, while their master reloads), a thread
 * that sleeps in accept or recvfrom, clients
 * that wait for it. A datagram in the queue is no reason: its sender asks again.
 */
bool yield_is_in_use(const struct sock *sock, enum sharers sharers);

/* What to ask at the last moment: nothing, whether it is in use, or also whether any io_uring waits
 * for whatever. */
enum yield_if { YIELD_ANYWAY, YIELD_UNLESS_USED, YIELD_UNLESS_RINGS_WAIT };

/*
 * SOCK, which is ours and bound to the wildcard address at the request's port, becomes the program's
 * own kind again. False with errno; EBADF or ENOTSOCK: another thread has closed it.
 */
bool yield_socket(const struct bind_request *request, const struct sock *sock, enum yield_if condition);

/* Wait until a listener that has yielded is gone (listener_remains.h), about a tenth of a second at
 * most. Whether it remains. */
bool yield_wait(ino_t listener);

/* The program has set an option that FD, one of ours, cannot have. True: it is the program's
 * own kind again. Not where it is in use, or connected. errno is undefined. */
bool yield_for_option(const struct settings *settings, int fd);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Yield: give the program its own kind of socket back, because it, or another
 * program, serves the other family at the port.
 */
#ifndef DUALBIND_BIND_YIELD_H
#define DUALBIND_BIND_YIELD_H

#include "bind/bind_request.h"
#include "process/sharers.h"
#include "socket/sock.h"

#include <stdbool.h>

/*
 * Whether a swap would leave others with the old socket: processes that serve on it,
 * too (nginx's workers, while their master reloads), a thread that sleeps in accept or
 * recvfrom, or clients that wait in its queue. Datagrams in the queue do not count: their
 * senders will repeat them.
 */
bool yield_is_in_use(const struct sock *sock, enum sharers sharers);

/* What to check at the last moment: nothing, whether it is in use, or also whether an io_uring waits at
 * any such socket. */
enum yield_if { YIELD_ANYWAY, YIELD_UNLESS_USED, YIELD_UNLESS_RINGS_WAIT };

/*
 * SOCK, which is ours and bound to the wildcard address at the request's port, becomes a socket of the
 * program's own kind again. False with errno; EBADF or ENOTSOCK: another thread has closed it.
 */
bool yield_socket(const struct bind_request *request, const struct sock *sock, enum yield_if condition);

/* Wait until the old listener of one that has yielded is gone (listener_remains.h), about a tenth of a second at
 * most. True: it still remains. */
bool yield_wait(ino_t listener);

/* To be called if the program has set an option that FD, one of ours, cannot have. True: it is of the program's own
 * kind again. False if it is in use, or connected. errno is undefined. */
bool yield_for_option(const struct settings *settings, int fd);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Yield: give a program its own kind of socket back, because it, or a stranger,
 * serves the other family at the port.
 */
#ifndef DUALBIND_BIND_YIELD_H
#define DUALBIND_BIND_YIELD_H

#include "bind/bind_request.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether a swap would leave somebody behind with the old socket: processes
 * that serve on it too (nginx's workers, while their master reloads), a thread
 * that sleeps in accept or recvfrom, an io_uring that waits for whatever, clients
 * that wait for it. A datagram in the queue is no reason: its sender asks again.
 */
bool yield_is_in_use(int fd);

enum yield_way { WAY_WAS_FREE, WAY_YIELDED, WAY_BESIDE };

struct yielded {
	enum yield_way way;
	ino_t listener; /* that has yielded, the last one; or 0 */
};

/*
 * The program is about to bind at the request's address: whatever of ours would
 * be in the way, and was not in its way without us, yields. WAY_YIELDED: the
 * program's socket is to be bound by yield_bind_instead(). WAY_BESIDE: one is in use
 * and stays, and it is to be bound by yield_bind_beside().
 */
struct yielded yield_make_way(const struct bind_request *request);

/* bind(2), in the place of what has yielded. Where that remains for a moment
 * (listener_remains.h) it is waited for, about a tenth of a second at most. */
int yield_bind_instead(const struct bind_request *request, ino_t listener, const struct sockaddr *address,
		       socklen_t length, native_bind *native);

/* Natively a second dual-stack socket has no place beside the first. */
bool yield_has_room(const struct bind_request *request);

/*
 * bind(2), beside a socket of ours that stays. SO_REUSEPORT stays set on
 * success, since listen(2) looks at it again.
 */
int yield_bind_beside(const struct bind_request *request, const struct sockaddr *address, socklen_t length,
		      native_bind *native);

/*
 * listen(2) failed with EADDRINUSE on FD, since somebody holds the port in the
 * other family, whom bind(2) could not see: both sockets had SO_REUSEADDR and
 * neither listened. Either FD is ours, and the other one a stranger, or FD is
 * the program's own, and another thread has converted in between. True: one has
 * yielded, and listen(2) is to be repeated.
 */
bool yield_to_other(const struct settings *settings, int fd);

/*
 * The program is about to have io_uring(7) accept or receive at the request's socket, INODE,
 * which would be shown to it as AF_INET6. WAITS: a ring may wait at it already, and would be left
 * behind. True: it is the program's own kind again.
 */
bool yield_to_ring(const struct bind_request *request, ino_t inode, bool waits);

/* The program has set an option that FD, one of ours, cannot have. True: it is the program's
 * own kind again. Not where it is in use, or connected. errno is undefined. */
bool yield_for_option(const struct settings *settings, int fd);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Swap: put a socket of another family, or another V6ONLY, under a
 * descriptor, with everything that the old one carried.
 *
 * The new socket has the same type, protocol (MPTCP stays MPTCP), options,
 * status flags, owner and signal. Every descriptor of its process (target.h) that meant
 * the old socket means the new one, under the same number and with the same
 * close-on-exec flag; epoll registrations follow. It is bound beside the old
 * one, and listens if the old one listened, before anything is replaced: on
 * failure the old socket is as it was, and there was no moment at which the
 * port was free.
 */
#ifndef DUALBIND_SWAP_SWAP_H
#define DUALBIND_SWAP_SWAP_H

#include "base/address.h"
#include "socket/sock.h"
#include "swap/sock_refs.h"

#include <stdbool.h>

struct swap {
	const struct sock *old;
	/* Where the new socket binds, unless it is the wildcard address with port 0.
	 * Its family is the new one. */
	struct address local;
	bool v6only;                 /* for AF_INET6 */
	enum mark mark;              /* what the new socket is marked with */
	const struct ref_list *refs; /* of the old one, where the caller knows them; NULL */
	bool alone;                  /* do not ask /proc what else means the socket: nothing does */
	/* REUSE_ADDR, REUSE_PORT: set while it binds, beside other sockets which have them at the moment, too. If
	 * there are any, the caller has its turn (turn.h). */
	unsigned options;
	bool dry_run; /* all but the bind, and what comes after it */
	bool yields;  /* no ring may wait at the old one either */
	/* Whether to give up (EBUSY), or NULL. Called as late as possible: a process that
	 * forks or connects after that keeps the old socket. */
	bool (*is_in_use)(const struct sock *sock);
};

/*
 * False where it could not be done; the reason is in errno, and the socket,
 * its descriptors and registrations are unchanged. Uses no malloc and no
 * lock. The socket must not be connected. EXDEV: it is in another network
 * namespace than the calling thread. EBADF: it was closed meanwhile.
 */
bool swap_socket(const struct swap *swap);

#endif

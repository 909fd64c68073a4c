/* SPDX-License-Identifier: MIT */
/*
 * The fixed peer that connect(2) gives a datagram socket.
 *
 * A program may change the peer as often as it likes. An AF_INET6 socket allows that only
 * within one family, unless the old peer is dissolved first; and after connect(AF_UNSPEC) it
 * still receives, over IPv6, only from its last peer (both measured: the kernel does not clear
 * everything that it had set). A fresh socket in its place does not have that fault.
 */
#ifndef DUALBIND_BIND_UDP_PEER_H
#define DUALBIND_BIND_UDP_PEER_H

#include "base/address.h"

#include <stdbool.h>

/* Whether FD has a peer. A socket without one must not be replaced: there is nothing to
 * clear, and what waits in its queue would be lost. */
bool udp_peer_is_there(int fd);

/* To be called after connect(2) has dissolved FD's peer: puts a fresh socket there. If another thread waits at FD the
 * socket stays, since the thread would wait at the old one for ever; then it receives from any IPv4 peer, as
 * natively. */
void udp_peer_dissolved(int fd);

/*
 * To be called before connect(2) gives FD the peer TO, the real address, after it was resolved. True: the old peer
 * was of the other family, and is dissolved; the socket stays, with its queue and its port, even if the kernel has
 * chosen that. For an IPv4 peer nothing is asked until this process has connected a socket to an IPv6 one: only then
 * there may be one to replace. (It is not known if another program has connected the socket, and passed it on by
 * exec.)
 */
bool udp_peer_changes(int fd, const struct address *to);
void udp_peer_connected(const struct address *to);

#endif

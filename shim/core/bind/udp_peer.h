/* SPDX-License-Identifier: MIT */
/*
 * The fixed peer that connect(2) gives a datagram socket.
 *
 * A program may change it as it likes, which an AF_INET6 socket allows only
 * within one family, unless the old one is dissolved first; and after connect(AF_UNSPEC) that
 * socket goes on hearing of IPv6 its last peer alone (both measured: the kernel does not clear all
 * that it had set). A fresh socket at the same place does not.
 */
#ifndef DUALBIND_BIND_UDP_PEER_H
#define DUALBIND_BIND_UDP_PEER_H

#include "base/address.h"

#include <stdbool.h>

/* Whether FD has one. A socket without must not be renewed: nothing is left to
 * clear, and what waits in its queue would be lost. */
bool udp_peer_is_there(int fd);

/* After connect(2) has dissolved FD's peer: a fresh socket. Where another thread waits at FD the socket
 * stays, since it would wait at the old one for ever: any IPv4 peer is heard then, as natively. */
void udp_peer_dissolved(int fd);

/*
 * Before connect(2) gives FD the peer TO, of the family that it really has, and where TO was
 * resolved. True: the old one was of the other family, and is dissolved; the socket stays, with its queue and its
 * port, one that the kernel chose included. An IPv4 peer takes the place of an IPv6 one only where this process
 * has connected a socket to one: until then nothing is asked. (One that another program connected, and
 * handed over by exec, is not known of.)
 */
bool udp_peer_changes(int fd, const struct address *to);
void udp_peer_connected(const struct address *to);

#endif

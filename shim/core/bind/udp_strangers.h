/* SPDX-License-Identifier: MIT */
/*
 * Strangers: UDP sockets of other programs at a port, which all may share by
 * SO_REUSEADDR. An AF_INET6 socket of the same program is no stranger: it was converted,
 * too, and natively the one that was bound last also takes the datagrams of the others.
 */
#ifndef DUALBIND_BIND_UDP_STRANGERS_H
#define DUALBIND_BIND_UDP_STRANGERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether a stranger is bound to the wildcard address of either family at the UDP
 * port PORT (host byte order), in NETWORK (sock_network()). True if that cannot be told.
 */
bool strangers_share(uint16_t port, uint64_t network);

/* Reads a line of /proc/net/udp or udp6: the inode of an unconnected socket that is
 * bound to the wildcard address at PORT. False: another kind of line. */
bool stranger_parse(const char *line, uint16_t port, ino_t *inode);

#endif

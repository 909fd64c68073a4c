/* SPDX-License-Identifier: MIT */
/*
 * Strangers' UDP sockets at a port that SO_REUSEADDR lets all share. An AF_INET6
 * one of the same program is no stranger's: it was converted too, and natively
 * as well the last one bound takes the datagrams of the others.
 */
#ifndef DUALBIND_BIND_UDP_STRANGERS_H
#define DUALBIND_BIND_UDP_STRANGERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether a stranger's socket is bound to the wildcard address of either family at
 * the UDP port PORT (host byte order), in NETWORK (sock_network()). True where nothing tells.
 */
bool strangers_share(uint16_t port, uint64_t network);

/* A line of /proc/net/udp or udp6: the inode of an unconnected socket that is
 * bound to the wildcard address at PORT. False: another kind of line. */
bool stranger_parse(const char *line, uint16_t port, ino_t *inode);

#endif

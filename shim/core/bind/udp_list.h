/* SPDX-License-Identifier: MIT */
/*
 * The UDP sockets at a port, as the kernel lists them if it is asked only for these (sock_diag(7)).
 * /proc/net/udp6 lists all sockets, and takes a millisecond or more.
 */
#ifndef DUALBIND_BIND_UDP_LIST_H
#define DUALBIND_BIND_UDP_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Called for each unconnected one that is bound to the wildcard address, with its inode; 0 for the kernel's
 * own sockets. False ends the walk. */
typedef bool udp_list_visitor(void *context, ino_t inode);

/*
 * PORT is in host byte order; NETWORK is sock_network() of a socket in the namespace that is meant. False if not all
 * were visited: the kernel does not tell, a sandbox forbids to ask it, or a visit has ended the walk.
 */
bool udp_list(sa_family_t family, uint16_t port, uint64_t network, udp_list_visitor *visit, void *context);

#endif

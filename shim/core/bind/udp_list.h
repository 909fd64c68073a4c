/* SPDX-License-Identifier: MIT */
/*
 * The UDP sockets at a port, as the kernel lists them when it is asked for them alone (sock_diag(7)):
 * /proc/net/udp6 lists all there are, and takes a millisecond or more.
 */
#ifndef DUALBIND_BIND_UDP_LIST_H
#define DUALBIND_BIND_UDP_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Called for each unconnected one that is bound to the wildcard address, by its inode: 0 is the kernel's
 * own. False ends. */
typedef bool udp_list_visitor(void *context, ino_t inode);

/*
 * PORT in host byte order; NETWORK: sock_network() of whose it is to be. False where not all were visited:
 * the kernel does not tell, or a sandbox forbids to ask it, or a visit ended it.
 */
bool udp_list(sa_family_t family, uint16_t port, uint64_t network, udp_list_visitor *visit, void *context);

#endif

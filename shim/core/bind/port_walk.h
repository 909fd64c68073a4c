/* SPDX-License-Identifier: MIT */
/*
 * Finds the target's sockets at a port, and what refers to one of its sockets, in one walk through its
 * descriptors.
 */
#ifndef DUALBIND_BIND_PORT_WALK_H
#define DUALBIND_BIND_PORT_WALK_H

#include "base/transport.h"
#include "socket/sock.h"
#include "swap/sock_refs.h"

#include <stdbool.h>
#include <stdint.h>

/* Called for each socket of the target that is bound to the port and not connected. Its fd was taken from the
 * target (target.h), and is put back after the visit. False ends the walk. */
typedef bool sock_visitor(void *context, const struct sock *sock);

/*
 * PORT is in host byte order. If /proc cannot be read, or no descriptor is free to read it, the
 * first 65,536 numbers are tried one by one. REFS, which may be NULL, was begun, and gets the
 * references that the walk meets. WITHOUT_SHOWN: sockets that are shown as AF_INET may be left out, which
 * saves time in a program that has thousands of them.
 */
void port_walk(enum transport transport, uint16_t port, sock_visitor *visit, void *context, struct ref_list *refs,
	       bool without_shown);

#endif

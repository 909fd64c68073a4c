/* SPDX-License-Identifier: MIT */
/*
 * What the target already holds at a port: the question that decides
 * whether a program is dual-stack by itself.
 */
#ifndef DUALBIND_BIND_PORT_HOLDERS_H
#define DUALBIND_BIND_PORT_HOLDERS_H

#include "base/transport.h"
#include "socket/mark.h"
#include "swap/sock_refs.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct holder {
	int fd;             /* taken from the target, and put back after the visit */
	ino_t inode;        /* 0: not known */
	sa_family_t family; /* that it serves: AF_INET for an IPv4-mapped address */
	bool any;           /* bound to the wildcard address */
	enum mark mark;
};

/* Called for each socket of the target that is bound to the port and not
 * connected; it may swap the socket. False ends the walk. */
typedef bool holder_visitor(void *context, const struct holder *holder);

/*
 * PORT in host byte order. Where /proc cannot be read, or no descriptor is free
 * to read it with, the first 65,536 numbers are tried one by one. TIES, or NULL:
 * they were begun, and what the walk sees of them is noted.
 */
void holders_walk(enum transport protocol, uint16_t port, holder_visitor *visit, void *context,
		  struct ref_list *refs);

#endif

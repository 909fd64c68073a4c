/* SPDX-License-Identifier: MIT */
/*
 * getsockopt(2) and setsockopt(2) on a marked socket: it has the options of an
 * AF_INET socket, and those of IPPROTO_IP act on IPv6 packets, too.
 */
#ifndef DUALBIND_CALLS_SOCKOPT_H
#define DUALBIND_CALLS_SOCKOPT_H

#include <sys/socket.h>

typedef int native_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
typedef int native_setsockopt(int fd, int level, int name, const void *value, socklen_t length);

/* SO_DOMAIN is AF_INET; IPPROTO_IPV6 fails with EOPNOTSUPP, as on AF_INET. */
int call_getsockopt(int fd, int level, int name, void *value, socklen_t *length, native_getsockopt *native);

/* IPPROTO_IPV6 fails with ENOPROTOOPT, as on AF_INET. If the program sets something
 * that cannot be read back (TCP-MD5 and TCP-AO keys, a SO_REUSEPORT program, a
 * multicast interface by its index), the socket is marked to be kept. */
int call_setsockopt(int fd, int level, int name, const void *value, socklen_t length, native_setsockopt *native);

#endif

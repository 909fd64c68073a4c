/*
 * Present and resolve: what the program is shown of a marked socket, and what
 * its words mean on one. It asked for AF_INET, so AF_INET is what it sees:
 *
 *   ::               the wildcard address, or the 127.0.0.1 that it bound
 *   ::ffff:a.b.c.d   the IPv4 address inside
 *   ::1              127.0.0.1 (both come from this network namespace alone)
 *   any other        a synthetic address (pool.h); with DUALBIND_PEERS=native
 *                    the IPv6 address itself
 *
 * All functions leave errno alone on success, take no lock and no malloc, and
 * cost nothing but a comparison where the kernel returned no AF_INET6 address.
 */
#ifndef DUALBIND_PRESENT_H
#define DUALBIND_PRESENT_H

#include <stdbool.h>
#include <sys/socket.h>

enum whose { LOCAL_NAME, PEER_NAME };

/*
 * After accept(2) returned FD from LISTENER. ADDRESS and *LENGTH are as the
 * kernel left them (ADDRESS may be NULL); CAPACITY is what *LENGTH was before.
 * A connection from an IPv4 client becomes an AF_INET socket (IPV6_ADDRFORM).
 */
void present_accepted(int listener, int fd, struct sockaddr *address, socklen_t capacity, socklen_t *length);

/* After getsockname(2) or getpeername(2) succeeded; likewise. */
void present_name(int fd, enum whose whose, struct sockaddr *address, socklen_t capacity, socklen_t *length);

/*
 * connect(2) to an AF_INET destination: a synthetic address is the peer that it
 * stands for; on a marked socket any other one is IPv4-mapped. A synthetic
 * address that stands for nobody fails as an unreachable IPv4 address does.
 */
typedef int native_connect(int fd, const struct sockaddr *address, socklen_t length);
int present_connect(int fd, const struct sockaddr *address, socklen_t length, native_connect *native);

/* getsockopt(2) and setsockopt(2): a marked socket has the options that an
 * AF_INET socket has, and IPPROTO_IP's act on IPv6 packets too. */
typedef int native_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
typedef int native_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
int present_getsockopt(int fd, int level, int name, void *value, socklen_t *length, native_getsockopt *native);
int present_setsockopt(int fd, int level, int name, const void *value, socklen_t length, native_setsockopt *native);

#endif

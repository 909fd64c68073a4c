/*
 * Present: what accept, getsockname and getpeername show of a marked socket, as
 * show.h says.
 *
 * All functions leave errno alone where they succeed, take no lock and no malloc. Where the kernel
 * returned another address than an AF_INET6 one, they cost a comparison; where
 * accept was asked for no address, a system call or two.
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

/* After getsockname(2) or getpeername(2) succeeded; likewise. Of a socket that was
 * bound to ::ffff:0.0.0.0 the name is that again. 0, or -1 with errno: the name cannot
 * be had in full any more, since the peer has gone. */
int present_name(int fd, enum whose whose, struct sockaddr *address, socklen_t capacity, socklen_t *length);

/* Whether FD is an AF_INET6 socket that is shown as an AF_INET one. */
bool present_applies(int fd);

#endif

/*
 * Resolve: what an AF_INET destination that the program names means.
 */
#ifndef DUALBIND_RESOLVE_H
#define DUALBIND_RESOLVE_H

#include <sys/socket.h>

typedef int native_connect(int fd, const struct sockaddr *address, socklen_t length);

/*
 * connect(2). A synthetic address is the peer that it stands for; on a marked
 * socket any other AF_INET destination is IPv4-mapped. A synthetic address
 * that stands for nobody fails as an unreachable IPv4 address does.
 */
int resolve_connect(int fd, const struct sockaddr *address, socklen_t length, native_connect *native);

#endif

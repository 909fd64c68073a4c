/*
 * Clients of a TCP listener whose SYN was answered and whose ACK is on its way.
 * They are in no queue yet, belong to the listener all the same, and are reset
 * when it is closed.
 */
#ifndef DUALBIND_HANDSHAKES_H
#define DUALBIND_HANDSHAKES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the AF_INET6 listener FD has any, by /proc/net/tcp6. That does not
 * tell whose they are: of a SO_REUSEPORT group, where they are nearly always
 * another one's, nothing is said. Also false where /proc does not tell.
 */
bool handshakes_under_way(int fd);

/* Of a LINE of that file: whether it is one at PORT (host byte order). */
bool handshake_parse(const char *line, uint16_t port);

#endif

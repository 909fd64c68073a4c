/* SPDX-License-Identifier: MIT */
/*
 * Ancillary data (cmsg(3), ip(7), RFC 3542): what the kernel adds to a datagram
 * of a marked socket, as an AF_INET socket has it, and the way back.
 *
 *   IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_ORIGDSTADDR, IPV6_RECVERR,
 *   IPV6_RECVFRAGSIZE  <->  IP_PKTINFO, IP_TTL, IP_TOS, ...
 *
 * All others stay as they are. An IPv4 datagram comes with the right ones; the
 * IPV6_PKTINFO that comes with it too is dropped.
 */
#ifndef DUALBIND_CALLS_CMSG_TRANSLATE_H
#define DUALBIND_CALLS_CMSG_TRANSLATE_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * Room for all that the kernel may add to one datagram, and how much more than an
 * AF_INET socket's of the same datagram that is at most: each item of IPv6 is
 * longer by 16 bytes or less, and IPv4's comes with an IPV6_PKTINFO besides.
 */
enum { CMSG_TRANSLATE_BYTES = 1024, CMSG_TRANSLATE_GROWTH = 128 };

/*
 * RECEIVED is what the kernel filled for the marked socket FD. SHOWN, the
 * program's own, gets the ancillary data, cut as the kernel cuts them,
 * with msg_controllen and MSG_CTRUNC. Its buffer may be the same one.
 */
void cmsg_to_ipv4(const struct settings *settings, int fd, const struct msghdr *received, struct msghdr *shown);

/* Whether MESSAGE has ancillary data of LEVEL and TYPE. */
enum { CMSG_ANY = -1 };
bool cmsg_is_of(const struct msghdr *message, int level, int type);

/*
 * GIVEN is the program's message, which goes to an IPv6 peer. The CAPACITY bytes
 * at CONTROL, aligned as a struct cmsghdr, get its ancillary data, and *LENGTH
 * their length. 0; EINVAL where they are malformed, as the kernel checks them;
 * ENOBUFS where they do not fit.
 */
int cmsg_to_ipv6(const struct settings *settings, const struct msghdr *given, void *control, size_t capacity,
		 size_t *length);

#endif

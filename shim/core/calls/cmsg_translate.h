/* SPDX-License-Identifier: MIT */
/*
 * Ancillary data (cmsg(3), ip(7), RFC 3542): what the kernel adds to a datagram
 * of a marked socket becomes what an AF_INET socket gets, and the other way round.
 *
 *   IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_ORIGDSTADDR, IPV6_RECVERR,
 *   IPV6_RECVFRAGSIZE  <->  IP_PKTINFO, IP_TTL, IP_TOS, ...
 *
 * All others stay as they are. An IPv4 datagram comes with the right items, and with
 * an IPV6_PKTINFO as well, which is dropped.
 */
#ifndef DUALBIND_CALLS_CMSG_TRANSLATE_H
#define DUALBIND_CALLS_CMSG_TRANSLATE_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * Room for all that the kernel may add to one datagram; and by how much that can be more than
 * what an AF_INET socket gets with the same datagram: each item of IPv6 is longer by 16 bytes or
 * less, and with those of IPv4 comes an IPV6_PKTINFO.
 */
enum { CMSG_TRANSLATE_BYTES = 1024, CMSG_TRANSLATE_GROWTH = 128 };

/*
 * RECEIVED is what the kernel has filled for the marked socket FD. SHOWN, the
 * program's message, gets the ancillary data, cut as the kernel cuts them,
 * with msg_controllen and MSG_CTRUNC. Both may have the same buffer.
 */
void cmsg_to_ipv4(const struct settings *settings, int fd, const struct msghdr *received, struct msghdr *shown);

/* Whether MESSAGE has ancillary data of LEVEL and TYPE. */
enum { CMSG_ANY = -1 };
bool cmsg_is_of(const struct msghdr *message, int level, int type);

/*
 * GIVEN is the program's message, which goes to an IPv6 peer. Its ancillary data are
 * written to the CAPACITY bytes at CONTROL, which are aligned as a struct cmsghdr, and
 * their length to *LENGTH. Returns 0; EINVAL if the kernel would find the program's data
 * malformed; ENOBUFS if they do not fit.
 */
int cmsg_to_ipv6(const struct settings *settings, const struct msghdr *given, void *control, size_t capacity,
		 size_t *length);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What takes the guard's place (v4mapped_filter.h) where the kernel has no socket filters (gVisor).
 * The datagrams that a filter would have kept away are told when they have come: one that came
 * by IPv6 has an item of ancillary data, IPV6_TCLASS, which one that came by IPv4 has not.
 */
#ifndef DUALBIND_SOCKET_V4MAPPED_ITEM_H
#define DUALBIND_SOCKET_V4MAPPED_ITEM_H

#include <stdbool.h>

/* Ask for it on FD, a dual-stack UDP socket of a kernel without filters. False with errno where the
 * kernel does not keep that. */
bool v4mapped_item_ask(int fd);

/* Whether the process is known to be on such a kernel. */
bool v4mapped_item_is_needed(void);

/* The same, and the kernel is asked where it is not known. */
bool v4mapped_item_is_needed_at(int fd);

#endif

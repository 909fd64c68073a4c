/* SPDX-License-Identifier: MIT */
/*
 * What replaces the guard (v4mapped_filter.h) on a kernel without socket filters (gVisor): the datagrams that a
 * filter would have kept away are recognised after they have arrived. One that came by IPv6 has an item of ancillary
 * data, IPV6_TCLASS; one that came by IPv4 has not.
 */
#ifndef DUALBIND_SOCKET_V4MAPPED_ITEM_H
#define DUALBIND_SOCKET_V4MAPPED_ITEM_H

#include <stdbool.h>

/* Ask for that item on FD, a dual-stack UDP socket on a kernel without filters. False with errno if the
 * kernel does not keep the option. */
bool v4mapped_item_ask(int fd);

/* Whether the process is known to be on such a kernel. */
bool v4mapped_item_is_needed(void);

/* The same; if that is not known yet, the kernel is asked. */
bool v4mapped_item_is_needed_at(int fd);

#endif

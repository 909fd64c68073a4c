/* SPDX-License-Identifier: MIT */
/*
 * Steer: of two dual-stack sockets that share a port by SO_REUSEPORT, ours, which
 * stays (yield.h), and the program's own ::, each gets the clients that it would
 * have got natively, where ours was an AF_INET one.
 */
#ifndef DUALBIND_BIND_REUSEPORT_BPF_H
#define DUALBIND_BIND_REUSEPORT_BPF_H

#include <stdbool.h>

/*
 * FIRST, which is alone in its SO_REUSEPORT group, gets the group's connections
 * over IPv4 from now on, and the next that joins it those over IPv6. When either
 * leaves, the other gets all. False where the kernel does not let us: then they
 * share all clients.
 */
bool reuseport_steer_by_family(int first);

#endif

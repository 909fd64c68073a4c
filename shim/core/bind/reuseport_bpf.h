/* SPDX-License-Identifier: MIT */
/*
 * Steer: if ours, which stays (yield.h), and the program's own :: share a port by
 * SO_REUSEPORT, and both are dual-stack, each gets the clients that it would get natively,
 * where ours is an AF_INET socket.
 */
#ifndef DUALBIND_BIND_REUSEPORT_BPF_H
#define DUALBIND_BIND_REUSEPORT_BPF_H

#include <stdbool.h>

/*
 * FIRST is the only member of its SO_REUSEPORT group. From now on it gets the group's
 * connections over IPv4, and the next one that joins gets those over IPv6. When either
 * leaves, the other gets all. False if the kernel refuses: then clients go to either.
 */
bool reuseport_steer_by_family(int first);

#endif

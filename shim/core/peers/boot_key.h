/* SPDX-License-Identifier: MIT */
/*
 * The machine's key of the synthetic addresses (synthetic.h): the kernel's number for
 * this boot, the same for every process and container, and unknown elsewhere.
 *
 * If it cannot be read (ProcSubset=pid of systemd, gVisor), or is not valid, a random one
 * is used, by this process and those that it forks; one line of the log says so.
 *
 * It is read when it is first needed, not when the program starts: most programs
 * never show an address, and each would pay three system calls.
 */
#ifndef DUALBIND_PEERS_BOOT_KEY_H
#define DUALBIND_PEERS_BOOT_KEY_H

#include "base/siphash.h"

/*
 * Read the key, unless that was done or is not needed (DUALBIND_KEY is set). To be called
 * as soon as the key may be needed: processes that are forked later then have the same
 * one, and by the time of the first client the program may be in a chroot without /proc,
 * at its limit of descriptors, or under a filter that ends it for open(2).
 * Async-signal-safe.
 */
void boot_key_prepare(void);

/* The key, which stays the same from the first call on. */
struct siphash_key boot_key_get(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The machine's key of the synthetic addresses (synthetic.h): the kernel's number for
 * this boot, the same for every process and container, and unknown elsewhere.
 *
 * Where it cannot be read (ProcSubset=pid of systemd, gVisor), or is none, it is a
 * random one, of this process and of those that it forks; one line of the log says so.
 *
 * It is read when it is first needed, not when the program starts: most programs
 * never show an address, and each would pay three system calls.
 */
#ifndef DUALBIND_PEERS_BOOT_KEY_H
#define DUALBIND_PEERS_BOOT_KEY_H

#include "base/siphash.h"

/*
 * Take it unless that is done, or there is no need (DUALBIND_KEY is set). For when a
 * need comes in sight, so that processes which are forked later have the same, and since
 * then the program may be in a chroot without /proc, at its limit of descriptors, or
 * under a filter that ends it for open(2). Async-signal-safe.
 */
void boot_key_prepare(void);

/* The key; from the first call on the same. */
struct siphash_key boot_key_get(void);

#endif

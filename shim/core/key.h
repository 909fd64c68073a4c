/*
 * The machine's key of the synthetic addresses (pool.h): the kernel's number for
 * this boot, the same for every process and container, and unknown elsewhere.
 *
 * It is read when it is first needed, not when the program starts: most programs
 * never show an address, and each would pay three system calls.
 */
#ifndef DUALBIND_KEY_H
#define DUALBIND_KEY_H

#include "siphash.h"

/*
 * Read it unless that is done. For when a need comes in sight, since later the
 * program may be in a chroot without /proc, at its limit of descriptors, or
 * under a filter that ends it for open(2). Async-signal-safe; errno is untouched.
 */
void key_prepare(void);

/* The key; 0 as long as it cannot be read. */
struct siphash_key key_of_machine(void);

#endif

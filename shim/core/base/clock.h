/* SPDX-License-Identifier: MIT */
/*
 * A clock of whole seconds, for what is to be remembered or forgotten after a
 * while.
 */
#ifndef DUALBIND_BASE_CLOCK_H
#define DUALBIND_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Use the vDSO's clock_gettime (vdso(7)), which returns 0 on success, instead of the system call: it takes
 * a fifth of the time. To be called while the process has one thread. */
void clock_use(int (*gettime)(clockid_t, struct timespec *));

/*
 * Seconds since some moment before this process started (CLOCK_MONOTONIC_COARSE,
 * clock_gettime(2)), the same in every process of the machine; never 0. Time in
 * which the machine is suspended does not count. Async-signal-safe.
 */
uint32_t clock_seconds(void);

#endif

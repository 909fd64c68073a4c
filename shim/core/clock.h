/*
 * A clock of whole seconds, for what is to be remembered or forgotten after a
 * while.
 */
#ifndef DUALBIND_CLOCK_H
#define DUALBIND_CLOCK_H

#include <stdint.h>

/*
 * Seconds since some moment before this process started (CLOCK_MONOTONIC_COARSE,
 * clock_gettime(2)), the same in every process of the machine; never 0. Time in
 * which the machine is suspended does not count. Async-signal-safe; errno is
 * untouched.
 */
uint32_t clock_seconds(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Random numbers of a test: others each time, and the same ones again with the
 * TEST_SEED that it has printed. */
#ifndef DUALBIND_TEST_RANDOM_H
#define DUALBIND_TEST_RANDOM_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t random_state;

static inline void random_start(void)
{
	const char *seed = getenv("TEST_SEED");

	random_state = seed != NULL ? strtoull(seed, NULL, 0) : (uint64_t)getpid() << 32 | (uint64_t)time(NULL);
	print_message("# TEST_SEED=%#llx\n", (unsigned long long)random_state);
}

/* The set-up of a group that needs nothing else. */
static inline int random_group(void **state)
{
	(void)state;
	random_start();
	return 0;
}

/* xorshift64*. */
static inline uint32_t random32(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(random_state * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static inline uint32_t random_below(uint32_t limit)
{
	return random32() % limit;
}

#endif

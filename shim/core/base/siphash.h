/* SPDX-License-Identifier: MIT */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a hash that cannot be predicted
 * without its key.
 */
#ifndef DUALBIND_BASE_SIPHASH_H
#define DUALBIND_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t low, high; /* the halves of the 16 bytes, each little-endian */
};

uint64_t siphash(struct siphash_key key, const void *data, size_t size);

#endif

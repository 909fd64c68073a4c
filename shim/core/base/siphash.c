/* SPDX-License-Identifier: MIT */
#include "base/siphash.h"

enum { WORD = 8, ROUNDS = 2, LAST_ROUNDS = 4 };

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

static void mix(struct state *s, int rounds)
{
	for (; rounds > 0; rounds--) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static uint64_t little_endian(const unsigned char *bytes, size_t count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

static void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, ROUNDS);
	s->v0 ^= word;
}

uint64_t siphash(struct siphash_key key, const void *data, size_t size)
{
	const unsigned char *at = data;
	struct state s = {
	    key.low ^ UINT64_C(0x736f6d6570736575),
	    key.high ^ UINT64_C(0x646f72616e646f6d),
	    key.low ^ UINT64_C(0x6c7967656e657261),
	    key.high ^ UINT64_C(0x7465646279746573),
	};
	size_t left = size;

	for (; left >= WORD; left -= WORD, at += WORD)
		absorb(&s, little_endian(at, WORD));
	absorb(&s, (uint64_t)size << 56 | little_endian(at, left));
	s.v2 ^= 0xff;
	mix(&s, LAST_ROUNDS);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* SPDX-License-Identifier: MIT */
#include "process/polled.h"

#include "process/fd_walk.h"
#include "process/target.h"

#include <limits.h>
#include <poll.h>

/* More than any program has in a list, and few enough to look at. */
enum { NUMBERS_MAX = 65536 };

bool polled_is_it(const struct polled *polled, int number)
{
	return number == polled->number ||
	       (number >= 0 && polled->inode != 0 && fd_is_socket(number, polled->inode) != 0);
}

bool polled_by_poll(const struct polled *polled, uint64_t list, uint64_t count)
{
	enum { EACH = TARGET_COPY_MAX / sizeof(struct pollfd) };
	struct pollfd some[EACH];

	if (count > NUMBERS_MAX)
		return true;
	while (count > 0) {
		size_t now = count < EACH ? (size_t)count : EACH;

		if (!target_copy(list, some, now * sizeof some[0]))
			return true;
		for (size_t i = 0; i < now; i++)
			if (polled_is_it(polled, some[i].fd))
				return true;
		list += now * sizeof some[0];
		count -= now;
	}
	return false;
}

enum { WORD_BITS = sizeof(unsigned long) * CHAR_BIT };

static bool is_in_word(const struct polled *polled, unsigned long word, int first, uint64_t count)
{
	for (int bit = 0; word != 0; bit++, word >>= 1)
		if ((word & 1) != 0 && (uint64_t)first + (uint64_t)bit < count && polled_is_it(polled, first + bit))
			return true;
	return false;
}

static bool is_in_set(const struct polled *polled, uint64_t set, uint64_t count)
{
	unsigned long some[TARGET_COPY_MAX / sizeof(unsigned long)];
	int first = 0;

	while ((uint64_t)first < count) {
		uint64_t words = (count - (uint64_t)first + WORD_BITS - 1) / WORD_BITS;
		size_t now = words < sizeof some / sizeof some[0] ? (size_t)words : sizeof some / sizeof some[0];

		if (!target_copy(set, some, now * sizeof some[0]))
			return true;
		for (size_t i = 0; i < now; i++, first += WORD_BITS)
			if (is_in_word(polled, some[i], first, count))
				return true;
		set += now * sizeof some[0];
	}
	return false;
}

bool polled_by_select(const struct polled *polled, uint64_t count, const uint64_t sets[3])
{
	if (count > NUMBERS_MAX)
		return true;
	for (int i = 0; i < 3; i++)
		if (sets[i] != 0 && is_in_set(polled, sets[i], count))
			return true;
	return false;
}

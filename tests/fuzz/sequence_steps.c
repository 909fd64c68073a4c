/* SPDX-License-Identifier: MIT */
/* Which steps a sequence has: chosen for what the ones before are likely to
 * have made, so that most of them mean something. */
#include "sequence.h"

#include <string.h>

static const struct operation *const families[] = {socket_operations, option_operations, message_operations,
						   other_operations};

static bool fits(const struct operation *operation, enum kind kind)
{
	return operation->kinds == NOTHING || (operation->kinds & kind & (STREAM | DATAGRAM));
}

static const struct operation *choose(struct dice *dice, enum kind kind)
{
	unsigned total = 0, at;

	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
		for (const struct operation *each = families[f]; each->name != NULL; each++)
			if (fits(each, kind))
				total += each->weight;
	at = roll(dice, total);
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
		for (const struct operation *each = families[f]; each->name != NULL; each++)
			if (fits(each, kind)) {
				if (at < each->weight)
					return each;
				at -= each->weight;
			}
	return &socket_operations[0];
}

/* Socket, bind and listen come early, or little else would succeed. */
static const struct operation *opening(unsigned index, enum kind kind)
{
	if (kind == NOTHING || index == 0)
		return &socket_operations[0];
	if (index == 2)
		return &socket_operations[1];
	return index == 4 && (kind & STREAM) ? &socket_operations[2] : NULL;
}

static enum kind kind_made(struct dice *dice)
{
	enum kind kind = roll(dice, 2) ? STREAM : DATAGRAM;

	return roll(dice, 8) == 0 ? kind | OWN_IPV6 : kind;
}

unsigned steps_make(struct step *steps, uint64_t number)
{
	struct dice dice = {number * 0x2545f4914f6cdd1du + 1};
	enum kind kinds[SLOTS] = {NOTHING};
	unsigned count = 12 + roll(&dice, STEPS_MAX - 12), current = 0;

	for (unsigned i = 0; i < count; i++) {
		struct step *step = &steps[i];

		memset(step, 0, sizeof *step);
		step->index = i;
		if (i > 5 && roll(&dice, 5) == 0)
			current = roll(&dice, SLOTS);
		step->slot = current;
		step->other = roll(&dice, SLOTS);
		step->by_number = roll(&dice, 5) == 0;
		step->operation = opening(i, kinds[current]);
		if (step->operation == NULL)
			step->operation = choose(&dice, kinds[current]);
		if (step->operation == &socket_operations[0])
			kinds[current] = kind_made(&dice);
		step->kind = kinds[current];
		step->dice.state = number * 1000003 + i;
	}
	return count;
}

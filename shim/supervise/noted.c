/* SPDX-License-Identifier: MIT */
#include "supervise/noted.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

enum { PROCESSES = 4, NUMBERS = 32768, WORD_BITS = sizeof(unsigned long) * CHAR_BIT };

struct notes {
	pid_t process; /* 0: none. Another process may have the number by now */
	unsigned long numbers[NUMBERS / WORD_BITS];
};

static _Thread_local struct notes notes[PROCESSES], *current;
static _Thread_local size_t next;
static _Thread_local bool was_apart;

enum { SIGHTS = 4096 };

/* What was found in the look numbered LOOK. */
static _Thread_local struct seen {
	struct sight sight;
	unsigned look;
	bool touched;
} seen[SIGHTS];
static _Thread_local unsigned look = 1;

void noted_begin(pid_t process, bool apart)
{
	if (current != NULL && current->process == process && !apart && !was_apart)
		return;
	was_apart = apart;
	noted_look_anew();
	for (current = notes; current < notes + PROCESSES; current++)
		if (current->process == process)
			return;
	current = &notes[next];
	next = (next + 1) % PROCESSES;
	memset(current, 0, sizeof *current);
	current->process = process;
}

static unsigned long *word_of(int number)
{
	return current != NULL && number >= 0 && number < NUMBERS ? &current->numbers[number / WORD_BITS] : NULL;
}

static unsigned long bit_of(int number)
{
	return 1UL << ((unsigned)number % WORD_BITS);
}

void noted_set(int number)
{
	unsigned long *word = word_of(number);

	if (word != NULL)
		*word |= bit_of(number);
}

bool noted_clear(int number)
{
	unsigned long *word = word_of(number);
	bool was = word != NULL && (*word & bit_of(number)) != 0;

	if (was)
		*word &= ~bit_of(number);
	return was;
}

void noted_look_anew(void)
{
	look++;
}

static struct seen *seen_at(int number)
{
	struct seen *one = number >= 0 && number < SIGHTS ? &seen[number] : NULL;

	if (one != NULL && one->look != look)
		*one = (struct seen){.look = 0};
	return one;
}

void noted_see(int number, const struct sight *sight)
{
	struct seen *one = seen_at(number);

	if (one != NULL && !one->touched)
		*one = (struct seen){.sight = *sight, .look = look};
}

const struct sight *noted_sight(int number)
{
	const struct seen *one = seen_at(number);

	return one != NULL && one->look == look && !one->touched ? &one->sight : NULL;
}

void noted_touch(int number)
{
	struct seen *one = seen_at(number);

	if (one != NULL)
		*one = (struct seen){.look = look, .touched = true};
}

/* SPDX-License-Identifier: MIT */
/*
 * The functions that the core needs from the C library, if they are easy to write. The
 * loader need not look up a name that the library defines itself, which saves every program
 * that is started some 700 instructions for each. They are not exported (exports.map).
 * Compiled with -ffreestanding: a loop here must not be turned into a call of the function
 * that it is in.
 */
#include "preload/symbols.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

int memcmp(const void *one, const void *other, size_t size)
{
	const unsigned char *a = one, *b = other;

	for (; size > 0; size--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

/* Copies from the start. If the two overlap, FROM is at the higher address: each word is read before it is
 * overwritten. */
static void *copy(void *to, const void *from, size_t size)
{
	unsigned char *target = to;
	const unsigned char *source = from;

	for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t)) {
		__builtin_memcpy(target, source, sizeof(uint64_t));
		target += sizeof(uint64_t);
		source += sizeof(uint64_t);
	}
	while (size-- > 0)
		*target++ = *source++;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	return copy(to, from, size);
}

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *target = to;
	const unsigned char *source = from;

	if (target < source || target >= source + size)
		return copy(to, from, size);
	while (size-- > 0)
		target[size] = source[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	uint64_t word = UINT64_C(0x0101010101010101) * (unsigned char)byte;
	unsigned char *target = to;

	for (; size >= sizeof word; size -= sizeof word, target += sizeof word)
		__builtin_memcpy(target, &word, sizeof word);
	while (size-- > 0)
		*target++ = (unsigned char)byte;
	return to;
}

size_t strlen(const char *text)
{
	return strnlen(text, (size_t)-1);
}

size_t strnlen(const char *text, size_t most)
{
	size_t length = 0;

	while (length < most && text[length] != '\0')
		length++;
	return length;
}

int strcmp(const char *one, const char *other)
{
	for (; *one == *other && *one != '\0'; one++)
		other++;
	return (unsigned char)*one - (unsigned char)*other;
}

int strncmp(const char *one, const char *other, size_t most)
{
	for (; most > 0; most--, one++, other++)
		if (*one != *other || *one == '\0')
			return (unsigned char)*one - (unsigned char)*other;
	return 0;
}

static char *found(const char *place)
{
	union {
		const char *given;
		char *taken;
	} text = {place};

	return text.taken;
}

char *strchr(const char *text, int wanted)
{
	for (; *text != (char)wanted; text++)
		if (*text == '\0')
			return NULL;
	return found(text);
}

char *strrchr(const char *text, int wanted)
{
	const char *last = NULL;

	do
		if (*text == (char)wanted)
			last = text;
	while (*text++ != '\0');
	return found(last);
}

size_t strspn(const char *text, const char *set)
{
	size_t length = 0;

	while (text[length] != '\0' && strchr(set, text[length]) != NULL)
		length++;
	return length;
}

size_t strcspn(const char *text, const char *set)
{
	size_t length = 0;

	while (text[length] != '\0' && strchr(set, text[length]) == NULL)
		length++;
	return length;
}

char *strstr(const char *text, const char *wanted)
{
	size_t length = strlen(wanted);

	for (; strncmp(text, wanted, length) != 0; text++)
		if (*text == '\0')
			return NULL;
	return found(text);
}

/* Functions that few programs need are looked up when they are called: while the settings
 * are read, or in getaddrinfo. */
static void look_up(const char *name, void *function)
{
	struct symbol symbol = {name, function};

	symbols_find(&symbol, 1);
}

int fnmatch(const char *pattern, const char *text, int flags)
{
	int (*real)(const char *, const char *, int) = NULL;

	look_up("fnmatch", &real);
	return real != NULL ? real(pattern, text, flags) : FNM_NOMATCH;
}

int inet_pton(int family, const char *restrict text, void *restrict address)
{
	int (*real)(int, const char *, void *) = NULL;

	look_up("inet_pton", &real);
	return real != NULL ? real(family, text, address) : 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	void (*real)(struct addrinfo *) = NULL;

	look_up("freeaddrinfo", &real);
	if (real != NULL)
		real(list);
}

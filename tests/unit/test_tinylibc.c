/* SPDX-License-Identifier: MIT */
/* What the library has of string.h itself, against the C library's own. */
#define _GNU_SOURCE
#define fnmatch tiny_fnmatch
#define freeaddrinfo tiny_freeaddrinfo
#define in6addr_any tiny_in6addr_any
#define in6addr_loopback tiny_in6addr_loopback
#define inet_pton tiny_inet_pton
#define memcmp tiny_memcmp
#define memcpy tiny_memcpy
#define memmove tiny_memmove
#define memset tiny_memset
#define strchr tiny_strchr
#define strcmp tiny_strcmp
#define strcspn tiny_strcspn
#define strlen tiny_strlen
#define strncmp tiny_strncmp
#define strnlen tiny_strnlen
#define strrchr tiny_strrchr
#define strspn tiny_strspn
#define strstr tiny_strstr
#include "preload/tinylibc.c"
#undef fnmatch
#undef freeaddrinfo
#undef in6addr_any
#undef in6addr_loopback
#undef inet_pton
#undef memcmp
#undef memcpy
#undef memmove
#undef memset
#undef strchr
#undef strcmp
#undef strcspn
#undef strlen
#undef strncmp
#undef strnlen
#undef strrchr
#undef strspn
#undef strstr

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random.h"

enum { ROUNDS = 20000, BYTES = 64 };

/* Of the C library, which the header has under the other names. */
int memcmp(const void *one, const void *other, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t most);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t most);
char *strchr(const char *text, int wanted);
char *strrchr(const char *text, int wanted);
size_t strspn(const char *text, const char *set);
size_t strcspn(const char *text, const char *set);
char *strstr(const char *text, const char *wanted);
extern const struct in6_addr in6addr_any, in6addr_loopback;

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* Few different bytes, of both signs, so that much is alike. */
static void fill(char text[BYTES])
{
	static const char bytes[] = {'a', 'b', '\xff', '\x80', '\0'};
	size_t length = random_below(BYTES);

	for (size_t i = 0; i < BYTES; i++)
		text[i] = i < length ? bytes[random_below(4)] : '\0';
	if (random_below(4) == 0)
		text[random_below(BYTES)] = '\0';
}

static void texts(void **state)
{
	char one[BYTES], other[BYTES];

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t most = random_below(BYTES + 2);
		int wanted = "ab\xff\x80z"[random_below(6)];

		fill(one);
		fill(other);
		if (random_below(2) == 0)
			memcpy(other, one, random_below(BYTES - 1));
		other[random_below(8)] = random_below(2) == 0 ? '\0' : other[0];
		assert_int_equal(tiny_strlen(one), strlen(one));
		assert_int_equal(tiny_strnlen(one, most), strnlen(one, most));
		assert_int_equal(sign(tiny_strcmp(one, other)), sign(strcmp(one, other)));
		assert_int_equal(sign(tiny_strncmp(one, other, most)), sign(strncmp(one, other, most)));
		assert_ptr_equal(tiny_strchr(one, wanted), strchr(one, wanted));
		assert_ptr_equal(tiny_strrchr(one, wanted), strrchr(one, wanted));
		assert_int_equal(tiny_strspn(one, other), strspn(one, other));
		assert_int_equal(tiny_strcspn(one, other), strcspn(one, other));
		assert_ptr_equal(tiny_strstr(one, other), strstr(one, other));
	}
}

/* Nothing outside is written, and what overlaps is moved as a whole. */
static void memory(void **state)
{
	char one[BYTES], other[BYTES], from[BYTES];

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t to = random_below(BYTES), at = random_below(BYTES);
		size_t size = random_below((uint32_t)(BYTES - (to > at ? to : at) + 1));
		int byte = (int)random_below(512) - 128;

		fill(from);
		fill(one);
		memcpy(other, one, BYTES);
		assert_ptr_equal(tiny_memcpy(one + to, from + at, size), one + to);
		memcpy(other + to, from + at, size);
		assert_memory_equal(one, other, BYTES);
		assert_ptr_equal(tiny_memmove(one + to, one + at, size), one + to);
		memmove(other + to, other + at, size);
		assert_memory_equal(one, other, BYTES);
		assert_int_equal(sign(tiny_memcmp(one + to, from + at, size)),
				 sign(memcmp(one + to, from + at, size)));
		assert_ptr_equal(tiny_memset(one + to, byte, size), one + to);
		memset(other + to, byte, size);
		assert_memory_equal(one, other, BYTES);
	}
}

static void addresses(void **state)
{
	struct in_addr address;

	(void)state;
	assert_memory_equal(&tiny_in6addr_any, &in6addr_any, sizeof in6addr_any);
	assert_memory_equal(&tiny_in6addr_loopback, &in6addr_loopback, sizeof in6addr_loopback);
	assert_int_equal(tiny_inet_pton(AF_INET, "192.0.2.1", &address), 1);
	assert_int_equal(ntohl(address.s_addr), 0xc0000201);
	assert_int_equal(tiny_inet_pton(AF_INET, "192.0.2", &address), 0);
	assert_int_equal(tiny_inet_pton(AF_UNIX, "", &address), -1);
}

static void patterns(void **state)
{
	(void)state;
	assert_int_equal(tiny_fnmatch("py*3.[0-9]", "python3.9", 0), 0);
	assert_int_equal(tiny_fnmatch("py*3.[0-9]", "python3.x", 0), FNM_NOMATCH);
}

static void what_getaddrinfo_has_made(void **state)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *list = NULL;

	(void)state;
	assert_int_equal(getaddrinfo("192.0.2.1", "80", &hints, &list), 0);
	tiny_freeaddrinfo(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),
	    cmocka_unit_test(memory),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(what_getaddrinfo_has_made),
	};

	return cmocka_run_group_tests_name("tinylibc", tests, random_group, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SipHash-2-4: vectors of its authors, with the key 00 01 ... 0f and data 00 01 ... */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/siphash.h"

static void hashes_as_its_authors_say(void **state)
{
	static const struct {
		size_t size;
		uint64_t hash;
	} rows[] = {
	    {0, UINT64_C(0x726fdb47dd0e0e31)},
	    {1, UINT64_C(0x74f839c593dc67fd)},
	    {8, UINT64_C(0x93f5f5799a932462)},
	    {15, UINT64_C(0xa129ca6149be45e5)},
	};
	struct siphash_key key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
	unsigned char data[15];

	(void)state;
	for (unsigned char i = 0; i < sizeof data; i++)
		data[i] = i;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_true(siphash(key, data, rows[i].size) == rows[i].hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hashes_as_its_authors_say)};

	return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}

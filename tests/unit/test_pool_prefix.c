/* SPDX-License-Identifier: MIT */
/* Which prefixes may give synthetic addresses. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/pool_prefix.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void default_pool(void **state)
{
	struct pool pool = pool_default();

	(void)state;
	assert_int_equal(pool.network, 0xf0000000);
	assert_int_equal(pool.length, 4);
}

static void good_prefixes(void **state)
{
	static const struct {
		const char *text;
		uint32_t network;
		unsigned length;
	} rows[] = {
	    {"240.0.0.0/4", 0xf0000000, 4},     {"198.18.0.0/15", 0xc6120000, 15}, {"192.0.2.0/24", 0xc0000200, 24},
	    {"100.128.0.0/9", 0x64800000, 9},   {"172.32.0.0/11", 0xac200000, 11}, {"16.0.0.0/4", 0x10000000, 4},
	    {"192.169.0.0/16", 0xc0a90000, 16},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *problem, *remedy;
		struct pool pool;

		if (!pool_parse(&pool, rows[i].text, &problem, &remedy))
			fail_msg("%s: %s", rows[i].text, problem);
		assert_int_equal(pool.network, rows[i].network);
		assert_int_equal(pool.length, rows[i].length);
	}
}

/* The pool is left as it was. */
static void masks(void **state)
{
	(void)state;
	assert_int_equal(pool_mask(0), 0);
	assert_int_equal(pool_mask(1), 0x80000000);
	assert_int_equal(pool_mask(24), 0xffffff00);
	assert_int_equal(pool_mask(32), 0xffffffff);
}

static void expect_refusal(const char *text, const char *expected)
{
	const char *problem = "", *remedy = "";
	struct pool pool = {.network = 1, .length = 2};

	if (pool_parse(&pool, text, &problem, &remedy))
		fail_msg("%s was taken", text);
	if (strncmp(problem, expected, strlen(expected)) != 0)
		fail_msg("%s: %s", text, problem);
	assert_true(strlen(remedy) > 0);
	assert_int_equal(pool.network, 1);
}

static void malformed_prefixes(void **state)
{
	static const char form[] = "not an IPv4 prefix", length[] = "the prefix is not from /4 to /24",
			  bits[] = "the address has bits beyond the prefix";
	static const struct {
		const char *text, *problem;
	} rows[] = {
	    {"", form},
	    {"240.0.0.0", form},
	    {"/4", form},
	    {"240.0.0.0/", form},
	    {"240.0.0.0/x", form},
	    {"240.0.0.0/4x", form},
	    {"240.0.0.0/04", form},
	    {"240.0.0.0/-4", form},
	    {"240.0.0.0/100", form},
	    {"240.0.0/4", form},
	    {"256.0.0.0/8", form},
	    {"2001:db8::/24", form},
	    {"240.0.0.0/4 ", form},
	    {" 240.0.0.0/4", form},
	    {"1111111111111111111111.0.0.0/8", form},
	    {"192.0.0.0/3", length},
	    {"128.0.0.0/1", length},
	    {"192.0.2.0/25", length},
	    {"192.0.2.0/32", length},
	    {"240.0.0.0/99", length},
	    {"241.0.0.0/4", bits},
	    {"198.18.0.1/15", bits},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_refusal(rows[i].text, rows[i].problem);
}

/* Each range: itself, a part of it, what holds it. */
static void reserved_prefixes(void **state)
{
	static const char *const texts[] = {
	    "0.0.0.0/8",        "0.1.2.0/24",     "0.0.0.0/4",      "127.0.0.0/8",      "127.0.0.0/24",
	    "112.0.0.0/4",      "10.0.0.0/8",     "10.255.0.0/16",  "172.16.0.0/12",    "172.31.255.0/24",
	    "172.0.0.0/8",      "192.168.0.0/16", "192.168.7.0/24", "192.0.0.0/8",      "169.254.0.0/16",
	    "169.254.172.0/24", "169.0.0.0/8",    "100.64.0.0/10",  "100.127.255.0/24", "100.0.0.0/8",
	    "224.0.0.0/4",      "239.0.0.0/8",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		expect_refusal(texts[i], "the prefix overlaps");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(default_pool),       cmocka_unit_test(good_prefixes),     cmocka_unit_test(masks),
	    cmocka_unit_test(malformed_prefixes), cmocka_unit_test(reserved_prefixes),
	};

	return cmocka_run_group_tests_name("pool prefix", tests, NULL, NULL);
}

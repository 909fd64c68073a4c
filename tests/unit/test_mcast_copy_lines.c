/* SPDX-License-Identifier: MIT */
/* The kernel's lists of multicast groups, line by line. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "swap/mcast_copy.h"

static void lines_of_igmp(void **state)
{
	static const struct {
		const char *line;
		bool names;
		uint32_t interface;
		in_addr_t group; /* as the bytes are in memory */
	} rows[] = {
	    {"Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter", false, 0, 0},
	    {"1\tlo        :     2      V3", false, 1, 0},
	    {"\t\t\t\tFB0000E0     1 0:00000000\t\t0", true, 1, 0xfb0000e0},
	    {"\t\t\t\t010000E0     1 0:00000000\t\t0", true, 1, 0x010000e0},
	    {"4294967295\ta-long-name0:     1      V2", false, UINT32_MAX, 0},
	    {"\t\t\t\tfb0000e0     1 1:00000012\t\t1", true, UINT32_MAX, 0xfb0000e0},
	    {"\t\t\t\t", false, UINT32_MAX, 0},
	    {"\t\t\t\tquerier", false, UINT32_MAX, 0},
	    {"", false, 0, 0},
	};
	struct mcast_group group = {.interface = 77};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct sockaddr_in *address = (struct sockaddr_in *)&group.address;

		if (mcast_parse(&group, AF_INET, rows[i].line) != rows[i].names)
			fail_msg("\"%s\"", rows[i].line);
		assert_int_equal(group.interface, rows[i].interface);
		if (!rows[i].names)
			continue;
		assert_int_equal(address->sin_family, AF_INET);
		assert_int_equal(address->sin_port, 0);
		assert_int_equal(address->sin_addr.s_addr, rows[i].group);
	}
}

static void lines_of_igmp6(void **state)
{
	static const struct {
		const char *line, *group; /* NULL: it names none */
		uint32_t interface;
	} rows[] = {
	    {"1    lo              ff020000000000000000000000000001     1 0000000C 0", "ff02::1", 1},
	    {"12   a-long-name0    ff0500000000000000000000000100ab     2 00000004 0", "ff05::1:ab", 12},
	    {"3    br0             FF0200000000000000000001FF123456     1 00000004 0", "ff02::1:ff12:3456", 3},
	    {"1    lo              ff0200000000000000000000000000       1 0000000C 0", NULL, 1},
	    {"1    lo              ff02", NULL, 1},
	    {"1    lo              gg020000000000000000000000000001     1", NULL, 1},
	    {"1    lo", NULL, 1},
	    {"1", NULL, 1},
	    {"lo", NULL, 0},
	    {"", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mcast_group group = {.interface = 77};
		const struct sockaddr_in6 *address = (struct sockaddr_in6 *)&group.address;
		struct in6_addr expected;

		if (mcast_parse(&group, AF_INET6, rows[i].line) != (rows[i].group != NULL))
			fail_msg("\"%s\"", rows[i].line);
		if (rows[i].group == NULL)
			continue;
		assert_int_equal(inet_pton(AF_INET6, rows[i].group, &expected), 1);
		assert_int_equal(group.interface, rows[i].interface);
		assert_int_equal(address->sin6_family, AF_INET6);
		assert_memory_equal(&address->sin6_addr, &expected, sizeof expected);
	}
}

static void garbage_lines(void **state)
{
	static const char words[][9] = {"\t", "\t\t\t\t", " ",  "ff02", "FB0000E0",
					"0",  "12",       "lo", ":",    "00000000"};

	(void)state;
	srandom(20250302);
	for (int round = 0; round < 100000; round++) {
		struct mcast_group group = {.interface = 0};
		char line[128] = "";

		for (long left = random() % 12; left > 0; left--)
			strcat(line, words[(size_t)random() % COUNT(words)]);
		if (mcast_parse(&group, AF_INET, line))
			assert_int_equal(group.address.ss_family, AF_INET);
		if (mcast_parse(&group, AF_INET6, line))
			assert_int_equal(group.address.ss_family, AF_INET6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_of_igmp),
	    cmocka_unit_test(lines_of_igmp6),
	    cmocka_unit_test(garbage_lines),
	};

	return cmocka_run_group_tests_name("memberships: lines", tests, NULL, NULL);
}

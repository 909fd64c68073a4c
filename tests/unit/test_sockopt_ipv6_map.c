/* SPDX-License-Identifier: MIT */
/* Which option of IPPROTO_IPV6 does what one of IPPROTO_IP does: the kernel takes both. */
#define _GNU_SOURCE
#include "sockets.h"

#include "socket/sockopt_ipv6_map.h"

#include <linux/in.h>

/* A value that is not the default, of those that mean the same for both. */
static int value_of(int name)
{
	switch (name) {
	case IP_TOS:
		return 0x20;
	case IP_TTL:
		return 9;
	case IP_MINTTL:
		return 3;
	case IP_MTU_DISCOVER:
		return IP_PMTUDISC_DO;
	case IP_UNICAST_IF:
		return (int)htonl(if_nametoindex("lo"));
	case IP_MULTICAST_LOOP:
	case 49: /* IP_MULTICAST_ALL */
		return 0;
	default:
		return 1;
	}
}

/* False where this kernel, or this user, may not have it. */
static bool takes(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof value) == 0)
		return true;
	if (errno != ENOPROTOOPT && errno != EPERM)
		fail_msg("level %d, option %d: errno %d", level, name, errno);
	return false;
}

static void values_mean_the_same(void **state)
{
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < sockopt_ipv6_map_count; i++) {
		const struct sockopt_pair *pair = &twins[i];
		int fd = socket(AF_INET6, SOCK_DGRAM, 0), value = value_of(pair->ipv4);

		if (takes(fd, IPPROTO_IPV6, pair->ipv6, value)) {
			if (int_option(fd, IPPROTO_IPV6, pair->ipv6) != value)
				fail_msg("IPPROTO_IPV6 option %d", pair->ipv6);
			taken++;
		}
		if (takes(fd, IPPROTO_IP, pair->ipv4, value) && int_option(fd, IPPROTO_IP, pair->ipv4) != value)
			fail_msg("IPPROTO_IP option %d", pair->ipv4);
		close(fd);
	}
	assert_true(taken > sockopt_ipv6_map_count / 2);
}

static void each_has_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sockopt_ipv6_map_count; i++) {
		assert_int_equal(sockopt_ipv6_of(twins[i].ipv4), twins[i].ipv6);
		for (size_t k = 0; k < i; k++)
			assert_false(twins[k].ipv4 == twins[i].ipv4 || twins[k].ipv6 == twins[i].ipv6);
	}
}

static void others_have_none(void **state)
{
	static const int names[] = {IP_OPTIONS,       IP_HDRINCL, IP_RETOPTS, IP_ADD_MEMBERSHIP,
				    IP_MULTICAST_TTL, 0,          -1,         9999};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(sockopt_ipv6_of(names[i]), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(values_mean_the_same), cmocka_unit_test(each_has_one),
					   cmocka_unit_test(others_have_none)};

	return cmocka_run_group_tests_name("sockopt_ipv6_map", tests, private_network, NULL);
}

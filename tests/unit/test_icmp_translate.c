/* SPDX-License-Identifier: MIT */
/* ICMPv6 errors, as ICMP's (RFC 7915, 5.2). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "calls/icmp_translate.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct sock_extended_err error_of(uint8_t origin, uint8_t type, uint8_t code)
{
	return (struct sock_extended_err){
	    .ee_errno = EHOSTUNREACH,
	    .ee_origin = origin,
	    .ee_type = type,
	    .ee_code = code,
	    .ee_pad = 1,
	    .ee_info = 1400,
	    .ee_data = 3,
	};
}

/* The numbers are those of RFC 4443 and RFC 792. */
static void each_error(void **state)
{
	static const struct {
		uint8_t type6, code6, type, code;
	} rows[] = {
	    {1, 0, 3, 1},  /* no route: host unreachable */
	    {1, 1, 3, 10}, /* forbidden: host administratively prohibited */
	    {1, 2, 3, 1},  /* beyond the scope of the source */
	    {1, 3, 3, 1},  /* address unreachable */
	    {1, 4, 3, 3},  /* port unreachable */
	    {2, 0, 3, 4},  /* too big: fragmentation needed */
	    {3, 0, 11, 0}, /* hop limit exceeded */
	    {3, 1, 11, 1}, /* fragments missing */
	    {4, 0, 12, 0}, /* a problem of the header */
	    {4, 1, 3, 2},  /* unknown next header: protocol unreachable */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sock_extended_err error = error_of(SO_EE_ORIGIN_ICMP6, rows[i].type6, rows[i].code6);
		struct sock_extended_err expected = error_of(SO_EE_ORIGIN_ICMP, rows[i].type, rows[i].code);

		icmp_to_ipv4(&error);
		if (memcmp(&error, &expected, sizeof error) != 0)
			fail_msg("type %u, code %u: type %u, code %u", rows[i].type6, rows[i].code6, error.ee_type,
				 error.ee_code);
	}
}

/* Whatever a peer may send is some error that IPv4 has. */
static void every_number(void **state)
{
	(void)state;
	for (unsigned type = 0; type <= UINT8_MAX; type++)
		for (unsigned code = 0; code <= UINT8_MAX; code++) {
			struct sock_extended_err error = error_of(SO_EE_ORIGIN_ICMP6, (uint8_t)type, (uint8_t)code);

			icmp_to_ipv4(&error);
			assert_int_equal(error.ee_origin, SO_EE_ORIGIN_ICMP);
			assert_true(error.ee_type == ICMP_DEST_UNREACH || error.ee_type == ICMP_TIME_EXCEEDED ||
				    error.ee_type == ICMP_PARAMETERPROB);
			assert_in_range(error.ee_code, 0, NR_ICMP_UNREACH);
			assert_int_equal(error.ee_errno, EHOSTUNREACH);
		}
}

static void other_origins(void **state)
{
	static const uint8_t origins[] = {SO_EE_ORIGIN_NONE, SO_EE_ORIGIN_LOCAL, SO_EE_ORIGIN_ICMP,
					  SO_EE_ORIGIN_TIMESTAMPING, SO_EE_ORIGIN_ZEROCOPY};

	(void)state;
	for (size_t i = 0; i < COUNT(origins); i++) {
		struct sock_extended_err error = error_of(origins[i], ICMP6_DST_UNREACH, 4), before = error;

		icmp_to_ipv4(&error);
		assert_memory_equal(&error, &before, sizeof error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_error),
	    cmocka_unit_test(every_number),
	    cmocka_unit_test(other_origins),
	};

	return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}

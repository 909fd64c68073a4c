/* SPDX-License-Identifier: MIT */
/* What sockets at one port are to each other; with each rule and place it is test_decide's. */
#define _GNU_SOURCE
#include "sockets.h"

#include "bind/company.h"

#include <arpa/inet.h>

static struct survey survey_of(const char *text, enum transport transport)
{
	struct survey survey = {.ours.transport = transport};
	struct address asked;
	struct in6_addr ip;

	if (inet_pton(AF_INET6, text, &ip) == 1)
		address_set_in6(&asked, &ip, 80);
	else
		address_set_in(&asked, inet_addr(text), 80);
	survey.self.transport = transport;
	survey_at(&survey, &asked);
	return survey;
}

static void the_other_family(void **state)
{
	(void)state;
	assert_true(company_at(true, AT_PORT_IPV6));
	assert_true(company_at(true, AT_PORT_IPV6_ANY | AT_PORT_CONVERTED));
	assert_true(company_at(true, AT_PORT_IPV4_ANY));
	assert_false(company_at(true, AT_PORT_CONVERTED | AT_PORT_IPV4));
	assert_true(company_at(false, AT_PORT_IPV4));
	assert_false(company_at(false, AT_PORT_WIDENED | AT_PORT_IPV6));
	assert_int_equal(company_after(AT_PORT_CONVERTED | AT_PORT_IPV6, AT_PORT_CONVERTED),
			 AT_PORT_IPV4_ANY | AT_PORT_IPV6);
	assert_int_equal(company_after(AT_PORT_PROMOTED, AT_PORT_CONVERTED), AT_PORT_PROMOTED);
	assert_int_equal(company_after(AT_PORT_WIDENED, AT_PORT_WIDENED), AT_PORT_IPV6_ANY);
}

static void one_address_for_both(void **state)
{
	struct survey survey = survey_of("::", TRANSPORT_TCP);

	(void)state;
	survey.self.reuse_addr = survey.ours.reuse_addr = 1;
	assert_false(company_shares(&survey.self, &survey.ours)); /* one of them listens in vain */
	survey.self.reuse_port = 1;
	assert_false(company_shares(&survey.self, &survey.ours));
	survey.ours.reuse_port = 1;
	assert_true(company_shares(&survey.self, &survey.ours));
	survey.ours.uid = 1;
	assert_false(company_shares(&survey.self, &survey.ours));
	survey.self.transport = TRANSPORT_UDP;
	assert_true(company_shares(&survey.self, &survey.ours));
}

static void an_address_of_its_own(void **state)
{
	struct survey survey = survey_of("::1", TRANSPORT_TCP), wildcard = survey_of("::", TRANSPORT_TCP);
	struct survey group = survey_of("ff02::fb", TRANSPORT_UDP),
		      of_udp = survey_of("2001:db8::1", TRANSPORT_UDP);
	struct survey of_ipv4 = survey_of("10.0.0.1", TRANSPORT_TCP);

	(void)state;
	assert_true(company_can_be_apart(&survey));
	assert_false(company_can_be_apart(&wildcard));
	survey.ours.uid = 1;
	assert_false(company_can_be_apart(&survey));
	survey.self.transport = TRANSPORT_UDP; /* SO_REUSEADDR is for whomever */
	assert_true(company_can_be_apart(&survey));
	assert_false(company_can_be_apart(&group));
	assert_false(company_can_be_apart(&of_ipv4));
	assert_true(company_can_be_apart(&of_udp));
	of_udp.ours.reuse_addr = 1; /* others may share with ours, and not with this one */
	assert_false(company_can_be_apart(&of_udp));
	of_udp.self.reuse_addr = 1;
	assert_true(company_can_be_apart(&of_udp));
	of_udp.ours.reuse_port = 1;
	assert_false(company_can_be_apart(&of_udp));
}

static void the_programs_own_beside_ours(void **state)
{
	struct survey survey = survey_of("0.0.0.0", TRANSPORT_TCP);

	(void)state;
	assert_int_equal(company_apart(&survey, MARK_CONVERTED), AT_PORT_IPV6);
	assert_int_equal(company_apart(&survey, MARK_PROMOTED), AT_PORT_IPV6);
	assert_int_equal(company_apart(&survey, MARK_MAPPED), AT_PORT_IPV6);
	assert_int_equal(company_apart(&survey, MARK_WIDENED), 0);
	survey.foreign = AT_PORT_IPV6;
	assert_int_equal(company_apart(&survey, MARK_CONVERTED), 0);
}

static void the_programs_own_in_the_way(void **state)
{
	struct survey survey = survey_of("::1", TRANSPORT_TCP);

	(void)state;
	assert_false(company_refuses(&survey));
	survey.taken = 7;
	assert_true(company_refuses(&survey));
	survey.ours.inode = 7;
	assert_false(company_refuses(&survey));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_other_family),
	    cmocka_unit_test(one_address_for_both),
	    cmocka_unit_test(an_address_of_its_own),
	    cmocka_unit_test(the_programs_own_beside_ours),
	    cmocka_unit_test(the_programs_own_in_the_way),
	};

	return cmocka_run_group_tests_name("company", tests, NULL, NULL);
}

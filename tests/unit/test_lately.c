/* SPDX-License-Identifier: MIT */
/* The short way: what it knows is what the long one says, and what it must not know. */
#define _GNU_SOURCE
#include "clients.h"

#include "config/settings.h"
#include "peers/lately.h"
#include "peers/loopback.h"
#include "peers/show.h"

enum { PORT = 5000 };

static const struct settings *settings(void)
{
	const struct settings *now = settings_get();

	assert_non_null(now);
	return now;
}

/* The sender, as the long way shows it. */
static struct address shown_long(const struct address *sender)
{
	struct address shown = *sender;

	assert_true(show_address(settings(), -1, OF_SENDER, &shown));
	return shown;
}

static bool is_known(const struct address *sender)
{
	struct sockaddr_in shown;
	struct address expected;
	uint32_t now = 0;

	if (!lately_shown(settings(), &sender->in6, &shown, &now))
		return false;
	expected = shown_long(sender);
	assert_memory_equal(&shown, &expected.in, sizeof shown);
	assert_int_equal(now, address_is_mapped(sender) ? 0 : lately_now());
	return true;
}

static enum lately meant(const struct address *to, struct address *real)
{
	uint32_t now = 0;

	memset(real, 0, sizeof *real);
	real->length = sizeof real->in6;
	return lately_meant(settings(), &to->in, &real->in6, &now);
}

static void ipv6_peers(void **state)
{
	struct address peer = client_in(1, 2, 3), scoped = peer6("fe80::1", 2, PORT), other = scoped, shown, real;

	(void)state;
	assert_false(is_known(&peer));
	shown = shown_long(&peer);
	shown = shown_long(&peer); /* found in the table */
	assert_true(is_known(&peer));
	assert_int_equal(meant(&shown, &real), LATELY_REAL);
	assert_true(same_address(&real, &peer));
	shown_long(&scoped);
	shown_long(&scoped);
	assert_true(is_known(&scoped));
	other.in6.sin6_scope_id = 3;
	assert_false(is_known(&other));
	seconds++;
	assert_false(is_known(&peer));
	assert_int_equal(meant(&shown, &real), LATELY_UNKNOWN);
	assert_true(stands_for(&shown, &peer)); /* sent to */
	assert_true(is_known(&peer));
	assert_int_equal(meant(&shown, &real), LATELY_REAL);
}

static void whose_address_is_claimed(void **state)
{
	struct address peer = client_in(1, 2, 4), shown, own, real;

	(void)state;
	shown_long(&peer);
	shown = shown_long(&peer);
	assert_true(is_known(&peer));
	own = shown;
	address_map(&own);
	assert_false(is_known(&own)); /* it may have to claim it */
	mapper_claim(&shown);
	assert_false(is_known(&peer));
	assert_int_equal(meant(&shown, &real), LATELY_UNKNOWN);
}

/* They are shown in more than one way. */
static void never_known(void **state)
{
	struct address peers[] = {peer6("::1", 0, PORT), peer6("::", 0, PORT),
				  peer6("::ffff:198.51.100.7", 0, PORT)};
	struct sockaddr_in shown4;
	uint32_t now = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct address shown, real;

		shown_as(&settings()->pool, &peers[i]);
		shown = shown_as(&settings()->pool, &peers[i]);
		assert_int_equal(lately_shown_by(&peers[i].in6, lately_now()), 0);
		assert_int_equal(meant(&shown, &real), LATELY_UNKNOWN);
	}
	assert_false(lately_shown(settings(), &peers[0].in6, &shown4, &now));
	assert_false(lately_shown(settings(), &peers[1].in6, &shown4, &now));
}

static void ipv4_peers(void **state)
{
	struct address peers[] = {peer4("192.0.2.7", PORT), peer4("127.0.0.1", PORT), peer4("127.0.0.2", PORT)},
		       real;

	(void)state;
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct address mapped = peers[i];

		address_map(&mapped);
		assert_true(is_known(&mapped));
		assert_int_equal(meant(&peers[i], &real), LATELY_ITSELF);
	}
}

/* 127.0.0.1 at a port that ::1 was heard from. */
static void loopback(void **state)
{
	struct address four = peer4("127.0.0.1", PORT + 1), mapped = four, real;

	(void)state;
	address_map(&mapped);
	assert_true(loopback_heard_ipv6(PORT + 1));
	assert_false(is_known(&mapped));
	assert_int_equal(meant(&four, &real), LATELY_UNKNOWN);
	loopback_heard_ipv4(PORT + 1);
	assert_true(is_known(&mapped));
	assert_int_equal(meant(&four, &real), LATELY_ITSELF);
}

/* Not one of the choices of the hash. */
static bool is_spare(const struct address *real, const struct address *shown)
{
	for (unsigned step = 0; step < SYNTHETIC_CHOICES; step++) {
		struct address choice = synthetic_address(&settings()->pool, real, step);

		if (same_address(&choice, shown))
			return false;
	}
	return true;
}

/* A client with a spare address gets it from the rotation, each time. */
static void spare_addresses(void **state)
{
	unsigned spares = 0;

	(void)state;
	for (uint32_t host = 0; host < 200000 && spares < 10; host++) {
		struct address peer = client_in(9, 9, host), shown = shown_long(&peer);

		if (!is_spare(&peer, &shown))
			continue;
		spares++;
		shown_long(&peer);
		assert_false(is_known(&peer));
	}
	assert_int_equal(spares, 10);
}

static int start(void **state)
{
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ipv6_peers),  cmocka_unit_test(whose_address_is_claimed),
	    cmocka_unit_test(never_known), cmocka_unit_test(ipv4_peers),
	    cmocka_unit_test(loopback),    cmocka_unit_test(spare_addresses),
	};

	return cmocka_run_group_tests_name("lately", tests, start, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Hints: what one says of a client, when it is true, and how clients are spread over them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "peers/hints.h"
#include "random.h"

#include <arpa/inet.h>
#include <string.h>

enum { CLIENTS = 8192, HINTS = 1024, NOW = 1000, SCOPE = 7 };

static struct client client_of(uint32_t network, uint32_t host)
{
	return (struct client){{htonl(0x20010db8), htonl(network), 0, htonl(host), SCOPE}};
}

static void found_is(uint32_t synthetic, uint32_t now, const struct client *client)
{
	struct client found;

	assert_int_equal(hints_show(client, hints_stamp(now)), synthetic);
	assert_true(hints_find(synthetic, hints_stamp(now), &found));
	assert_memory_equal(&found, client, sizeof found);
}

static void found_is_none(uint32_t synthetic, uint32_t stamp, const struct client *client)
{
	struct client found;

	assert_int_equal(hints_show(client, stamp), 0);
	assert_false(hints_find(synthetic, stamp, &found));
}

static void true_in_its_second(void **state)
{
	struct client client = client_of(1, 2), others[] = {client, client, client};
	uint32_t synthetic = htonl(0xf0000001);

	(void)state;
	assert_int_equal(hints_last(&client), 0);
	found_is_none(synthetic, hints_stamp(NOW), &client);
	hints_put(&client, synthetic, hints_stamp(NOW));
	found_is(synthetic, NOW, &client);
	found_is_none(synthetic, hints_stamp(NOW + 1), &client);
	found_is_none(synthetic, hints_stamp(NOW - 1), &client);
	assert_int_equal(hints_last(&client), synthetic);
	hints_put(&client, synthetic, hints_stamp(NOW + 1));
	found_is(synthetic, NOW + 1, &client);
	for (size_t i = 0; i < 3; i++) { /* none that differs in any part of it */
		others[i].words[i == 0 ? 1 : i == 1 ? 3 : 4] ^= htonl(1);
		assert_int_equal(hints_show(&others[i], hints_stamp(NOW + 1)), 0);
	}
}

/* Also where what hints have would be 0 by chance. */
static void never_true(void **state)
{
	struct client client = client_of(2, 2);
	uint32_t synthetic = htonl(0xf0000002);

	(void)state;
	hints_put(&client, synthetic, 0);
	assert_int_equal(hints_last(&client), synthetic);
	found_is_none(synthetic, hints_stamp(NOW), &client);
	found_is_none(synthetic, 0, &client);
}

/* A look that began before shows what was true before. */
static void none_is_true_any_more(void **state)
{
	struct client client = client_of(3, 2);
	uint32_t synthetic = htonl(0xf0000003), before = hints_stamp(NOW);

	(void)state;
	hints_put(&client, synthetic, before);
	found_is(synthetic, NOW, &client);
	hints_grow_old();
	found_is_none(synthetic, hints_stamp(NOW), &client);
	hints_put(&client, synthetic, before);
	found_is_none(synthetic, hints_stamp(NOW), &client);
	assert_int_equal(hints_last(&client), synthetic);
	hints_put(&client, synthetic, hints_stamp(NOW));
	found_is(synthetic, NOW, &client);
}

/* Two addresses that have one place to be found by: the last one is found. */
static void found_by_address(void **state)
{
	struct client client = client_of(4, 1), other = client_of(4, 2), found;
	uint32_t synthetic = htonl(0xf0000004), same_place = htonl(0xf0000004 ^ (1U << 12 | 1U));

	(void)state;
	hints_put(&client, synthetic, hints_stamp(NOW));
	hints_put(&other, same_place, hints_stamp(NOW));
	assert_false(hints_find(synthetic, hints_stamp(NOW), &found));
	assert_int_equal(hints_show(&client, hints_stamp(NOW)), synthetic);
	found_is(same_place, NOW, &other);
}

/* How many hints clients have that are numbered from START in STEPS. */
static unsigned hints_of(uint32_t network_step, uint32_t host_step, uint32_t start)
{
	static uint32_t second = NOW;
	unsigned kept = 0;

	second++;
	for (uint32_t i = 0; i < CLIENTS; i++) {
		struct client client = client_of(i * network_step, start + i * host_step);

		hints_put(&client, htonl(0xf1000000 + i), hints_stamp(second));
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		struct client client = client_of(i * network_step, start + i * host_step);

		kept += hints_show(&client, hints_stamp(second)) != 0;
	}
	return kept;
}

/* Pods that are numbered, hosts with one address in each /64, and both. */
static void clients_are_spread(void **state)
{
	(void)state;
	assert_in_range(hints_of(0, 1, random32()), HINTS * 7 / 8, HINTS);
	assert_in_range(hints_of(0, 256, random32()), HINTS * 7 / 8, HINTS);
	assert_in_range(hints_of(1, 0, 1), HINTS * 7 / 8, HINTS);
	assert_in_range(hints_of(1, 1, random32()), HINTS * 7 / 8, HINTS);
}

/* Four ways for each choice, which no other choice nearby has. */
static void of_spare_addresses(void **state)
{
	uint32_t first = random32();
	_Atomic uint32_t *ways = hints_of_spares(htonl(first)), *others = hints_of_spares(htonl(first + 1));

	(void)state;
	for (int way = 0; way < HINTS_WAYS; way++)
		assert_int_equal(ways[way], 0);
	assert_ptr_equal(hints_of_spares(htonl(first)), ways);
	assert_true(others >= ways + HINTS_WAYS || others + HINTS_WAYS <= ways);
	for (int way = 0; way < HINTS_WAYS; way++)
		ways[way] = 7;
	for (int way = 0; way < HINTS_WAYS; way++)
		assert_int_equal(others[way], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(true_in_its_second),    cmocka_unit_test(never_true),
	    cmocka_unit_test(none_is_true_any_more), cmocka_unit_test(found_by_address),
	    cmocka_unit_test(clients_are_spread),    cmocka_unit_test(of_spare_addresses),
	};

	return cmocka_run_group_tests_name("hints", tests, random_group, NULL);
}

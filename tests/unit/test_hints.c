/* SPDX-License-Identifier: MIT */
/* Hints: where the one for a client is, and how clients are spread over them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "peers/hints.h"
#include "random.h"

#include <arpa/inet.h>
#include <string.h>

enum { CLIENTS = 8192, HINTS = 1024, MOST = 40 };

static struct client client_of(uint32_t network, uint32_t host)
{
	return (struct client){{htonl(0x20010db8), htonl(network), 0, htonl(host), 0}};
}

static void there_is_none_at_first(void **state)
{
	struct client client = client_of(1, 2), again = client;
	_Atomic uint32_t *hint = hints_for(&client);

	(void)state;
	assert_int_equal(*hint, 0);
	*hint = 7;
	assert_ptr_equal(hints_for(&again), hint);
	assert_int_equal(*hints_for(&again), 7);
	*hint = 0;
}

/* The most that have one hint, of clients that are numbered from START in STEPS. */
static unsigned most_at_one(uint32_t network_step, uint32_t host_step, uint32_t start)
{
	static struct {
		const _Atomic uint32_t *hint;
		unsigned count;
	} seen[CLIENTS];
	unsigned hints = 0, most = 0;

	memset(seen, 0, sizeof seen);
	for (uint32_t i = 0; i < CLIENTS; i++) {
		struct client client = client_of(i * network_step, start + i * host_step);
		const _Atomic uint32_t *hint = hints_for(&client);
		unsigned at = 0;

		while (at < hints && seen[at].hint != hint)
			at++;
		hints += at == hints;
		seen[at].hint = hint;
		most = ++seen[at].count > most ? seen[at].count : most;
	}
	assert_in_range(hints, HINTS * 7 / 8, HINTS);
	return most;
}

/* Pods that are numbered, hosts with one address in each /64, and both. */
static void clients_are_spread(void **state)
{
	(void)state;
	assert_in_range(most_at_one(0, 1, random32()), CLIENTS / HINTS, MOST);
	assert_in_range(most_at_one(0, 256, random32()), CLIENTS / HINTS, MOST);
	assert_in_range(most_at_one(1, 0, 1), CLIENTS / HINTS, MOST);
	assert_in_range(most_at_one(1, 1, random32()), CLIENTS / HINTS, MOST);
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
	    cmocka_unit_test(there_is_none_at_first),
	    cmocka_unit_test(clients_are_spread),
	    cmocka_unit_test(of_spare_addresses),
	};

	return cmocka_run_group_tests_name("hints", tests, random_group, NULL);
}

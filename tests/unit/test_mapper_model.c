/* SPDX-License-Identifier: MIT */
/* The address mapper against a model of it, while the time goes by. */
#define _GNU_SOURCE
#include "clients.h"

/* What the mapper says it does, in a table that a reader can check: for a pool in
 * which every address has its place, and clients of one /64. */
enum { HOSTS = 256, PEERS = 600 };

static struct model {
	int32_t owner[HOSTS]; /* a peer's number, or CLAIMED; 0: none */
	uint32_t used[HOSTS];
} model;

enum { CLAIMED = PEERS + 1 };

static uint32_t host_of(const struct pool *pool, const struct address *shown)
{
	return ntohl(shown->in.sin_addr.s_addr) - pool->network;
}

static bool is_used(uint32_t host)
{
	return model.owner[host] != 0 && seconds - model.used[host] <= PEER_TABLE_RECENT;
}

/* How many others of the /64 are in the host's set. */
static int crowd_of(uint32_t host, bool used)
{
	uint32_t first = host / PEER_TABLE_WAYS * PEER_TABLE_WAYS;
	int count = 0;

	for (uint32_t other = first; other < first + PEER_TABLE_WAYS; other++)
		count += other != host && model.owner[other] != 0 && model.owner[other] != CLAIMED &&
			 (!used || is_used(other));
	return count;
}

static uint32_t model_use(uint32_t host, int32_t peer)
{
	model.owner[host] = peer;
	model.used[host] = seconds;
	return host;
}

/* The host that PEER is shown as; 0: none. */
static uint32_t model_show(const struct pool *pool, int32_t peer)
{
	struct address real = client_in(4, 0, (uint32_t)peer);
	uint32_t chosen = 0;

	for (unsigned i = 0; i < SYNTHETIC_CHOICES; i++) {
		struct address shown = synthetic_address(pool, &real, i);
		uint32_t host = host_of(pool, &shown);
		bool its_own = model.owner[host] == peer;

		if (is_used(host) && its_own)
			return model_use(host, peer);
		if (is_used(host) || crowd_of(host, true) >= PEER_TABLE_OF_64)
			continue;
		if (chosen == 0 || its_own)
			chosen = host;
		/* Nothing here has ever sent it on. */
		if (its_own || (model.owner[host] == 0 && crowd_of(host, false) < PEER_TABLE_OF_64))
			break;
	}
	return chosen != 0 ? model_use(chosen, peer) : 0;
}

/* Whether the table agrees with the model about one address of the pool. */
static bool agrees(const struct pool *pool, uint32_t host)
{
	struct address shown, real;

	address_set_in(&shown, htonl(pool->network + host), 5000);
	if (model.owner[host] == 0)
		return !mapper_find(&shown, &real);
	if (is_used(host))
		model.used[host] = seconds; /* an answer counts as use */
	real = model.owner[host] == CLAIMED ? shown : client_in(4, 0, (uint32_t)model.owner[host]);
	if (model.owner[host] == CLAIMED)
		address_map(&real);
	return stands_for(&shown, &real);
}

static uint32_t random_host(void)
{
	return 1 + (uint32_t)(random() % (HOSTS - 2));
}

/* One more client is shown, or refused. Where a claim has made room on its way it may have
 * two addresses. */
static void one_more(const struct pool *pool, int32_t peer)
{
	struct address real = client_in(4, 0, (uint32_t)peer), shown;
	bool given = mapper_show(pool, &real, &shown);
	uint32_t host = given ? host_of(pool, &shown) : 0, expected;

	if (given && model.owner[host] == peer && is_used(host))
		expected = model_use(host, peer);
	else
		expected = model_show(pool, peer);
	if (host != expected)
		fail_msg("peer %d: %u, not %u", peer, host, expected);
	assert_true(agrees(pool, host));
}

static void one_more_claim(const struct pool *pool)
{
	uint32_t host = random_host();
	struct address shown;

	address_set_in(&shown, htonl(pool->network + host), 5000);
	mapper_claim(&shown);
	model_use(host, CLAIMED);
	assert_true(agrees(pool, host));
}

/* Two hours and a half. */
static void as_the_model(void **state)
{
	struct pool pool = {.network = 0xc6120100, .length = 24};

	(void)state;
	srandom(20250301);
	for (unsigned round = 0; round < 30000; round++) {
		/* Few at first, so that free choices are met too; then too many. */
		int32_t peer = 1 + (int32_t)(random() % (round < 2000 ? 150 : PEERS));

		seconds += round % 3 == 0;
		if (round % 50 == 49)
			one_more_claim(&pool);
		else
			one_more(&pool, peer);
	}
	for (uint32_t host = 0; host < HOSTS; host++)
		assert_true(agrees(&pool, host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_model)};

	return cmocka_run_group_tests_name("mapper: model", tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Properties of how addresses are shown, over random ones of every kind and
 * pools of every length: no IPv6 peer is taken for a local or private one. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "random.h"
#include "peers/show.h"

#include <stdio.h>

enum { POOLS = 4000, PEERS = 25, PREFIXES = 300000 };

/* Addresses that an access list may trust, or that cannot be a peer's: first and last, as IANA's
 * registry has them. */
static const struct range {
	const char *name, *first, *last;
} trusted[] = {{"this network", "0.0.0.0", "0.255.255.255"},       {"private", "10.0.0.0", "10.255.255.255"},
	       {"shared", "100.64.0.0", "100.127.255.255"},        {"loopback", "127.0.0.0", "127.255.255.255"},
	       {"link-local", "169.254.0.0", "169.254.255.255"},   {"private", "172.16.0.0", "172.31.255.255"},
	       {"private", "192.168.0.0", "192.168.255.255"},      {"multicast", "224.0.0.0", "239.255.255.255"},
	       {"broadcast", "255.255.255.255", "255.255.255.255"}};

/* Prefixes of IPv6 that peers have or pretend to have; the rest of the 128 bits
 * is random, and the last 32 are often an address that would be trusted. */
static const struct kind {
	const char *start;
	unsigned bits;
} kinds[] = {
    {"::", 0},
    {"2000::", 3},
    {"fc00::", 7},
    {"fd00::", 8},
    {"fe80::", 64},
    {"fe80::", 10},
    {"fec0::", 10},
    {"ff00::", 8},
    {"2002::", 16},
    {"2001::", 32},
    {"64:ff9b::", 96},
    {"64:ff9b:1::", 48},
    {"::", 96},
    {"::fffe:0:0", 96},
    {"::ffff:0:0:0", 96},
    {"fe80::5efe:0:0", 96},
    {"100::", 64},
    {"0:0:0:0:1:ffff::", 96},
    {"::", 120},
    {"1::ffff:0:0", 96},
    {"2001:db8::", 32},
    {"::8000:0:0:0:0:0", 80},
};

static uint32_t number_of(const char *text)
{
	return ntohl(peer4(text, 0).in.sin_addr.s_addr);
}

static const char *trusted_as(uint32_t ip)
{
	for (size_t i = 0; i < COUNT(trusted); i++)
		if (ip >= number_of(trusted[i].first) && ip <= number_of(trusted[i].last))
			return trusted[i].name;
	return NULL;
}

static bool touches_trusted(uint32_t first, uint32_t last)
{
	for (size_t i = 0; i + 1 < COUNT(trusted); i++) /* a pool never gives its last address */
		if (first <= number_of(trusted[i].last) && last >= number_of(trusted[i].first))
			return true;
	return false;
}

/* Of any length; half of the time a trusted range's own, or near one. */
static uint32_t random_network(unsigned length)
{
	uint32_t ip = random32();

	if (random_below(2))
		ip = number_of(trusted[random_below(COUNT(trusted))].first) +
		     (random_below(3) - 1) * (UINT32_MAX / 2 >> random_below(24));
	return length == 0 ? 0 : ip & UINT32_MAX << (32 - length);
}

static bool read_pool(struct pool *pool, uint32_t network, unsigned length)
{
	const char *problem, *remedy;
	char text[64];

	snprintf(text, sizeof text, "%u.%u.%u.%u/%u", network >> 24, network >> 16 & 255, network >> 8 & 255,
		 network & 255, length);
	return pool_parse(pool, text, &problem, &remedy);
}

static void a_pool_is_taken_where_nothing_is_trusted(void **state)
{
	struct pool pool;

	(void)state;
	for (unsigned i = 0; i < PREFIXES; i++) {
		unsigned length = random_below(33);
		uint32_t network = random_network(length);
		uint32_t last = length == 0 ? UINT32_MAX : network + (uint32_t)((UINT64_C(1) << (32 - length)) - 1);
		bool right = length >= 4 && length <= 24 && !touches_trusted(network, last);

		if (read_pool(&pool, network, length) != right)
			fail_msg("%#x/%u is %s", network, length, right ? "refused" : "taken");
	}
}

static struct address random_peer(void)
{
	const struct kind *kind = &kinds[random_below(COUNT(kinds))];
	struct address peer = peer6(kind->start, random_below(3), (uint16_t)random32());
	uint32_t tail = htonl(number_of(trusted[random_below(COUNT(trusted))].first) + random_below(4));
	uint8_t *bytes = peer.in6.sin6_addr.s6_addr;

	for (unsigned bit = kind->bits; bit < 128; bit++)
		if (random32() & 1)
			bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	if (kind->bits <= 96 && random_below(2))
		memcpy(&bytes[12], &tail, sizeof tail);
	return peer;
}

/* Not the ones that have a meaning of their own: mapped and ::1. */
static bool is_ordinary(const struct address *peer)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const struct in6_addr *ip = &peer->in6.sin6_addr;

	return memcmp(ip, mapped, sizeof mapped) != 0 && !IN6_IS_ADDR_LOOPBACK(ip);
}

static void expect_nobody_nearer(const struct settings *settings, const struct address *peer)
{
	struct address shown = *peer;
	uint32_t ip, hosts = UINT32_MAX >> settings->pool.length;
	char text[INET6_ADDRSTRLEN];
	const char *as;

	show_address(settings, -1, OF_OTHER, &shown);
	ip = ntohl(shown.in.sin_addr.s_addr);
	as = trusted_as(ip);
	assert_non_null(inet_ntop(AF_INET6, &peer->in6.sin6_addr, text, sizeof text));
	if (shown.any.sa_family != AF_INET || shown.length != sizeof shown.in ||
	    address_port(&shown) != address_port(peer))
		fail_msg("%s is not shown as an AF_INET address with its port", text);
	if (as != NULL)
		fail_msg("%s is shown as %#x, %s, from %#x/%u", text, ip, as, settings->pool.network,
			 settings->pool.length);
	if (ip - settings->pool.network < 1 || ip - settings->pool.network >= hosts)
		fail_msg("%s is shown as %#x, not from %#x/%u", text, ip, settings->pool.network,
			 settings->pool.length);
}

static void nobody_looks_nearer(void **state)
{
	static struct settings settings;
	unsigned pools = 0;

	(void)state;
	while (pools < POOLS) {
		unsigned length = 4 + random_below(21);

		if (!read_pool(&settings.pool, random_network(length), length))
			continue;
		settings.pool.key = (struct siphash_key){random32(), random32()};
		pools++;
		for (unsigned i = 0; i < PEERS; i++) {
			struct address peer = random_peer();

			if (is_ordinary(&peer))
				expect_nobody_nearer(&settings, &peer);
		}
	}
}

/* And no other choice of the hash does: those are for when the first is taken. */
static void no_choice_looks_nearer(void **state)
{
	struct pool pool = pool_default();

	(void)state;
	for (unsigned pools = 0; pools < POOLS / 4;) {
		unsigned length = 4 + random_below(21);
		struct address peer = random_peer();

		if (!read_pool(&pool, random_network(length), length))
			continue;
		pools++;
		for (unsigned choice = 0; choice < SYNTHETIC_CHOICES; choice++) {
			struct address shown = synthetic_address(&pool, &peer, choice);

			assert_null(trusted_as(ntohl(shown.in.sin_addr.s_addr)));
		}
	}
}

/* IPv4 peers are shown as they are, from the first to the last. */
static void ipv4_peers_are_themselves(void **state)
{
	static struct settings settings;

	(void)state;
	settings.pool = pool_default();
	for (unsigned i = 0; i < PREFIXES; i++) {
		uint32_t ip = random_network(32);
		struct address peer, shown;

		address_set_in(&peer, htonl(ip), (uint16_t)i);
		shown = peer;
		address_map(&shown);
		show_address(&settings, -1, OF_OTHER, &shown);
		assert_true(same_address(&shown, &peer));
	}
}

static int start(void **state)
{
	random_start();
	return private_network(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pool_is_taken_where_nothing_is_trusted),
	    cmocka_unit_test(nobody_looks_nearer),
	    cmocka_unit_test(no_choice_looks_nearer),
	    cmocka_unit_test(ipv4_peers_are_themselves),
	};

	return cmocka_run_group_tests_name("show, random", tests, start, NULL);
}

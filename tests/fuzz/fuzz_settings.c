/* SPDX-License-Identifier: MIT */
/* DUALBIND_POOL and DUALBIND_LOG: a prefix that is taken gives addresses of its
 * own alone, and a level that is taken is one. */
#include "fuzz.h"

#include "base/log.h"
#include "peers/synthetic.h"

#include <arpa/inet.h>

static bool overlaps(const struct pool *pool, uint32_t network, unsigned length)
{
	unsigned shorter = pool->length < length ? pool->length : length;

	return shorter == 0 || (pool->network ^ network) >> (32 - shorter) == 0;
}

static void gives_its_own(const struct pool *pool, const char *text)
{
	struct address real, shown;
	struct in6_addr ip = {{{0x20, 1}}};
	uint32_t host;

	must(pool->length >= 4 && pool->length <= 24);
	must(!overlaps(pool, 0, 8) && !overlaps(pool, 0x7f000000, 8) && !overlaps(pool, 0x0a000000, 8));
	must(!overlaps(pool, 0xc0a80000, 16) && !overlaps(pool, 0xac100000, 12) && !overlaps(pool, 0xe0000000, 4));
	must(!overlaps(pool, 0xa9fe0000, 16) && !overlaps(pool, 0x64400000, 10));
	memcpy(&ip.s6_addr[8], text, strnlen(text, 8));
	address_set_in6(&real, &ip, 4711);
	for (unsigned choice = 0; choice < SYNTHETIC_CHOICES; choice++) {
		shown = synthetic_address(pool, &real, choice);
		must(shown.any.sa_family == AF_INET && ntohs(shown.in.sin_port) == 4711);
		must(pool_contains(pool, &shown));
		host = ntohl(shown.in.sin_addr.s_addr) & (UINT32_MAX >> pool->length);
		must(host != 0 && host != UINT32_MAX >> pool->length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct pool pool = pool_default();
	const char *problem = NULL, *remedy = NULL;
	static struct log log;

	if (pool_parse(&pool, text, &problem, &remedy))
		gives_its_own(&pool, text);
	else
		must(problem != NULL && remedy != NULL);
	problem = remedy = NULL;
	log = (struct log){.level = LOG_ERROR};
	if (log_parse(&log, text, &problem, &remedy))
		must(log.level <= LOG_DEBUG && memchr(log.path, '\0', sizeof log.path) != NULL &&
		     (log.path[0] == '\0' || log.path[0] == '/'));
	else
		must(problem != NULL && remedy != NULL);
	free(text);
	return 0;
}

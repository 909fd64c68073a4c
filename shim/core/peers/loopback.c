/* SPDX-License-Identifier: MIT */
#include "peers/loopback.h"

#include "base/clock.h"
#include "base/procfs.h"
#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>

enum { BITS = 32, PORTS = 65536, ANSWERS = 1024, IPV4_DIGITS = 8, IPV6_DIGITS = 32 };

static _Atomic uint32_t is_ipv6[PORTS / BITS];

/* Whether 127.0.0.1 is taken at a port. UNKNOWN: /proc does not tell. */
enum answer { FREE, TAKEN, UNKNOWN };

/* What /proc told lately of some ports, each in one word so that a signal handler or
 * another thread reads it whole: the second (clock.h), the port, the answer. */
static _Atomic uint64_t answers[ANSWERS];

static bool is_ipv4_place(uint32_t address)
{
	return address == htonl(INADDR_LOOPBACK) || address == htonl(INADDR_ANY);
}

/* The address is four numbers of eight digits, each as its bytes are in memory. */
static enum loopback_place place_of_ipv6(const char *digits)
{
	uint64_t half;

	if (strspn(digits, "0") < IPV6_DIGITS / 2 || !procfs_digits(digits + IPV6_DIGITS / 2, 16, &half))
		return LOOPBACK_ELSEWHERE;
	if (half == 0)
		return LOOPBACK_AT_WILDCARD6;
	if (half == htonl(1))
		return LOOPBACK_AT_IPV6;
	return half >> 32 == htonl(0xffff) && is_ipv4_place((uint32_t)half) ? LOOPBACK_AT_IPV4 : LOOPBACK_ELSEWHERE;
}

/* "  12: 0100007F:1388 ..." */
enum loopback_place loopback_place_of(const char *line, uint16_t port)
{
	const char *address = procfs_word(line, PROCFS_SOCKET_LOCAL);
	size_t digits = strspn(address, "0123456789ABCDEF");
	uint64_t ipv4, number;

	if (address[digits] != ':' || !procfs_digits(address + digits + 1, 16, &number) || number != port)
		return LOOPBACK_ELSEWHERE;
	if (digits == IPV6_DIGITS)
		return place_of_ipv6(address);
	return digits == IPV4_DIGITS && procfs_digits(address, 16, &ipv4) && is_ipv4_place((uint32_t)ipv4)
		   ? LOOPBACK_AT_IPV4
		   : LOOPBACK_ELSEWHERE;
}

struct search {
	uint16_t port;
	bool at[LOOPBACK_AT_IPV4 + 1];
};

/* A socket at [::] takes what is sent to 127.0.0.1, unless it is of IPv6 alone, which
 * /proc does not tell. By itself it is the one that sends from ::1; beside one at [::1]
 * it may be another user's. */
static bool is_taken(const struct search *search)
{
	return search->at[LOOPBACK_AT_IPV4] || (search->at[LOOPBACK_AT_WILDCARD6] && search->at[LOOPBACK_AT_IPV6]);
}

static bool look_at(void *context, const char *line)
{
	struct search *search = context;

	search->at[loopback_place_of(line, search->port)] = true;
	return !is_taken(search);
}

static enum answer look_up(uint16_t port)
{
	static const char *const lists[] = {"/net/udp", "/net/udp6"};
	struct search search = {.port = port};

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		int file = procfs_open_own(lists[i], 0);
		bool whole = file >= 0 && procfs_lines(file, look_at, &search);

		if (file >= 0)
			sys_close(file);
		if (is_taken(&search))
			return TAKEN;
		if (!whole)
			return UNKNOWN;
	}
	return FREE;
}

static enum answer ask(uint16_t port)
{
	uint64_t key = (uint64_t)clock_seconds() << 32 | (uint32_t)port << 8;
	enum answer answer = look_up(port);

	atomic_store_explicit(&answers[port % ANSWERS], key | answer, memory_order_relaxed);
	return answer;
}

/* What it was in this second. */
static enum answer ask_once(uint16_t port)
{
	uint64_t key = (uint64_t)clock_seconds() << 32 | (uint32_t)port << 8;
	uint64_t known = atomic_load_explicit(&answers[port % ANSWERS], memory_order_relaxed);

	return (known & ~UINT64_C(0xff)) == key ? (enum answer)(known & 0xff) : ask(port);
}

static void forget(uint16_t port)
{
	atomic_fetch_and_explicit(&is_ipv6[port / BITS], ~(UINT32_C(1) << port % BITS), memory_order_relaxed);
}

bool loopback_means_ipv6(uint16_t port)
{
	return atomic_load_explicit(&is_ipv6[port / BITS], memory_order_relaxed) >> port % BITS & 1;
}

enum loopback_meaning loopback_meaning(uint16_t port, bool afresh)
{
	if (!loopback_means_ipv6(port))
		return LOOPBACK_IS_IPV4;
	switch (afresh ? ask(port) : ask_once(port)) {
	case FREE:
		return LOOPBACK_IS_IPV6;
	case TAKEN:
		forget(port);
		return LOOPBACK_IS_IPV4;
	case UNKNOWN:
		break;
	}
	return LOOPBACK_UNKNOWN;
}

bool loopback_heard_ipv6(uint16_t port)
{
	if (ask_once(port) != FREE) {
		forget(port);
		return false;
	}
	if (!loopback_means_ipv6(port))
		atomic_fetch_or_explicit(&is_ipv6[port / BITS], UINT32_C(1) << port % BITS, memory_order_relaxed);
	return true;
}

void loopback_heard_ipv4(uint16_t port)
{
	if (!loopback_means_ipv6(port))
		return;
	forget(port);
	atomic_store_explicit(&answers[port % ANSWERS], 0, memory_order_relaxed);
}

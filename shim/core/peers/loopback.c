/* SPDX-License-Identifier: MIT */
#include "peers/loopback.h"

#include "base/clock.h"
#include "base/procfs.h"
#include "base/sock_line.h"
#include "peers/relatives.h"

#include <stdatomic.h>
#include <stddef.h>

enum { BITS = RELATIVES_PORT_BITS, ANSWERS = 1024 };

/* In a pre-forking server one process may answer a datagram that another one has received. So what relatives
 * have noted counts, too; but like what this process has noted itself, only while /proc agrees. */
static _Atomic uint32_t is_ipv6[RELATIVES_PORTS / BITS];

/* Whether 127.0.0.1 is taken at a port. UNKNOWN: /proc does not tell. */
enum answer { FREE, TAKEN, UNKNOWN };

/* The latest answers of /proc for some ports. Each is one word, so that a signal handler or
 * another thread reads all of it at once: the second (clock.h), the port, the answer. */
static _Atomic uint64_t answers[ANSWERS];

enum loopback_place loopback_place_of(const char *line, uint16_t port)
{
	struct address served;
	struct sock_line socket;

	if (!sock_line_parse(&socket, line) || address_port(&socket.local) != port)
		return LOOPBACK_ELSEWHERE;
	served = address_served(&socket.local);
	if (served.any.sa_family == AF_INET)
		return address_is_any(&served) || address_is_loopback4(&served) ? LOOPBACK_AT_IPV4
										: LOOPBACK_ELSEWHERE;
	if (address_is_any(&served))
		return LOOPBACK_AT_WILDCARD6;
	return IN6_IS_ADDR_LOOPBACK(&served.in6.sin6_addr) ? LOOPBACK_AT_IPV6 : LOOPBACK_ELSEWHERE;
}

struct search {
	uint16_t port;
	bool at[LOOPBACK_AT_IPV4 + 1];
};

/* A socket at [::] takes what is sent to 127.0.0.1, unless it is IPv6-only, which /proc
 * does not tell. If it is the only one, it is the one that sends from ::1. If another one is
 * at [::1], that is the sender, and the one at [::] may be another user's. */
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
		bool whole = procfs_all_lines(procfs_open_own(lists[i], 0), look_at, &search);

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

/* The answer of this second, which is asked for once. */
static enum answer ask_once(uint16_t port)
{
	uint64_t key = (uint64_t)clock_seconds() << 32 | (uint32_t)port << 8;
	uint64_t known = atomic_load_explicit(&answers[port % ANSWERS], memory_order_relaxed);

	return (known & ~UINT64_C(0xff)) == key ? (enum answer)(known & 0xff) : ask(port);
}

static bool has(const _Atomic uint32_t *ports, uint16_t port)
{
	return ports != NULL &&
	       (atomic_load_explicit(&ports[port / BITS], memory_order_relaxed) >> port % BITS & 1);
}

static void set(_Atomic uint32_t *ports, uint16_t port, bool heard)
{
	uint32_t bit = UINT32_C(1) << port % BITS;

	if (ports == NULL || has(ports, port) == heard)
		return;
	if (heard)
		atomic_fetch_or_explicit(&ports[port / BITS], bit, memory_order_relaxed);
	else
		atomic_fetch_and_explicit(&ports[port / BITS], ~bit, memory_order_relaxed);
}

static void note(uint16_t port, bool heard)
{
	set(is_ipv6, port, heard);
	set(relatives_ports(), port, heard);
}

bool loopback_means_ipv6(uint16_t port)
{
	return has(is_ipv6, port) || has(relatives_ports(), port);
}

enum loopback_meaning loopback_meaning(uint16_t port, bool afresh)
{
	if (!loopback_means_ipv6(port))
		return LOOPBACK_IS_IPV4;
	switch (afresh ? ask(port) : ask_once(port)) {
	case FREE:
		return LOOPBACK_IS_IPV6;
	case TAKEN:
		note(port, false);
		return LOOPBACK_IS_IPV4;
	case UNKNOWN:
		break;
	}
	return LOOPBACK_UNKNOWN;
}

bool loopback_heard_ipv6(uint16_t port)
{
	if (ask_once(port) != FREE) {
		note(port, false);
		return false;
	}
	note(port, true);
	return true;
}

void loopback_heard_ipv4(uint16_t port)
{
	if (!loopback_means_ipv6(port))
		return;
	note(port, false);
	atomic_store_explicit(&answers[port % ANSWERS], 0, memory_order_relaxed);
}

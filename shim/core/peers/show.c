/* SPDX-License-Identifier: MIT */
#include "peers/show.h"

#include "base/clock.h"
#include "peers/loopback.h"
#include "peers/mapper.h"
#include "process/target.h"
#include "socket/mark.h"
#include "socket/sock.h"

#include <stdatomic.h>

static void begin_line(struct strbuf *line, int fd)
{
	struct address local;

	log_begin(line, target_pid());
	if (!sock_local(fd, &local))
		return;
	strbuf_add(line, " port=");
	strbuf_add_number(line, address_port(&local));
	strbuf_add(line, "/");
	strbuf_add(line, transport_name(sock_transport(fd)));
}

/* Logs each synthetic address when it is first shown. Only some are remembered, so a line
 * may be repeated; it is true each time. */
static void report_shown(const struct settings *settings, int fd, const struct address *real,
			 const struct address *shown)
{
	enum { REMEMBERED = 1024 };
	static _Atomic in_addr_t recent[REMEMBERED];
	in_addr_t synthetic = shown->in.sin_addr.s_addr;
	struct strbuf line;

	if (settings->log.level < LOG_INFO ||
	    atomic_exchange_explicit(&recent[ntohl(synthetic) % REMEMBERED], synthetic, memory_order_relaxed) ==
		synthetic)
		return;
	begin_line(&line, fd);
	strbuf_add(&line, " shown ");
	strbuf_add_address(&line, real);
	strbuf_add(&line, " as ");
	strbuf_add_address(&line, shown);
	log_send(&settings->log, &line);
}

/* At most one line in a second: a flood may be the reason. */
static void report_refused(const struct settings *settings, int fd, const struct address *real)
{
	static _Atomic uint32_t last;
	uint32_t now;
	struct strbuf line;

	if (settings->log.level < LOG_INFO)
		return;
	now = clock_seconds();
	if (atomic_exchange_explicit(&last, now, memory_order_relaxed) == now)
		return;
	begin_line(&line, fd);
	strbuf_add(&line, " no address of DUALBIND_POOL is left for ");
	strbuf_add_address(&line, real);
	log_send(&settings->log, &line);
}

static bool show_synthetic(const struct settings *settings, int fd, struct address *address)
{
	struct address real = *address;
	bool given = mapper_show(&settings->pool, &real, address);

	if (given)
		report_shown(settings, fd, &real, address);
	else
		report_refused(settings, fd, &real);
	return given;
}

/* An IPv4 peer's own address may lie in the pool: clusters use Class E too. */
static void show_unmapped(const struct settings *settings, struct address *address)
{
	address_unmap(address);
	if (pool_contains(&settings->pool, address))
		mapper_claim(address);
}

bool shown_ipv6(const struct settings *settings, const struct address *shown, struct address *real)
{
	return pool_contains(&settings->pool, shown) && mapper_find(shown, real) &&
	       !IN6_IS_ADDR_V4MAPPED(&real->in6.sin6_addr) && !IN6_IS_ADDR_UNSPECIFIED(&real->in6.sin6_addr);
}

bool shown_is_nobodys(const struct settings *settings, const struct address *shown)
{
	struct address real;

	return !settings->native_peers && pool_contains(&settings->pool, shown) &&
	       (!mapper_find(shown, &real) || address_is_any(&real));
}

static void show_wildcard(int fd, struct address *address)
{
	in_addr_t bound = mark_get(fd) == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY;

	address_set_in(address, htonl(bound), address_port(address));
}

/* A multicast group to which a datagram was sent. Nothing answers to such an address. */
static void show_group(const struct settings *settings, struct address *address)
{
	struct address group = *address;

	*address = synthetic_address(&settings->pool, &group, 0);
}

static bool show_ipv6(const struct settings *settings, int fd, enum whose whose, struct address *address)
{
	if (IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr) &&
	    (whose != OF_SENDER || loopback_heard_ipv6(address_port(address))))
		address_set_in(address, htonl(INADDR_LOOPBACK), address_port(address));
	else if (IN6_IS_ADDR_MULTICAST(&address->in6.sin6_addr))
		show_group(settings, address);
	else
		return show_synthetic(settings, fd, address);
	return true;
}

bool show_address(const struct settings *settings, int fd, enum whose whose, struct address *address)
{
	const struct in6_addr *ip = &address->in6.sin6_addr;

	if (whose == OF_FORGER)
		return show_synthetic(settings, fd, address);
	if (IN6_IS_ADDR_V4MAPPED(ip)) {
		show_unmapped(settings, address);
		if (whose == OF_SENDER && address_is_loopback4(address))
			loopback_heard_ipv4(address_port(address));
		return true;
	}
	if (IN6_IS_ADDR_UNSPECIFIED(ip)) {
		if (whose != OF_SOCKET)
			return show_synthetic(settings, fd, address);
		show_wildcard(fd, address);
		return true;
	}
	return settings->native_peers || show_ipv6(settings, fd, whose, address);
}

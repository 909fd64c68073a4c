/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "socket/mark.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "socket/mark_told.h"
#include "socket/sock.h"
#include "socket/v4mapped_item.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <stdatomic.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef F_SET_RW_HINT /* glibc before 2.27 */
#define F_SET_RW_HINT 1036
#endif

/* The time of a SO_LINGER that is off is LINGER_MARK with some of BITS. It is small enough for old kernels,
 * which keep it in 32 bits as a number of ticks, of which there may be 1,000 in a second. */
enum { LINGER_MARK = 0x2db100, SHOWN = 1, APART = 2, KEPT = 4, BITS = SHOWN | APART | KEPT | MARK_OWN_NO_PORT };

static enum transport transport_of(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM ? TRANSPORT_UDP : TRANSPORT_TCP;
}

bool mark_is_linger(const struct linger *linger)
{
	return linger->l_onoff == 0 && (linger->l_linger & ~BITS) == LINGER_MARK;
}

int mark_linger_bits(int fd)
{
	struct linger linger = {1, 0};
	socklen_t length = sizeof linger;

	if (sys_getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) != 0 || !mark_is_linger(&linger))
		return 0;
	return linger.l_linger & BITS;
}

/* On MPTCP the time has a meaning once the program has set it. */
bool mark_lingers(int fd)
{
	int bits = mark_linger_bits(fd);

	return bits != 0 && (bits != MARK_OWN_NO_PORT || transport_of(fd) == TRANSPORT_UDP);
}

/* Linux stores the time only while SO_LINGER is on: so it is set on first, and then off. */
bool mark_set_linger_bit(int fd, int bit, bool set)
{
	int before = mark_linger_bits(fd), bits = set ? before | bit : before & ~bit;
	struct linger linger = {2, bits == 0 ? 0 : LINGER_MARK | bits};

	if (bits == before)
		return true;
	while (linger.l_onoff-- > 0)
		if (sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) != 0)
			return false;
	if (mark_linger_bits(fd) == bits)
		return true;
	errno = EFORGOTTEN;
	return false;
}

/* For kernels without ISOLATE. The option of datagram sockets is read first, since this is called for each
 * datagram. */
static int ask_plain(int fd)
{
	int unchecked;

	if (mark_linger_bits(fd) & SHOWN)
		return 1;
	unchecked = sys_get_int(fd, SOL_SOCKET, SO_NO_CHECK);
	return unchecked == 1 && transport_of(fd) == TRANSPORT_UDP ? 0 : unchecked;
}

static bool show_plain(int fd, bool shown)
{
	return transport_of(fd) == TRANSPORT_UDP ? mark_set_linger_bit(fd, SHOWN, shown)
						 : setsockopt_checked(fd, SOL_SOCKET, SO_NO_CHECK, shown);
}

bool mark_is_plain(int fd)
{
	return sys_get_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE) < 0 && errno == ENOPROTOOPT;
}

_Atomic enum mark_hints mark_hints;

static bool are_never_used(void)
{
	return atomic_load_explicit(&mark_hints, memory_order_relaxed) == MARK_HINTS_NEVER;
}

bool mark_is_hinted(int fd)
{
	return !are_never_used() && mark_has_hint(fd);
}

/* The first datagram socket of the library decides whether hints are used; a TCP connection has no hint, and decides
 * nothing. On a kernel without socket filters (gVisor) they are not used. */
static void try_hint(int fd)
{
	if (atomic_load_explicit(&mark_hints, memory_order_relaxed) == MARK_HINTS_UNTRIED &&
	    transport_of(fd) == TRANSPORT_UDP)
		atomic_store_explicit(&mark_hints,
				      mark_has_hint(fd) && !v4mapped_item_is_needed_at(fd) ? MARK_HINTS_USED
											   : MARK_HINTS_NEVER,
				      memory_order_relaxed);
}

void mark_hints_end(void)
{
	atomic_store_explicit(&mark_hints, MARK_HINTS_NEVER, memory_order_relaxed);
}

/* If the kernel does not take the hint, the mark works without it. But a hint that cannot be cleared would be
 * believed, so then it fails. */
static bool set_hint(int fd, bool shown)
{
	uint64_t hint = shown ? MARK_HINT : 0;

	if (are_never_used() || (!shown && !mark_has_hint(fd)))
		return true;
	sys_fcntl(fd, F_SET_RW_HINT, (unsigned long)&hint);
	if (shown) /* a program of TCP alone need not ask for it with each datagram */
		try_hint(fd);
	return shown || !mark_has_hint(fd);
}

/* Reading fails with ENOPROTOOPT if the kernel does not have the option (though setting it may return 0), and with
 * another errno on an AF_INET or MPTCP socket. */
static bool show_in_option(int fd, bool shown)
{
	if (sys_get_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE) >= 0)
		return sys_set_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, shown) == 0;
	if (errno == ENOPROTOOPT)
		return show_plain(fd, shown);
	return setsockopt_checked(fd, IPPROTO_IPV6, IPV6_FREEBIND, shown);
}

bool mark_show(int fd, bool shown)
{
	return show_in_option(fd, shown) && set_hint(fd, shown);
}

static atomic_bool isolates;

void mark_isolate_is_set(void)
{
	atomic_store_explicit(&isolates, true, memory_order_relaxed);
}

static int ask_shown(int fd, bool may_be_mptcp)
{
	int shown = sys_get_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE);

	if (shown > 0 && atomic_load_explicit(&isolates, memory_order_relaxed))
		return sys_get_int(fd, SOL_SOCKET, SO_TYPE) != SOCK_RAW;
	if (shown >= 0)
		return shown;
	if (errno == ENOPROTOOPT)
		return ask_plain(fd);
	return may_be_mptcp ? sys_get_int(fd, IPPROTO_IPV6, IPV6_FREEBIND) : -1;
}

int mark_shown(int fd)
{
	return ask_shown(fd, true);
}

int mark_shown_unhinted(int fd)
{
	int shown = ask_shown(fd, false);

	if (shown > 0)
		try_hint(fd);
	return shown;
}

int mark_shown_datagram(int fd)
{
	return mark_hints_are_used() && mark_has_hint(fd) ? 1 : mark_shown_unhinted(fd);
}

bool mark_is_shown_udp(int fd)
{
	return ask_shown(fd, false) > 0 && sock_transport(fd) == TRANSPORT_UDP;
}

/* The mark's second bit: bound elsewhere than the program asked (mark.h). */
static bool set_apart(int fd, enum transport transport)
{
	return transport == TRANSPORT_UDP ? mark_set_linger_bit(fd, APART, true)
					  : setsockopt_checked(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
}

bool mark_is_apart(int fd, enum transport transport)
{
	if (transport == TRANSPORT_UDP)
		return (mark_linger_bits(fd) & APART) != 0;
	return sys_get_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP) == 0;
}

static bool is_of_ipv4(enum mark mark)
{
	return mark == MARK_CONVERTED || mark == MARK_PROMOTED;
}

static bool write_mark(int fd, enum transport transport, enum mark mark)
{
	return mark_show(fd, is_of_ipv4(mark)) && (mark == MARK_CONVERTED || set_apart(fd, transport)) &&
	       (is_of_ipv4(mark) ? mark_told_set(fd, transport)
				 : sys_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, mark == MARK_MAPPED) == 0);
}

/* Whether the mark reads back as MARK. */
static bool reads(int fd, enum transport transport, enum mark mark)
{
	if (mark_read(fd, transport) == mark)
		return true;
	errno = EFORGOTTEN;
	return false;
}

bool mark_renew(int fd, enum transport transport, enum mark mark)
{
	mark_told_renew(fd, transport, mark);
	return mark_read(fd, transport) == mark || (write_mark(fd, transport, mark) && reads(fd, transport, mark));
}

/* First the socket must read as not marked: an option that is always set cannot be a mark. */
bool mark_set(int fd, enum transport transport, enum mark mark)
{
	if (reads(fd, transport, MARK_NONE) && write_mark(fd, transport, mark) && reads(fd, transport, mark)) {
		mark_told_renew(fd, transport, mark);
		return true;
	}
	if (errno == ENOPROTOOPT) /* the kernel does not have the option, and says so */
		errno = EFORGOTTEN;
	return false;
}

enum mark mark_read(int fd, enum transport transport)
{
	int shown = mark_shown(fd);
	bool apart = shown >= 0 && mark_is_apart(fd, transport);

	if (shown > 0)
		return apart ? MARK_PROMOTED : MARK_CONVERTED;
	if (!apart)
		return MARK_NONE;
	return sys_get_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) == 1 ? MARK_MAPPED : MARK_WIDENED;
}

enum mark mark_get(int fd)
{
	return mark_read(fd, transport_of(fd));
}

/* A socket was to be kept, and the kernel did not store that: then no socket is swapped any more. */
static atomic_bool keep_all;

/* These options are 1 by default, and mean nothing to TCP. IPv4's is a part of the mark on an AF_INET6 socket. */
static bool keep_stream(int fd, int domain)
{
	return domain == AF_INET ? setsockopt_checked(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0)
				 : setsockopt_checked(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
}

void mark_keep(int fd)
{
	enum transport transport = sock_transport(fd); /* 0 for raw sockets, which are never swapped */
	int domain = sys_get_int(fd, SOL_SOCKET, SO_DOMAIN);

	if (transport == 0 || (domain != AF_INET && domain != AF_INET6))
		return;
	if (!(transport == TRANSPORT_UDP ? mark_set_linger_bit(fd, KEPT, true) : keep_stream(fd, domain)))
		keep_all = true;
}

bool mark_is_kept(const struct sock *sock, const struct linger *linger)
{
	if (keep_all)
		return true;
	if (sock->transport == TRANSPORT_UDP)
		return mark_is_linger(linger) && (linger->l_linger & KEPT) != 0;
	if (sock->local.any.sa_family == AF_INET)
		return sys_get_int(sock->fd, IPPROTO_IP, IP_MULTICAST_LOOP) == 0;
	return sys_get_int(sock->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP) == 0;
}

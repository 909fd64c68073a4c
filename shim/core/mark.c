#include "mark.h"

#include "kept.h"
#include "sys.h"
#include "transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>

#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

/* FREEBIND counts only where ISOLATE cannot be read: see mark_shown(). */
bool mark_show(int fd, bool shown)
{
	return sys_set_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, shown) == 0 ||
	       (sys_set_int(fd, IPPROTO_IPV6, IPV6_FREEBIND, shown) == 0 && mark_shown(fd) == shown);
}

/* ENOPROTOOPT says that the kernel does not know the option; another errno that
 * the socket is one of AF_INET, or of MPTCP. */
static int ask_shown(int fd, bool may_be_mptcp)
{
	int shown = sys_get_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE);

	if (shown >= 0 || (errno != ENOPROTOOPT && !may_be_mptcp))
		return shown;
	return sys_get_int(fd, IPPROTO_IPV6, IPV6_FREEBIND);
}

int mark_shown(int fd)
{
	return ask_shown(fd, true);
}

int mark_shown_datagram(int fd)
{
	return ask_shown(fd, false);
}

static bool is_datagram(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
}

static bool set_elsewhere(int fd)
{
	if (is_datagram(fd))
		return sys_set_int(fd, SOL_SOCKET, SO_OOBINLINE, 1) == 0;
	return sys_set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) == 0;
}

static bool is_elsewhere(int fd)
{
	if (is_datagram(fd))
		return sys_get_int(fd, SOL_SOCKET, SO_OOBINLINE) == 1;
	return sys_get_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL) == 0;
}

static bool write_mark(int fd, enum mark mark)
{
	bool shown = mark == MARK_CONVERTED || mark == MARK_PROMOTED;

	return mark_show(fd, shown) && (mark == MARK_CONVERTED || set_elsewhere(fd)) &&
	       (shown || sys_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, mark == MARK_MAPPED) == 0);
}

/* As it will be read. */
static bool reads(int fd, enum mark mark)
{
	if (mark_get(fd) == mark)
		return true;
	errno = EFORGOTTEN;
	return false;
}

bool mark_renew(int fd, enum mark mark)
{
	return write_mark(fd, mark) && reads(fd, mark);
}

/* An option that is always set marks nothing. */
bool mark_set(int fd, enum mark mark)
{
	if (mark_show(fd, false))
		return reads(fd, MARK_NONE) && mark_renew(fd, mark);
	if (errno == ENOPROTOOPT) /* an old kernel, which at least says so */
		errno = EFORGOTTEN;
	return false;
}

/* Where "shown" cannot be asked for, nothing was ever marked: gVisor, whose
 * SO_OOBINLINE is always 1. */
enum mark mark_get(int fd)
{
	int shown = mark_shown(fd);
	bool elsewhere = shown >= 0 && is_elsewhere(fd);

	if (shown > 0)
		return elsewhere ? MARK_PROMOTED : MARK_CONVERTED;
	if (!elsewhere)
		return MARK_NONE;
	return sys_get_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) == 1 ? MARK_MAPPED : MARK_WIDENED;
}

static bool is_ipv4(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET;
}

/* One is to be kept whose kernel does not keep that: then none is swapped. */
static atomic_bool keep_all;

void mark_keep(int fd)
{
	if (!is_ipv4(fd) || transport_of(fd) == 0) /* raw ones are never swapped */
		return;
	if (!(is_datagram(fd) ? kept_set(fd, SOL_SOCKET, SO_OOBINLINE, 1)
			      : kept_set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0)))
		keep_all = true;
}

bool mark_is_kept(int fd)
{
	if (!is_ipv4(fd))
		return false;
	if (keep_all)
		return true;
	if (is_datagram(fd))
		return sys_get_int(fd, SOL_SOCKET, SO_OOBINLINE) == 1;
	return sys_get_int(fd, IPPROTO_IP, IP_MULTICAST_ALL) == 0;
}

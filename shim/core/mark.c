#include "mark.h"

#include "sys.h"

#include <errno.h>
#include <netinet/in.h>

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

bool mark_set(int fd, enum mark mark)
{
	if (mark == MARK_CONVERTED)
		return mark_show(fd, true);
	if (!set_elsewhere(fd))
		return false;
	if (mark == MARK_PROMOTED)
		return mark_show(fd, true);
	return sys_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, mark == MARK_MAPPED) == 0;
}

enum mark mark_get(int fd)
{
	bool elsewhere = is_elsewhere(fd);

	if (mark_shown(fd) > 0)
		return elsewhere ? MARK_PROMOTED : MARK_CONVERTED;
	if (!elsewhere)
		return MARK_NONE;
	return sys_get_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) == 1 ? MARK_MAPPED : MARK_WIDENED;
}

static bool is_ipv4(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET;
}

void mark_keep(int fd)
{
	if (!is_ipv4(fd))
		return;
	if (is_datagram(fd))
		sys_set_int(fd, SOL_SOCKET, SO_OOBINLINE, 1);
	else
		sys_set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
}

bool mark_is_kept(int fd)
{
	if (!is_ipv4(fd))
		return false;
	if (is_datagram(fd))
		return sys_get_int(fd, SOL_SOCKET, SO_OOBINLINE) == 1;
	return sys_get_int(fd, IPPROTO_IP, IP_MULTICAST_ALL) == 0;
}

#include "mark.h"

#include "sys.h"

#include <linux/in6.h>
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

int mark_shown(int fd)
{
	int shown = sys_get_int(fd, IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE);

	return shown >= 0 ? shown : sys_get_int(fd, IPPROTO_IPV6, IPV6_FREEBIND);
}

static bool set_elsewhere(int fd, bool elsewhere)
{
	return sys_set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, !elsewhere) == 0;
}

bool mark_set(int fd, enum mark mark)
{
	if (mark == MARK_CONVERTED)
		return mark_show(fd, true);
	return set_elsewhere(fd, true) && (mark == MARK_WIDENED || mark_show(fd, true));
}

enum mark mark_get(int fd)
{
	bool elsewhere = sys_get_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL) == 0;

	if (mark_shown(fd) > 0)
		return elsewhere ? MARK_PROMOTED : MARK_CONVERTED;
	return elsewhere ? MARK_WIDENED : MARK_NONE;
}

void mark_keep(int fd)
{
	sys_set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
}

bool mark_is_kept(int fd)
{
	/* An AF_INET6 socket has 0 from the start. */
	return sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET &&
	       sys_get_int(fd, IPPROTO_IP, IP_MULTICAST_ALL) == 0;
}

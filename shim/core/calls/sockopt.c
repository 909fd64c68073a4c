/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/sockopt.h"

#include "base/address.h"
#include "base/sys.h"
#include "bind/yield.h"
#include "calls/names.h"
#include "config/settings.h"
#include "peers/show.h"
#include "socket/mark.h"
#include "socket/mark_told.h"
#include "socket/sock.h"
#include "socket/sockopt_ipv6_map.h"
#include "socket/v4mapped_filter.h"
#include "socket/v4mapped_item.h"

#include <errno.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/xfrm.h>
#include <stddef.h>
#include <string.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#define SO_ATTACH_REUSEPORT_EBPF 52
#endif
#ifndef SO_ORIGINAL_DST /* <linux/netfilter_ipv4.h>; IP6T_SO_ORIGINAL_DST is the same number */
#define SO_ORIGINAL_DST 80
#endif
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY 38
#endif

/* Whether LEVEL is one at which sockets of other families never refuse an option by ENOPROTOOPT. */
static bool is_of_ip(int level)
{
	return level != SOL_SOCKET && level != IPPROTO_IP && level != SOL_NETLINK && level != SOL_PACKET;
}

/* Sockets of the two families refuse an option of another protocol by different errors. */
static bool is_of_other_protocol(int fd, int level)
{
	return is_of_ip(level) && names_are_shown(fd) && level != sys_get_int(fd, SOL_SOCKET, SO_PROTOCOL);
}

static bool is_in6(const void *domain, socklen_t length)
{
	int in6 = AF_INET6;

	return length > 0 && length <= sizeof in6 && memcmp(domain, &in6, length) == 0;
}

/* The family is checked, since programs attach filters to sockets of other families, too (AF_PACKET, AF_NETLINK). */
static bool is_dual_datagram(int fd)
{
	const struct settings *settings = settings_get();

	return settings != NULL && settings->dual_datagrams && sys_get_int(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 &&
	       sock_transport(fd) == TRANSPORT_UDP && mark_get(fd) != MARK_NONE;
}

static bool is_guarded(int fd)
{
	return is_dual_datagram(fd) && v4mapped_filter_stands(fd);
}

static void hide_linger_mark(void *value, socklen_t length)
{
	struct linger linger;

	if (length != sizeof linger)
		return;
	memcpy(&linger, value, sizeof linger);
	if (mark_is_linger(&linger))
		memset(value, 0, sizeof linger);
}

/* The destination of a client before it was redirected here (iptables' REDIRECT). For an IPv6 client it is in the
 * option of IPv6. As in the kernel, *LENGTH is not changed. False, with errno as it was: it is not known. */
static bool get_original(int fd, void *value, const socklen_t *length)
{
	struct address original = {.length = sizeof original.in6};
	int saved = errno;

	if (saved == EFAULT || *length < sizeof original.in || !names_are_shown(fd) ||
	    sys_getsockopt(fd, IPPROTO_IPV6, SO_ORIGINAL_DST, &original.in6, &original.length) != 0) {
		errno = saved;
		return false;
	}
	show_address(settings_get(), fd, OF_OTHER, &original);
	memcpy(value, &original.in, sizeof original.in);
	return true;
}

int call_getsockopt(int fd, int level, int name, void *value, socklen_t *length, native_getsockopt *native)
{
	int result;

	if (level == IPPROTO_IPV6 && names_are_shown(fd)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (level == SOL_SOCKET && name == SO_GET_FILTER && is_guarded(fd))
		return v4mapped_filter_get(fd, value, length);
	result = native(fd, level, name, value, length);
	if (result < 0 && level == IPPROTO_IP && name == SO_ORIGINAL_DST && get_original(fd, value, length))
		return 0;
	if (result == 0 && level == SOL_SOCKET && name == SO_LINGER)
		hide_linger_mark(value, *length);
	if (result == 0 && level == IPPROTO_IP && mark_told_alone(fd, name))
		memset(value, 0, *length);
	if (result == 0 && level == SOL_SOCKET && name == SO_DOMAIN && is_in6(value, *length) &&
	    names_are_shown(fd))
		memcpy(value, &(int){AF_INET}, *length);
	else if (result < 0 && errno == ENOPROTOOPT)
		errno = is_of_other_protocol(fd, level) ? EOPNOTSUPP : ENOPROTOOPT;
	return result;
}

static bool is_key_option(int level, int name)
{
	return level == IPPROTO_TCP && (name == TCP_MD5SIG || name == TCP_MD5SIG_EXT || name == TCP_AO_ADD_KEY);
}

static bool is_policy(int level, int name)
{
	return level == IPPROTO_IP && (name == IP_IPSEC_POLICY || name == IP_XFRM_POLICY);
}

/* IP_MULTICAST_IF can be set by the index of an interface, but reads back as an address. */
static bool is_by_index(int level, int name, const void *value, socklen_t length)
{
	struct ip_mreqn request;

	if (level != IPPROTO_IP || name != IP_MULTICAST_IF || length < sizeof request)
		return false;
	memcpy(&request, value, sizeof request);
	return request.imr_ifindex != 0 && request.imr_address.s_addr == htonl(INADDR_ANY);
}

/* Options that cannot be read back, and so cannot be carried to another socket. */
static bool is_unreadable(int level, int name)
{
	return is_key_option(level, name) || is_policy(level, name) ||
	       (level == SOL_SOCKET && (name == SO_ATTACH_REUSEPORT_CBPF || name == SO_ATTACH_REUSEPORT_EBPF));
}

/* TCP-MD5 (RFC 2385): the key names a peer, and an AF_INET6 socket knows an
 * IPv4 peer by its mapped address. */
static int set_key(int fd, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	struct tcp_md5sig key;
	struct address peer;

	if (name == TCP_AO_ADD_KEY || length != sizeof key || !names_are_shown(fd))
		return native(fd, IPPROTO_TCP, name, value, length);
	memcpy(&key, value, sizeof key);
	if (address_read(&peer, (const struct sockaddr *)&key.tcpm_addr, sizeof key.tcpm_addr) &&
	    peer.any.sa_family == AF_INET) {
		address_map(&peer);
		memcpy(&key.tcpm_addr, &peer.in6, sizeof peer.in6);
	}
	return native(fd, IPPROTO_TCP, name, &key, sizeof key);
}

/* Whether packets are neither to be dropped nor to be protected. */
static bool is_bypass(int name, const void *value, socklen_t length)
{
	typedef struct xfrm_userpolicy_info policy;

	return name == IP_XFRM_POLICY && length == sizeof(policy) &&
	       *((const unsigned char *)value + offsetof(policy, action)) == XFRM_POLICY_ALLOW;
}

/* Tried on a socket of our own. False with errno. */
static bool is_sound_policy(int name, const void *value, socklen_t length, native_setsockopt *native)
{
	int probe = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result, error;

	if (probe < 0)
		return true;
	result = native(probe, IPPROTO_IP, name, value, length);
	error = errno;
	sys_close(probe);
	errno = error;
	return result == 0;
}

/*
 * A socket has one IPsec policy for each direction, for one family, and an AF_INET6 socket
 * takes none by these options. So it becomes the program's own AF_INET socket again: with a
 * policy for IPv4 packets alone, IPv6 packets would come in unprotected. If that is not
 * possible, a bypass can still be set, by the option of IPv6, which counts for IPv4
 * packets, too.
 */
static int set_policy(int fd, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	int result = native(fd, IPPROTO_IP, name, value, length);

	if (result >= 0 || errno != EOPNOTSUPP)
		return result;
	if (names_are_shown(fd)) {
		if (!is_sound_policy(name, value, length, native))
			return -1;
		if (yield_for_option(settings_get(), fd))
			return native(fd, IPPROTO_IP, name, value, length);
		if (is_bypass(name, value, length))
			return native(fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, value, length);
	}
	errno = EOPNOTSUPP;
	return -1;
}

/* Whether the guard is the only filter: then the program has none to detach. */
static bool is_guard_alone(int fd)
{
	return is_guarded(fd) && sys_get_int(fd, SOL_SOCKET, SO_LOCK_FILTER) != 1 && v4mapped_filter_is_all(fd);
}

/* Whether SO_LINGER holds the mark of a UDP socket (mark.h), for which the option means nothing. */
static bool is_linger_mark(int fd, socklen_t length)
{
	return length >= sizeof(struct linger) && settings_get()->dual_datagrams && mark_lingers(fd);
}

static int set_of_socket(int fd, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	int result;

	if (name == SO_DETACH_FILTER && is_guard_alone(fd)) {
		errno = ENOENT;
		return -1;
	}
	if (name == SO_LINGER && is_linger_mark(fd, length))
		return 0;
	result = native(fd, SOL_SOCKET, name, value, length);
	if (result == 0 && (name == SO_ATTACH_FILTER || name == SO_DETACH_FILTER) && is_dual_datagram(fd))
		v4mapped_filter_again(fd);
	return result;
}

/*
 * What the program wants for IPv4 packets is set for IPv6 packets, too, by the value that the kernel
 * has stored (it takes values of different lengths). Some options keep their value: IP_FREEBIND,
 * IP_BIND_ADDRESS_NO_PORT, and what means nothing to TCP (IP_MULTICAST_LOOP, IP_RECVERR_RFC4884) may be parts of the
 * mark (mark.h, mark_told.h); and the one that v4mapped_item.h needs (cmsg_translate.c reads what the program has set).
 */
static int set_of_ip(int fd, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	int twin = sockopt_ipv6_of(name), kept = -1, result;
	bool shown = twin >= 0 && names_are_shown(fd);
	bool no_port = name == IP_BIND_ADDRESS_NO_PORT && mark_told_has_no_port(fd);

	if ((name == IP_MULTICAST_LOOP || name == IP_RECVERR_RFC4884) && sock_transport(fd) == TRANSPORT_TCP)
		kept = sys_get_int(fd, IPPROTO_IP, name);
	result = native(fd, IPPROTO_IP, name, value, length);
	if (result != 0)
		return result;
	if (shown && kept < 0 && length > 0 && !(name == IP_RECVTOS && v4mapped_item_is_needed()))
		sys_set_int(fd, IPPROTO_IPV6, twin, sys_get_int(fd, IPPROTO_IP, name));
	if (shown && name == IP_FREEBIND)
		mark_show(fd, true);
	if (kept >= 0)
		sys_set_int(fd, IPPROTO_IP, name, kept);
	if (no_port)
		mark_told_own_no_port(fd, sys_get_int(fd, IPPROTO_IP, name) > 0);
	if (name == IP_RECVERR || (name == IP_RECVERR_RFC4884 && shown))
		mark_told_errors(fd);
	return 0;
}

static int set(int fd, int level, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	if (level == SOL_SOCKET)
		return set_of_socket(fd, name, value, length, native);
	if (is_policy(level, name))
		return set_policy(fd, name, value, length, native);
	if (level == IPPROTO_IP)
		return set_of_ip(fd, name, value, length, native);
	if (level == IPPROTO_IPV6 && name == IPV6_ROUTER_ALERT_ISOLATE)
		mark_isolate_is_set();
	return is_key_option(level, name) ? set_key(fd, name, value, length, native)
					  : native(fd, level, name, value, length);
}

int call_setsockopt(int fd, int level, int name, const void *value, socklen_t length, native_setsockopt *native)
{
	int result;

	if (settings_get() == NULL)
		return native(fd, level, name, value, length);
	if (level == IPPROTO_IPV6 && names_are_shown(fd)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	result = set(fd, level, name, value, length, native);
	if (result == 0 && (is_unreadable(level, name) || is_by_index(level, name, value, length)))
		mark_keep(fd);
	return result;
}

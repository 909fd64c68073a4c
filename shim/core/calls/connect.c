/* SPDX-License-Identifier: MIT */
#include "calls/connect.h"

#include "bind/udp_peer.h"
#include "calls/names.h"
#include "config/settings.h"
#include "peers/loopback.h"
#include "peers/mapper.h"
#include "peers/show.h"
#include "socket/sock.h"

#include <errno.h>

static enum route resolve_stream(const struct settings *settings, int fd, struct address *to)
{
	bool shown = names_are_shown(fd);
	struct address real;

	if (shown_ipv6(settings, to, &real) && (shown || convert_for_peer(settings, fd, &real, CONNECTS)))
		*to = real;
	else if (shown && shown_is_nobodys(settings, to)) {
		errno = ENETUNREACH;
		return ROUTE_NONE;
	} else if (shown)
		address_map(to);
	else
		return ROUTE_NATIVE;
	return ROUTE_REAL;
}

static enum route resolve_peer(const struct settings *settings, int fd, struct address *to)
{
	struct address shown = *to;
	enum route route = destination_of_datagram(settings, fd, to);

	if (route == ROUTE_REAL)
		route = destination_refused(settings, fd, to, CONNECTS);
	if (route == ROUTE_NATIVE)
		*to = shown;
	return route;
}

enum route connect_destination(const struct settings *settings, int fd, const struct sockaddr *address,
			       socklen_t length, struct address *to)
{
	enum route route = ROUTE_NATIVE;

	if (!address_read(to, address, length) || address->sa_family == AF_UNSPEC)
		return ROUTE_NATIVE;
	if (address->sa_family == AF_INET6) {
		if (!settings->native_peers && names_are_shown(fd)) {
			errno = EAFNOSUPPORT;
			return ROUTE_NONE;
		}
	} else if (sock_transport(fd) == TRANSPORT_UDP) {
		route = resolve_peer(settings, fd, to);
	} else {
		route = resolve_stream(settings, fd, to);
	}
	return route;
}

/* An IPv4 address that stands for itself. */
static bool is_itself(const struct settings *settings, const struct address *shown)
{
	struct address real;

	return shown->any.sa_family == AF_INET &&
	       !(address_is_loopback4(shown) && loopback_means_ipv6(address_port(shown))) &&
	       (!pool_contains(&settings->pool, shown) || (mapper_find(shown, &real) && address_is_mapped(&real)));
}

/* Most sockets that connect are not marked, and must cost nothing: so the call is made first. A
 * marked stream socket refuses the AF_INET address, and gets the mapped one. */
static int connect_itself(int fd, const struct sockaddr *address, socklen_t length, struct address *to,
			  native_connect *native)
{
	int result = native(fd, address, length), error = errno;

	if (result == 0 || (error != EINVAL && error != EAFNOSUPPORT) || !names_are_shown(fd) ||
	    sock_transport(fd) != TRANSPORT_TCP) {
		errno = error;
		return result;
	}
	address_map(to);
	return native(fd, &to->any, to->length);
}

/* CHANGED: the old peer, of the other family, was dissolved for a new one. If the call has failed, there is none. */
static int with_peer(int result, int fd, bool changed)
{
	if (result != 0 && changed)
		udp_peer_dissolved(fd);
	return result;
}

static int connect_resolved(const struct settings *settings, int fd, const struct sockaddr *address,
			    socklen_t length, struct address *to, native_connect *native)
{
	bool changed;

	switch (connect_destination(settings, fd, address, length, to)) {
	case ROUTE_REAL:
		changed = settings->datagrams && udp_peer_changes(fd, to);
		udp_peer_connected(to);
		return with_peer(native(fd, &to->any, to->length), fd, changed);
	case ROUTE_NONE:
		return -1;
	case ROUTE_NATIVE:
		break;
	}
	return native(fd, address, length);
}

static bool dissolves(const struct sockaddr *address, socklen_t length)
{
	return address != NULL && length >= sizeof address->sa_family &&
	       length <= sizeof(struct sockaddr_storage) && address->sa_family == AF_UNSPEC;
}

int call_connect(int fd, const struct sockaddr *address, socklen_t length, native_connect *native)
{
	const struct settings *settings = settings_get();
	struct address to;
	bool had_peer;
	int result;

	if (settings != NULL && dissolves(address, length)) {
		had_peer = settings->datagrams && udp_peer_is_there(fd);
		result = native(fd, address, length);
		if (result == 0 && had_peer)
			udp_peer_dissolved(fd);
		return result;
	}
	if (settings == NULL)
		return native(fd, address, length);
	if (!address_read(&to, address, length))
		return (int)destination_result(native(fd, address, length), fd, address, length);
	if (!is_itself(settings, &to))
		return connect_resolved(settings, fd, address, length, &to, native);
	had_peer = settings->datagrams && udp_peer_changes(fd, &to);
	return with_peer(connect_itself(fd, address, length, &to, native), fd, had_peer);
}

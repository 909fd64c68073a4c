/* SPDX-License-Identifier: MIT */
#include "calls/destination.h"

#include "calls/names.h"
#include "peers/loopback.h"
#include "peers/show.h"
#include "socket/mark.h"
#include "socket/sock.h"

#include <errno.h>
#include <string.h>

/*
 * Whether 127.0.0.1 means ::1 when FD sends there. A socket that is not converted may be a
 * client of the program, which may well mean the real 127.0.0.1; so /proc is read again,
 * which happens once, since FD is converted afterwards. If /proc does not tell any more, it
 * is ::1 for a socket that is itself bound to 127.0.0.1, as a server's socket for one client is.
 */
static bool is_loopback_of_ipv6(int fd, const struct address *shown)
{
	uint16_t port = address_port(shown);
	enum loopback_meaning meaning;
	struct address local;
	bool ours;

	if (!address_is_loopback4(shown) || !loopback_means_ipv6(port))
		return false;
	ours = mark_shown_datagram(fd) > 0;
	meaning = loopback_meaning(port, !ours);
	return meaning == LOOPBACK_IS_IPV6 ||
	       (meaning == LOOPBACK_UNKNOWN && !ours && sock_local(fd, &local) && address_is_loopback4(&local));
}

/* An AF_INET socket takes a destination of AF_UNSPEC for AF_INET; an AF_INET6 socket would take it
 * for no destination. */
static enum route resolve_unspecified(int fd, const struct sockaddr *address, socklen_t length, struct address *to)
{
	socklen_t meant = length < sizeof to->in ? length : sizeof to->in;

	if (mark_shown_datagram(fd) <= 0)
		return ROUTE_NATIVE;
	memset(to, 0, sizeof *to);
	memcpy(&to->in, address, meant);
	to->in.sin_family = AF_INET;
	to->length = meant;
	return ROUTE_REAL;
}

enum route destination_of_datagram(const struct settings *settings, int fd, struct address *to)
{
	struct address real;

	if (shown_ipv6(settings, to, &real)) {
		*to = real;
		return ROUTE_REAL;
	}
	if (is_loopback_of_ipv6(fd, to)) {
		address_set_in6(to, &in6addr_loopback, address_port(to));
		return ROUTE_REAL;
	}
	if (!shown_is_nobodys(settings, to) || !mark_is_shown_udp(fd))
		return ROUTE_NATIVE;
	errno = ENETUNREACH;
	return ROUTE_NONE;
}

enum route destination_refused(const struct settings *settings, int fd, const struct address *to,
			       enum peer_call calls)
{
	/* Another thread may have converted it meanwhile. */
	if (mark_shown_datagram(fd) > 0 || convert_for_peer(settings, fd, to, calls) || mark_shown_datagram(fd) > 0)
		return ROUTE_REAL;
	if (IN6_IS_ADDR_LOOPBACK(&to->in6.sin6_addr))
		return ROUTE_NATIVE;
	errno = ENETUNREACH;
	return ROUTE_NONE;
}

enum route destination_of(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
			  struct address *to)
{
	enum route route = ROUTE_NATIVE;

	if (length > sizeof(struct sockaddr_storage))
		return ROUTE_NATIVE; /* EINVAL */
	if (length >= sizeof address->sa_family && address->sa_family == AF_UNSPEC) {
		route = resolve_unspecified(fd, address, length, to);
		if (route == ROUTE_NATIVE)
			return ROUTE_NATIVE;
	} else if (length >= sizeof to->in && address->sa_family == AF_INET) {
		memcpy(&to->in, address, to->length = sizeof to->in);
	} else {
		return ROUTE_NATIVE;
	}
	if (to->length == sizeof to->in) {
		enum route further = destination_of_datagram(settings, fd, to);

		route = further == ROUTE_NATIVE ? route : further;
	}
	return route;
}

long destination_result(long result, int fd, const struct sockaddr *address, socklen_t length)
{
	if (result < 0 && errno == EINVAL && address != NULL && length >= sizeof(struct sockaddr_in) &&
	    length <= sizeof(struct sockaddr_storage) && address->sa_family != AF_INET)
		errno = names_are_shown(fd) ? EAFNOSUPPORT : EINVAL;
	return result;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/letter.h"

#include "base/cmsg_buf.h"
#include "base/sys.h"
#include "calls/cmsg_translate.h"
#include "calls/connect.h"
#include "socket/mark.h"

#include <errno.h>
#include <limits.h>

const struct settings *letter_settings(int flags)
{
	const struct settings *settings = settings_get();

	return settings != NULL && (settings->datagrams || (flags & MSG_FASTOPEN)) ? settings : NULL;
}

/* The kernel has refused TO, since the socket is an AF_INET one. It may be converted, and then TO works. */
static bool is_refused(ssize_t result, const struct address *to)
{
	return result < 0 && errno == EAFNOSUPPORT && to->any.sa_family == AF_INET6;
}

enum route letter_send(const struct sender *sender, struct msghdr *ours, const struct address *to, ssize_t *result)
{
	enum route route;

	*result = sender->send(sender, ours);
	if (!is_refused(*result, to))
		return ROUTE_REAL;
	route = destination_refused(sender->settings, sender->fd, to, SENDS);
	if (route != ROUTE_REAL)
		return route;
	*result = sender->send(sender, ours);
	/* An AF_INET6 socket that is connected to an IPv4 peer refuses TO as well. */
	if (is_refused(*result, to))
		errno = ENETUNREACH;
	return ROUTE_REAL;
}

/* False for streams, which ignore such ancillary data. */
static bool is_connected_to_ipv6(int fd)
{
	struct address peer = {.length = sizeof peer.in6};

	return mark_is_shown_udp(fd) && sys_getpeername(fd, &peer.any, &peer.length) == 0 &&
	       peer.any.sa_family == AF_INET6 && !address_is_mapped(&peer);
}

/* Whether the ancillary data must become IPv6's. For a datagram to an IPv4 peer sockets
 * of either family take those of IPPROTO_IP. */
static bool goes_to_ipv6(int fd, const struct msghdr *message, enum route route, const struct address *to)
{
	if (!cmsg_is_of(message, IPPROTO_IP, CMSG_ANY))
		return false;
	return message->msg_name == NULL ? is_connected_to_ipv6(fd)
					 : route == ROUTE_REAL && to->any.sa_family == AF_INET6;
}

socklen_t letter_name_length(const struct msghdr *message)
{
	const socklen_t longest = sizeof(struct sockaddr_storage), length = message->msg_namelen;

	return length > longest && length <= INT_MAX ? longest : length;
}

static enum route resolve(const struct sender *sender, const struct msghdr *message, struct address *to)
{
	const bool connects = (sender->flags & MSG_FASTOPEN) != 0;
	enum route route;

	if (message->msg_name == NULL)
		return ROUTE_NATIVE;
	route = (connects ? connect_destination : destination_of)(sender->settings, sender->fd, message->msg_name,
								  letter_name_length(message), to);
	/* An AF_INET socket refuses MSG_OOB; an AF_INET6 one would send to an IPv6 peer. Streams ignore the address. */
	if (route != ROUTE_REAL || !(sender->flags & MSG_OOB) || to->any.sa_family != AF_INET6 ||
	    !mark_is_shown_udp(sender->fd))
		return route;
	errno = EOPNOTSUPP;
	return ROUTE_NONE;
}

enum route letter_write(const struct sender *sender, struct msghdr *message, struct letter *letter)
{
	enum route route = resolve(sender, message, &letter->to);
	size_t controls; /* the C libraries differ in the type of msg_controllen */
	bool to_ipv6;
	int error;

	if (route == ROUTE_NONE)
		return route;
	to_ipv6 = message->msg_control != NULL && goes_to_ipv6(sender->fd, message, route, &letter->to);
	if (route == ROUTE_REAL) {
		message->msg_name = &letter->to.any;
		message->msg_namelen = letter->to.length;
	} else {
		letter->to.any.sa_family = AF_UNSPEC;
	}
	if (!to_ipv6)
		return route;
	error = cmsg_to_ipv6(sender->settings, message, letter->control, LETTER_CONTROL_BYTES, &controls);
	if (error != 0) {
		errno = error;
		return ROUTE_NONE;
	}
	message->msg_control = letter->control;
	message->msg_controllen = controls;
	return ROUTE_REAL;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/arrival.h"

#include "base/cmsg_buf.h"
#include "peers/show.h"
#include "socket/mark.h"
#include "socket/v4mapped_item.h"

#include <limits.h>
#include <linux/in6.h>

/* Connections count for MSG_ERRQUEUE only: the error queue of a connection may hold messages with addresses. */
bool arrival_start(struct arrival *arrival, int fd, int flags)
{
	const struct settings *settings = settings_get();

	arrival->settings = settings;
	arrival->fd = fd;
	arrival->flags = flags;
	arrival->socket = UNASKED;
	return settings != NULL && (settings->datagrams || (settings->connections && (flags & MSG_ERRQUEUE)));
}

bool arrival_is_ipv4(struct arrival *arrival)
{
	int shown;

	if (arrival->socket <= UNHINTED) {
		shown = arrival->socket == UNASKED ? mark_shown_datagram(arrival->fd)
						   : mark_shown_unhinted(arrival->fd);
		arrival->socket = shown > 0 ? SHOWN_AS_IPV4 : AS_IT_IS;
	}
	return arrival->socket == SHOWN_AS_IPV4;
}

/* Whether this is a datagram that the guard keeps away on other kernels. If the program's buffer had no room for the
 * item, since the kernel was not yet known to need it, the datagram counts as forged. */
static bool is_forged(const struct arrival *arrival, const struct address *peer, const struct msghdr *received)
{
	const struct in6_addr *ip = &peer->in6.sin6_addr;

	return (IN6_IS_ADDR_V4MAPPED(ip) || IN6_IS_ADDR_UNSPECIFIED(ip)) &&
	       v4mapped_item_is_needed_at(arrival->fd) &&
	       ((received->msg_flags & MSG_CTRUNC) || cmsg_is_of(received, IPPROTO_IPV6, IPV6_TCLASS));
}

static enum outcome give_name(struct arrival *arrival, const struct name_buf *buf, const struct msghdr *received,
			      struct msghdr *message)
{
	/* In an error queue the name is the address to which the datagram was sent. */
	enum whose whose = arrival->flags & MSG_ERRQUEUE ? OF_OTHER : OF_SENDER;
	struct address peer;

	if (!name_buf_is_in6(buf) || !arrival_is_ipv4(arrival)) {
		name_buf_give(buf, message->msg_name, message->msg_namelen);
		message->msg_namelen = buf->length;
		return DELIVERED;
	}
	peer = name_buf_in6(buf);
	if (is_forged(arrival, &peer, received) || !show_address(arrival->settings, arrival->fd, whose, &peer))
		return DROPPED;
	name_buf_give_instead(buf, &peer, message->msg_name, message->msg_namelen);
	message->msg_namelen = peer.length;
	return DELIVERED;
}

/* The program's buffer is given to the kernel as it is if it is as large as ours, or if not even the header of an
 * item fits into it; unless an item is needed to judge the name (is_forged). */
size_t arrival_control_bytes(const struct msghdr *message)
{
	size_t offered = message->msg_control != NULL ? message->msg_controllen : 0, bytes;
	bool fits = offered >= sizeof(struct cmsghdr);

	if ((!fits && (message->msg_name == NULL || !v4mapped_item_is_needed())) || offered >= CMSG_TRANSLATE_BYTES)
		return 0;
	bytes = CMSG_ALIGN(offered) + CMSG_TRANSLATE_GROWTH;
	return bytes < CMSG_TRANSLATE_BYTES ? bytes : CMSG_TRANSLATE_BYTES;
}

void arrival_prepare(const struct msghdr *message, struct msghdr *ours, struct sockaddr_in6 *name, void *control)
{
	size_t bytes = arrival_control_bytes(message);
	struct name_buf buf;

	if (message->msg_name != NULL && message->msg_namelen <= INT_MAX) {
		buf = name_buf_for(message->msg_name, message->msg_namelen, name);
		ours->msg_name = buf.at;
		ours->msg_namelen = buf.length;
	}
	ours->msg_control = bytes > 0 ? control : message->msg_control;
	ours->msg_controllen = bytes > 0 ? bytes : message->msg_controllen;
}

static void give_control(struct arrival *arrival, const struct msghdr *received, struct msghdr *message)
{
	if (received->msg_controllen > 0 && cmsg_is_of(received, IPPROTO_IPV6, CMSG_ANY) &&
	    arrival_is_ipv4(arrival))
		cmsg_to_ipv4(arrival->settings, arrival->fd, received, message);
	else if (received->msg_control != message->msg_control)
		cmsg_buf_give(received, message);
	else
		message->msg_controllen = received->msg_controllen;
}

enum outcome arrival_show(struct arrival *arrival, const struct msghdr *received, struct msghdr *message)
{
	struct name_buf buf = {received->msg_name, received->msg_namelen};

	if (message->msg_name != NULL && give_name(arrival, &buf, received, message) == DROPPED)
		return DROPPED;
	message->msg_flags = received->msg_flags;
	give_control(arrival, received, message);
	return DELIVERED;
}

void arrival_abandon(const struct msghdr *received, struct msghdr *message)
{
	struct name_buf buf = {received->msg_name, received->msg_namelen};

	name_buf_abandon(&buf, message->msg_name, &message->msg_namelen);
}

/* MSG_PEEK does not keep an error in its queue. */
bool arrival_stays(const struct arrival *arrival)
{
	return (arrival->flags & (MSG_PEEK | MSG_ERRQUEUE)) == MSG_PEEK;
}

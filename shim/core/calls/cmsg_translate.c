/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/cmsg_translate.h"

#include "base/cmsg_buf.h"
#include "base/sys.h"
#include "calls/icmp_translate.h"
#include "peers/lately.h"
#include "peers/show.h"
#include "socket/v4mapped_item.h"

#include <errno.h>
#include <linux/in6.h>
#include <string.h>

/* The headers of the oldest system that builds this do not have them. */
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif

struct presenting {
	const struct settings *settings;
	int fd;
	struct cmsg_buf to;
};

/* Whether IP is a real IPv6 peer's, and is to be shown as it is. */
static bool is_native(const struct presenting *presenting, const struct in6_addr *ip)
{
	return presenting->settings->native_peers && !IN6_IS_ADDR_V4MAPPED(ip);
}

/* 0.0.0.0 if no address is left by which it could be shown. */
static struct address shown_of(const struct presenting *presenting, const struct address *real)
{
	struct address shown = *real;
	in_addr_t lately = lately_shown_by(&real->in6, lately_now());

	if (lately != 0)
		address_set_in(&shown, lately, address_port(real));
	else if (!show_address(presenting->settings, presenting->fd, OF_OTHER, &shown))
		address_set_in(&shown, htonl(INADDR_ANY), address_port(real));
	return shown;
}

/* The program uses this to answer from the address that the client has asked. A group to which a
 * datagram was sent cannot be a source: then the kernel is to choose one. */
static void present_pktinfo(struct presenting *presenting, const struct in6_pktinfo *info)
{
	struct in_pktinfo shown = {.ipi_ifindex = (int)info->ipi6_ifindex};
	struct address local;

	if (IN6_IS_ADDR_V4MAPPED(&info->ipi6_addr)) /* there is an IP_PKTINFO, too */
		return;
	address_set_in6(&local, &info->ipi6_addr, 0);
	if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		local.in6.sin6_scope_id = (uint32_t)info->ipi6_ifindex;
	local = shown_of(presenting, &local);
	shown.ipi_addr = local.in.sin_addr;
	if (!IN6_IS_ADDR_MULTICAST(&info->ipi6_addr))
		shown.ipi_spec_dst = local.in.sin_addr;
	cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_PKTINFO, &shown, sizeof shown);
}

static void present_destination(struct presenting *presenting, const struct sockaddr_in6 *destination)
{
	struct address real = {.in6 = *destination, .length = sizeof *destination};
	struct address shown = shown_of(presenting, &real);

	cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_ORIGDSTADDR, &shown.in, sizeof shown.in);
}

struct error4 {
	struct sock_extended_err error;
	struct sockaddr_in offender;
};

/* An ICMPv6 message that claims to come from an IPv4 host. */
static bool is_forged(const struct icmp_error6 *given)
{
	return given->error.ee_origin == SO_EE_ORIGIN_ICMP6 && IN6_IS_ADDR_V4MAPPED(&given->offender.sin6_addr);
}

/* Messages that do not come from the network (MSG_ZEROCOPY, time stamps) have no offender. */
static void present_error(struct presenting *presenting, const struct icmp_error6 *given)
{
	struct error4 shown = {.error = given->error};
	struct address offender = {.in6 = given->offender, .length = sizeof given->offender};

	if (given->offender.sin6_family == AF_INET6 && !is_forged(given))
		shown.offender = shown_of(presenting, &offender).in;
	icmp_to_ipv4(&shown.error);
	cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_RECVERR, &shown, sizeof shown);
}

/* Whether the program has asked for it: the item may be there only for v4mapped_item.h. */
static bool is_asked_for(const struct presenting *presenting)
{
	return !v4mapped_item_is_needed() || sys_get_int(presenting->fd, IPPROTO_IP, IP_RECVTOS) == 1;
}

/* The item is complete, of IPPROTO_IPV6, with SIZE bytes of DATA. */
static void present_ipv6(struct presenting *presenting, int type, const void *data, size_t size)
{
	struct icmp_error6 error;
	struct in6_pktinfo info;
	struct sockaddr_in6 destination;
	int number;

	if (type == IPV6_PKTINFO && size == sizeof info) {
		memcpy(&info, data, size);
		if (is_native(presenting, &info.ipi6_addr))
			cmsg_buf_put(&presenting->to, IPPROTO_IPV6, type, data, size);
		else
			present_pktinfo(presenting, &info);
	} else if (type == IPV6_ORIGDSTADDR && size == sizeof destination) {
		memcpy(&destination, data, size);
		if (is_native(presenting, &destination.sin6_addr))
			cmsg_buf_put(&presenting->to, IPPROTO_IPV6, type, data, size);
		else
			present_destination(presenting, &destination);
	} else if (type == IPV6_RECVERR && size == sizeof error) {
		memcpy(&error, data, size);
		if (error.offender.sin6_family == AF_INET6 && is_native(presenting, &error.offender.sin6_addr))
			cmsg_buf_put(&presenting->to, IPPROTO_IPV6, type, data, size);
		else
			present_error(presenting, &error);
	} else if (size == sizeof number) {
		memcpy(&number, data, size);
		if (type == IPV6_HOPLIMIT)
			cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_TTL, &number, sizeof number);
		else if (type == IPV6_TCLASS && is_asked_for(presenting))
			cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_TOS, &(uint8_t){(uint8_t)number}, 1);
		else if (type == IPV6_RECVFRAGSIZE)
			cmsg_buf_put(&presenting->to, IPPROTO_IP, IP_RECVFRAGSIZE, &number, sizeof number);
	}
}

/* With the time stamp of a datagram that was sent, an AF_INET socket tells the source as the offender and as
 * ipi_spec_dst; an AF_INET6 socket only as the offender. */
static void present_source(const struct msghdr *shown)
{
	struct cmsg_cursor cursor = cmsg_cursor_at(shown);
	unsigned char *info = NULL;
	struct error4 error;

	while (cmsg_cursor_next(&cursor) == CMSG_ITEM) {
		unsigned char *data = (unsigned char *)(uintptr_t)CMSG_DATA(cursor.item);

		if (cursor.item->cmsg_level != IPPROTO_IP)
			continue;
		if (cursor.item->cmsg_type == IP_PKTINFO)
			info = data;
		if (cursor.item->cmsg_type != IP_RECVERR || cmsg_length(cursor.item) < CMSG_LEN(sizeof error) ||
		    info == NULL)
			continue;
		memcpy(&error, data, sizeof error);
		if (error.error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
			memcpy(info + offsetof(struct in_pktinfo, ipi_spec_dst), &error.offender.sin_addr,
			       sizeof error.offender.sin_addr);
	}
}

void cmsg_to_ipv4(const struct settings *settings, int fd, const struct msghdr *received, struct msghdr *shown)
{
	struct presenting presenting = {settings, fd, cmsg_buf_of(shown)};
	struct cmsg_cursor cursor = cmsg_cursor_at(received);
	bool is_error = (received->msg_flags & MSG_ERRQUEUE) != 0;
	const void *data;
	size_t size;

	while (cmsg_cursor_next(&cursor) == CMSG_ITEM) {
		data = CMSG_DATA(cursor.item);
		size = cmsg_length(cursor.item) - CMSG_LEN(0);
		if (cursor.item->cmsg_level == IPPROTO_IPV6)
			present_ipv6(&presenting, cursor.item->cmsg_type, data, size);
		else
			cmsg_buf_pass(&presenting.to, cursor.item);
	}
	cmsg_buf_end(&presenting.to, shown);
	if (is_error)
		present_source(shown);
}

bool cmsg_is_of(const struct msghdr *message, int level, int type)
{
	struct cmsg_cursor cursor = cmsg_cursor_at(message);

	while (cmsg_cursor_next(&cursor) == CMSG_ITEM)
		if (cursor.item->cmsg_level == level && (type == CMSG_ANY || type == cursor.item->cmsg_type))
			return true;
	return false;
}

/* The source that the program wants is an address that it was shown, or the
 * kernel's choice. A real IPv4 address cannot be the source of an IPv6 packet. */
static void resolve_pktinfo(const struct settings *settings, const struct in_pktinfo *given, struct cmsg_buf *to)
{
	struct in6_pktinfo info = {.ipi6_ifindex = (uint32_t)given->ipi_ifindex};
	struct address shown, real;

	address_set_in(&shown, given->ipi_spec_dst.s_addr, 0);
	if (address_is_loopback4(&shown)) {
		info.ipi6_addr = in6addr_loopback;
	} else if (shown_ipv6(settings, &shown, &real)) {
		info.ipi6_addr = real.in6.sin6_addr;
		if (info.ipi6_ifindex == 0)
			info.ipi6_ifindex = real.in6.sin6_scope_id;
	}
	cmsg_buf_put(to, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

/* IP_TTL and IP_PROTOCOL, which is for raw sockets, are an int from 1 to 255; IP_TOS an int or a
 * byte, to 255 (ip(7)). */
static bool resolve_number(int type, const void *data, size_t size, struct cmsg_buf *to)
{
	int number = *(const unsigned char *)data;

	if (size == sizeof number)
		memcpy(&number, data, size);
	else if (type != IP_TOS || size != 1)
		return false;
	if (number < (type == IP_TOS ? 0 : 1) || number > UINT8_MAX)
		return false;
	if (type != IP_PROTOCOL)
		cmsg_buf_put(to, IPPROTO_IPV6, type == IP_TTL ? IPV6_HOPLIMIT : IPV6_TCLASS, &number,
			     sizeof number);
	return true;
}

static bool resolve_ipv4(const struct settings *settings, int type, const void *data, size_t size,
			 struct cmsg_buf *to)
{
	struct in_pktinfo info;

	switch (type) {
	case IP_RETOPTS: /* options of an IPv4 header */
		return true;
	case IP_TTL:
	case IP_TOS:
	case IP_PROTOCOL:
		return size > 0 && resolve_number(type, data, size, to);
	case IP_PKTINFO:
		if (size != sizeof info)
			return false;
		memcpy(&info, data, size);
		resolve_pktinfo(settings, &info, to);
		return true;
	default:
		return false;
	}
}

int cmsg_to_ipv6(const struct settings *settings, const struct msghdr *given, void *control, size_t capacity,
		 size_t *length)
{
	struct cmsg_buf to = {.at = control, .left = capacity};
	struct cmsg_cursor cursor = cmsg_cursor_at(given);
	enum cmsg_state state;

	/* Cleared, since the gaps between the items go to the kernel, too. No item becomes twice as long. */
	memset(control, 0, given->msg_controllen < capacity / 2 ? 2 * given->msg_controllen : capacity);
	while ((state = cmsg_cursor_next(&cursor)) == CMSG_ITEM) {
		const struct cmsghdr *item = cursor.item;
		const void *data = CMSG_DATA(item);
		size_t size = cmsg_length(item) - CMSG_LEN(0);

		/* An AF_INET socket ignores these. */
		if (item->cmsg_level == IPPROTO_IPV6 && !settings->native_peers)
			continue;
		if (item->cmsg_level != IPPROTO_IP)
			cmsg_buf_put(&to, item->cmsg_level, item->cmsg_type, data, size);
		else if (!resolve_ipv4(settings, item->cmsg_type, data, size, &to))
			return EINVAL;
	}
	if (state == CMSG_MALFORMED)
		return EINVAL;
	*length = to.used;
	return to.truncated ? ENOBUFS : 0;
}

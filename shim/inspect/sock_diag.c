/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/sock_diag.h"

#include "inspect/procnet.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 32768, PATIENCE_SECONDS = 5 };

/* Attributes of Linux 5.10. The headers of the oldest system that builds this do not have them. */
enum { SOCKOPT_ATTRIBUTE = 22 };

struct told_options {
	unsigned char recverr : 1, is_icsk : 1, freebind : 1, hdrincl : 1, mc_loop : 1, transparent : 1, mc_all : 1,
	    nodefrag : 1;
	unsigned char bind_address_no_port : 1, recverr_rfc4884 : 1, unused : 6;
};

/* Reads SIZE bytes of an attribute; false: it is not there. */
static bool read_attribute(const char *attributes, size_t length, unsigned short type, void *value, size_t size)
{
	while (length >= sizeof(struct rtattr)) {
		const struct rtattr *attribute = (const void *)attributes;
		size_t step = RTA_ALIGN((size_t)attribute->rta_len);

		if (attribute->rta_len < sizeof *attribute || attribute->rta_len > length)
			break;
		if (attribute->rta_type == type && attribute->rta_len >= RTA_LENGTH(size)) {
			memcpy(value, attributes + RTA_LENGTH(0), size);
			return true;
		}
		if (step >= length)
			break;
		attributes += step;
		length -= step;
	}
	return false;
}

/* The mark, by the options that mark_told.h describes. */
static enum mark mark_of_datagrams(const struct told_options *told)
{
	if (told->bind_address_no_port)
		return told->recverr_rfc4884 ? MARK_PROMOTED : MARK_CONVERTED;
	return told->recverr_rfc4884 ? MARK_WIDENED : MARK_NONE;
}

static enum mark mark_of_connections(const struct told_options *told)
{
	if (told->recverr_rfc4884)
		return told->mc_loop ? MARK_CONVERTED : MARK_PROMOTED;
	if (!told->mc_loop)
		return told->bind_address_no_port ? MARK_MAPPED : MARK_WIDENED;
	return told->freebind && told->bind_address_no_port ? MARK_CONVERTED : MARK_NONE; /* MPTCP */
}

static void read_attributes(struct listener *listener, const char *attributes, size_t length)
{
	struct told_options told;
	unsigned char v6only;

	if (read_attribute(attributes, length, INET_DIAG_SKV6ONLY, &v6only, sizeof v6only))
		listener->v6only = v6only != 0;
	if (!listener_may_be_ours(listener) ||
	    !read_attribute(attributes, length, SOCKOPT_ATTRIBUTE, &told, sizeof told))
		return;
	listener->mark_known = true;
	listener->mark =
	    listener->protocol == TRANSPORT_UDP ? mark_of_datagrams(&told) : mark_of_connections(&told);
}

bool listener_may_be_ours(const struct listener *listener)
{
	return listener->local.any.sa_family == AF_INET6 && address_is_any(&listener->local) && !listener->v6only;
}

struct listener *listing_add(struct listing *listing)
{
	if (listing->count == listing->room) {
		size_t room = listing->room ? 2 * listing->room : 64;
		struct listener *list = reallocarray(listing->list, room, sizeof *list);

		if (list == NULL)
			return NULL;
		listing->list = list;
		listing->room = room;
	}
	return &listing->list[listing->count++];
}

bool sock_diag_add(struct listing *listing, enum transport protocol, const void *message, size_t length)
{
	const struct inet_diag_msg *told = message;
	struct listener *listener;

	if (length < sizeof *told || (told->idiag_family != AF_INET && told->idiag_family != AF_INET6) ||
	    told->id.idiag_sport == 0)
		return true;
	listener = listing_add(listing);
	if (listener == NULL)
		return false;
	memset(listener, 0, sizeof *listener);
	listener->protocol = protocol;
	listener->uid = told->idiag_uid;
	listener->inode = told->idiag_inode;
	listener->device = told->id.idiag_if;
	if (told->idiag_family == AF_INET)
		address_set_in(&listener->local, told->id.idiag_src[0], ntohs(told->id.idiag_sport));
	else {
		struct in6_addr ip;

		memcpy(&ip, told->id.idiag_src, sizeof ip);
		address_set_in6(&listener->local, &ip, ntohs(told->id.idiag_sport));
		read_attributes(listener, (const char *)(told + 1), length - sizeof *told);
	}
	return true;
}

static bool ask(int netlink, int family, enum transport protocol)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
	    .header = {.nlmsg_len = sizeof message,
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .request = {.sdiag_family = (unsigned char)family,
			.sdiag_protocol = protocol == TRANSPORT_TCP ? IPPROTO_TCP : IPPROTO_UDP,
			.idiag_states = 1U << (protocol == TRANSPORT_TCP ? TCP_LISTEN : TCP_CLOSE)},
	};

	return send(netlink, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

/* Reads the messages of one datagram. 1: there is more to come; 0: done; -1 with errno. */
static int take(struct listing *listing, enum transport protocol, const char *buffer, size_t length)
{
	while (length >= sizeof(struct nlmsghdr)) {
		const struct nlmsghdr *header = (const void *)buffer;
		size_t step = NLMSG_ALIGN((size_t)header->nlmsg_len);

		if (header->nlmsg_len < sizeof *header || header->nlmsg_len > length)
			break;
		if (header->nlmsg_type == NLMSG_DONE)
			return 0;
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = (const void *)(buffer + NLMSG_HDRLEN);

			errno = header->nlmsg_len >= NLMSG_LENGTH(sizeof *error) ? -error->error : EPROTO;
			return errno == 0 ? 0 : -1;
		}
		if (!sock_diag_add(listing, protocol, buffer + NLMSG_HDRLEN, header->nlmsg_len - NLMSG_HDRLEN))
			return -1;
		if (step >= length)
			break;
		buffer += step;
		length -= step;
	}
	return 1;
}

static bool dump(struct listing *listing, int netlink, int family, enum transport protocol)
{
	_Alignas(struct nlmsghdr) static char buffer[BUFFER_BYTES];
	ssize_t length;
	int more = 1;

	if (!ask(netlink, family, protocol))
		return false;
	while (more > 0) {
		length = recv(netlink, buffer, sizeof buffer, 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return false;
		more = take(listing, protocol, buffer, (size_t)length);
	}
	return more == 0;
}

static int compare_ip(const struct address *one, const struct address *other)
{
	return one->any.sa_family == AF_INET
		   ? memcmp(&one->in.sin_addr, &other->in.sin_addr, sizeof one->in.sin_addr)
		   : memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr, sizeof one->in6.sin6_addr);
}

static int compare(const void *one, const void *other)
{
	const struct listener *a = one, *b = other;
	int order = address_port(&a->local) - address_port(&b->local);

	if (order == 0)
		order = (int)a->protocol - (int)b->protocol;
	if (order == 0)
		order = (int)a->local.any.sa_family - (int)b->local.any.sa_family;
	if (order == 0)
		order = compare_ip(&a->local, &b->local);
	return order ? order : (a->inode > b->inode) - (a->inode < b->inode);
}

static bool read_diag(struct listing *listing)
{
	static const enum transport protocols[] = {TRANSPORT_TCP, TRANSPORT_UDP};
	static const int families[] = {AF_INET, AF_INET6};
	struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	bool whole = netlink >= 0 && setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;

	for (size_t i = 0; whole && i < 4; i++) {
		whole = dump(listing, netlink, families[i % 2], protocols[i / 2]);
		/* The kernel has no IPv6. */
		whole = whole || (errno == ENOENT && families[i % 2] == AF_INET6);
	}
	if (netlink >= 0) {
		int saved = errno;

		close(netlink);
		errno = saved;
	}
	return whole;
}

/* /proc/net is read if the kernel has no sock_diag (EPROTONOSUPPORT) or not the module for a protocol (ENOENT), or in
 * a sandbox without netlink (EAFNOSUPPORT, EPERM). */
bool sock_diag_read(struct listing *listing)
{
	bool whole = read_diag(listing);
	int why = errno;

	if (!whole) {
		listing->count = 0;
		whole = procnet_read(listing);
		errno = why;
	}
	if (whole && listing->count > 0)
		qsort(listing->list, listing->count, sizeof *listing->list, compare);
	return whole;
}

void listing_free(struct listing *listing)
{
	free(listing->list);
	*listing = (struct listing){0};
}

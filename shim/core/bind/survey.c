/* SPDX-License-Identifier: MIT */
#include "bind/survey.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "bind/company.h"
#include "bind/port_walk.h"
#include "bind/submissions.h"
#include "bind/udp_strangers.h"
#include "process/sharers.h"
#include "process/target.h"

#include <fcntl.h>
#include <string.h>

static enum place place_of(const struct address *address)
{
	struct address served = address_served(address);

	if (served.any.sa_family == AF_INET6)
		return address_is_any(&served) ? PLACE_ANY6 : PLACE_OTHER6;
	if (address_is_any(&served))
		return PLACE_ANY4;
	return address_is_loopback4(&served) ? PLACE_LOOPBACK4 : PLACE_OTHER4;
}

unsigned survey_kind(const struct sock *sock)
{
	enum mark mark = sock->mark;

	switch (place_of(&sock->local)) {
	case PLACE_ANY4:
		return mark != MARK_NONE ? 1U << mark : AT_PORT_IPV4_ANY;
	case PLACE_ANY6:
		return mark != MARK_NONE ? 1U << mark : AT_PORT_IPV6_ANY;
	case PLACE_OTHER6:
		return mark == MARK_NONE || mark == MARK_WIDENED ? AT_PORT_IPV6 : AT_PORT_IPV4;
	default:
		return AT_PORT_IPV4;
	}
}

bool survey_counts(const struct survey *survey, const struct sock *sock, unsigned kinds)
{
	return (survey_kind(sock) & kinds) != 0 && sock->inode != survey->self.inode &&
	       !sock_networks_differ(sock, &survey->self);
}

/* Sockets that are shown as AF_INET do not matter to one at 0.0.0.0, except one that was bound to 127.0.0.1. */
static bool may_leave_out_shown(const struct survey *survey)
{
	const struct bind_request *request = &survey->request;

	return survey->place == PLACE_ANY4 &&
	       !allowlist_covers(&request->settings->allow, ALLOW_LOOPBACK4, request->port, request->protocol);
}

/* A connection that has ended or was reset, and was not closed yet, does not have its port any more. It is
 * recognised by the fact that V6ONLY can be set. */
static bool has_ended(const struct sock *sock)
{
	return sock->transport == TRANSPORT_TCP && !sock->listens && sock->local.any.sa_family == AF_INET6 &&
	       sys_set_int(sock->fd, IPPROTO_IPV6, IPV6_V6ONLY, sock->v6only) == 0;
}

static bool is_foreign(const struct survey *survey, const struct sock *sock)
{
	if (sock->transport == TRANSPORT_UDP)
		return address_is_multicast(&sock->local);
	return sock->uid != survey->self.uid || (!sock->v6only && address_is_any(&sock->local));
}

/* For addresses of one family. (Two sockets that are bound to different devices may have the same address.) */
static bool overlap(const struct address *one, const struct address *other)
{
	return one->any.sa_family == other->any.sa_family &&
	       (address_is_any(one) || address_is_any(other) || address_equals(one, other));
}

/* Whether the request is refused because of the program's own SOCK. */
static bool takes(const struct survey *survey, const struct sock *sock)
{
	const struct sock *self = &survey->self;
	bool reuses = self->reuse_addr == 1 && sock->reuse_addr == 1 && !sock->listens;

	return sock->mark == MARK_NONE && overlap(&survey->request.asked, &sock->local) && !reuses &&
	       !company_shares(self, sock) &&
	       sys_get_int(self->fd, SOL_SOCKET, SO_BINDTOIFINDEX) ==
		   sys_get_int(sock->fd, SOL_SOCKET, SO_BINDTOIFINDEX);
}

static void count_ours(struct survey *survey, const struct sock *sock)
{
	survey->several = survey->several || (survey->ours.inode != 0 && survey->ours.inode != sock->inode);
	survey->ours = *sock;
}

static bool count(void *context, const struct sock *sock)
{
	struct survey *survey = context;
	unsigned kind = survey_kind(sock);
	bool specific = (kind & (AT_PORT_IPV4 | AT_PORT_IPV6)) != 0;

	if (!survey_counts(survey, sock, kind) || (specific && has_ended(sock)))
		return true;
	survey->at_port |= kind;
	survey->listening |= sock->listens ? kind : 0;
	if (takes(survey, sock))
		survey->taken = sock->inode;
	survey->foreign |= specific && is_foreign(survey, sock) ? kind : 0;
	if ((kind & AT_PORT_OURS) != 0)
		count_ours(survey, sock);
	return true;
}

/* Whether the kernel may have chosen the port: net.ipv4.ip_local_port_range. */
static bool is_ephemeral(uint16_t port)
{
	char text[32];
	uint64_t low = 32768, high = 60999;

	if (procfs_text(AT_FDCWD, "/proc/sys/net/ipv4/ip_local_port_range", "", text, sizeof text) > 0 &&
	    procfs_digits(text, 10, &low))
		procfs_digits(text + strcspn(text, "\t ") + 1, 10, &high);
	return port >= low && port <= high;
}

void survey_look(struct survey *survey, enum survey_part part)
{
	uint16_t port = survey->request.port;

	survey->known |= part;
	switch (part) {
	case AT_PORT:
		survey->at_port = survey->listening = survey->foreign = 0;
		survey->ours.inode = 0;
		survey->several = false;
		survey->taken = 0;
		ref_list_begin(&survey->refs, &survey->self);
		port_walk(survey->self.transport, port, count, survey, &survey->refs, may_leave_out_shown(survey));
		break;
	case SHARERS:
		survey->shared = sharers_have(&survey->self, survey->asking == TO_LISTEN ? EVERY_PROCESS : PARENT);
		break;
	case STRANGERS:
		survey->strangers = strangers_share(port, survey->self.network);
		break;
	case RINGS:
		survey->submits = submissions_are_for(&survey->request, survey->refs.has_ring);
		break;
	case PROC:
		survey->has_proc = procfs_is_there();
		break;
	case PORT_RANGE:
		survey->ephemeral = is_ephemeral(port);
		break;
	}
}

bool survey_begin(struct survey *survey, enum asking asking)
{
	struct bind_request *request = &survey->request;

	survey->asking = asking;
	survey->known = 0;
	survey->self = (struct sock){.fd = request->fd};
	if (!sock_local(request->fd, &survey->self.local))
		return false;
	/* Most listeners were converted when they were bound: that is checked first. */
	if (asking == TO_LISTEN && survey->self.local.any.sa_family == AF_INET6 && mark_shown(request->fd) > 0)
		return false;
	if (!sock_read_rest(&survey->self))
		return false;
	request->protocol = survey->self.transport;
	survey->asks_other = target_asks_other();
	survey->passed_by = target_is_passed_by();
	return true;
}

void survey_at(struct survey *survey, const struct address *asked)
{
	survey->request.asked = *asked;
	survey->request.port = address_port(asked);
	survey->place = place_of(asked);
}

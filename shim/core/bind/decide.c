/* SPDX-License-Identifier: MIT */
#include "bind/decide.h"

#include "bind/company.h"

/* Whether all of PARTS are known. If not, the plan is to look at the first unknown one. */
static bool knows(struct plan *plan, const struct survey *survey, unsigned parts)
{
	unsigned unknown = parts & ~survey->known;

	if (unknown == 0)
		return true;
	plan->verb = LOOK_FIRST;
	plan->part = unknown & -unknown;
	return false;
}

static bool covers(const struct survey *survey, enum allow_address address)
{
	const struct bind_request *request = &survey->request;

	return allowlist_covers(&request->settings->allow, address, request->port, request->protocol);
}

/* The mark that the socket would get, if it is what the program asked for. */
static enum mark mark_of(const struct survey *survey)
{
	const struct sock *self = &survey->self;
	bool in6 = survey->request.asked.any.sa_family == AF_INET6;

	if (in6 && self->local.any.sa_family != AF_INET6)
		return MARK_NONE;
	switch (survey->place) {
	case PLACE_ANY4:
		return !in6 ? MARK_CONVERTED : self->v6only ? MARK_NONE : MARK_MAPPED;
	case PLACE_LOOPBACK4:
		return in6 ? MARK_NONE : MARK_PROMOTED;
	case PLACE_ANY6:
		return self->v6only ? MARK_WIDENED : MARK_NONE;
	default:
		return MARK_NONE;
	}
}

/* Another preloaded library, which made the bind first (target.h), may have bound the socket to another
 * address, or replaced it by another kind of socket. Or that library is a second copy of this one. */
static bool is_elsewhere(const struct survey *survey)
{
	const struct address *local = &survey->self.local, *asked = &survey->request.asked;

	return !address_equals(local, asked) &&
	       (local->any.sa_family != asked->any.sa_family || address_port(local) != 0);
}

/*
 * UDP sockets with SO_REUSEADDR share a port, whichever user they belong to, and the
 * one that was bound last gets the datagrams. A dual-stack socket would take another
 * program's IPv6 datagrams, and would not get the IPv4 ones, which the kernel gives to
 * AF_INET sockets. And in a SO_REUSEPORT group the kernel compares with other sockets
 * only until it meets a member of the group: so one member would be converted, and the
 * next one not. If sockets of the program are APART, this one has such an option for a
 * moment.
 */
static bool may_share(const struct survey *survey, unsigned apart)
{
	return survey->request.protocol == TRANSPORT_UDP &&
	       (survey->self.reuse_addr == 1 || survey->self.reuse_port == 1 || apart != 0);
}

static bool is_ruled(const struct survey *survey, enum mark mark)
{
	static const unsigned char rule[] = {
	    [MARK_CONVERTED] = ALLOW_ANY4,
	    [MARK_PROMOTED] = ALLOW_LOOPBACK4,
	    [MARK_MAPPED] = ALLOW_ANY4,
	    [MARK_WIDENED] = ALLOW_ANY6,
	};

	return covers(survey, rule[mark]);
}

/* Whether the program also has a socket at 0.0.0.0 there, by SO_REUSEPORT or UDP's SO_REUSEADDR. Both would
 * have the same address, and the kernel would give each client to one of them at random. */
static bool is_among_its_any(enum mark mark, unsigned at_port)
{
	return mark == MARK_PROMOTED && (at_port & (AT_PORT_CONVERTED | AT_PORT_MAPPED)) != 0;
}

static enum reason why_not(struct plan *plan, const struct survey *survey)
{
	bool ipv4 = plan->mark != MARK_WIDENED;
	unsigned at_port, apart;

	if (!is_ruled(survey, plan->mark))
		return NO_RULE;
	if (is_elsewhere(survey))
		return survey->self.mark == MARK_NONE ? ELSEWHERE : NO_REASON;
	if (survey->passed_by)
		return PASSED_BY;
	if (!knows(plan, survey, AT_PORT))
		return NO_REASON;
	at_port = company_after(survey->at_port, plan->yielding);
	apart = at_port & company_apart(survey, plan->mark);
	if (company_at(ipv4, at_port & ~apart) || (apart != 0 && company_refuses(survey)) ||
	    is_among_its_any(plan->mark, at_port))
		return COMPANY;
	if (ipv4 && may_share(survey, apart)) {
		if (!knows(plan, survey, STRANGERS))
			return NO_REASON;
		if (survey->strangers)
			return UDP_STRANGERS;
	}
	if (!knows(plan, survey, RINGS))
		return NO_REASON;
	if (survey->submits)
		return SUBMITS;
	if (!knows(plan, survey, SHARERS))
		return NO_REASON;
	if (survey->shared) /* the other process would keep the old socket */
		return SHARED;
	plan->verb = CONVERT;
	plan->keeping = apart;
	plan->apart = apart != 0;
	return NO_REASON;
}

static void decide_conversion(struct plan *plan, const struct survey *survey)
{
	plan->mark = mark_of(survey);
	if (plan->mark != MARK_NONE)
		plan->why = why_not(plan, survey);
}

/* Whether a socket of ours can be in the way: that takes a rule, but a UDP socket may be ours without one
 * (convert_for_peer.h). */
static bool needs_way(const struct survey *survey)
{
	return (survey->request.protocol == TRANSPORT_UDP && survey->request.settings->datagrams) ||
	       covers(survey, ALLOW_LOOPBACK4) ||
	       covers(survey, survey->place >= PLACE_ANY6 ? ALLOW_ANY4 : ALLOW_ANY6);
}

/* Which of ours would be in the way of a bind, although the program's own sockets would not be. */
static unsigned in_the_way(enum place place)
{
	return place >= PLACE_ANY6        ? AT_PORT_AS_IPV4
	       : place == PLACE_LOOPBACK4 ? AT_PORT_WIDENED
					  : AT_PORT_WIDENED | AT_PORT_PROMOTED;
}

/* Which of ours may stay beside the program's socket. Not beside a dual-stack one, since the kernel does not allow
 * two; and 127.0.0.1 not beside 0.0.0.0, since these conflict natively, too. */
static unsigned may_stay(const struct survey *survey)
{
	if (survey->place == PLACE_ANY6 && !survey->self.v6only)
		return 0;
	return survey->place == PLACE_ANY4 ? AT_PORT_OURS & ~AT_PORT_PROMOTED : AT_PORT_OURS;
}

/* Decides which sockets yield to a bind, or how the program's socket is bound otherwise. */
static void make_way(struct plan *plan, const struct survey *survey)
{
	unsigned ours = in_the_way(survey->place) & survey->at_port;

	if (!needs_way(survey) || !knows(plan, survey, AT_PORT))
		return;
	plan->staying = may_stay(survey);
	if (company_refuses(survey))
		ours = 0;
	else if (!company_shares(&survey->self, &survey->ours))
		ours &= plan->staying;
	if (ours != 0 && company_can_be_apart(survey)) {
		plan->keeping = ours;
		plan->apart = true;
		plan->verb = BIND_BESIDE;
	} else if (ours != 0 && !survey->kept)
		plan->yielding = ours;
	/* The old socket of one that has yielded may be held by a child that was forked meanwhile; or connections
	 * of IPv6 clients may be left of it. */
	else if ((plan->keeping = ours & plan->staying) != 0 ||
		 (survey->refused && survey->remains && (survey->yielded & plan->staying) != 0)) {
		plan->verb = BIND_BESIDE;
		plan->apart = plan->keeping != 0 || survey->self.transport == TRANSPORT_UDP;
	}
	/* With SO_REUSEPORT the program's dual-stack socket can be bound beside ours, too;
	 * natively it would get only IPv6 clients there. With several of ours one would have
	 * to know the numbers that the kernel has given them. */
	else if (ours != 0 && plan->staying == 0 && !survey->several && survey->self.reuse_port == 1 &&
		 survey->self.transport == TRANSPORT_TCP)
		plan->verb = STEER;
	plan->again = plan->yielding != 0 || plan->verb == BIND_BESIDE || survey->yielded != 0;
}

/* bind(2) refuses a socket that has an address already, and an address of the other family. Then no
 * socket needs to yield; and there must be no swap, which would succeed. */
static void decide_bind(struct plan *plan, const struct survey *survey)
{
	const struct address *local = &survey->self.local;

	if (!address_is_any(local) || address_port(local) != 0 ||
	    local->any.sa_family != survey->request.asked.any.sa_family)
		return;
	make_way(plan, survey);
	if (plan->verb == NATIVE && !survey->refused && !survey->asks_other)
		decide_conversion(plan, survey);
}

/* If a socket of ours is refused, it can listen beside the program's own: at specific addresses, or at ::, if it
 * did not yield to that one. Otherwise the other socket is another program's. */
static void listen_beside(struct plan *plan, const struct survey *survey)
{
	plan->verb = YIELD;
	if (survey->apart_failed || !knows(plan, survey, AT_PORT))
		return;
	plan->keeping = survey->at_port & (AT_PORT_IPV6 | AT_PORT_IPV6_ANY) & ~survey->foreign;
	if (plan->keeping == 0 || plan->mark == MARK_WIDENED)
		return;
	plan->verb = BIND_BESIDE;
	plan->apart = plan->again = true;
}

/* Another socket has the port in the other family, and bind(2) did not fail: both sockets had SO_REUSEADDR and
 * neither listened, or they had options for a moment. Either this socket is ours, and the other one another program's
 * or this program's own; or this one is the program's own, and the other one ours, or another thread has converted
 * it in between. */
static void decide_refused(struct plan *plan, const struct survey *survey)
{
	const struct sock *self = &survey->self;

	if (self->transport != TRANSPORT_TCP || survey->request.asked.any.sa_family != AF_INET6)
		return;
	plan->mark = self->mark;
	if (self->mark != MARK_NONE)
		listen_beside(plan, survey);
	else
		make_way(plan, survey);
}

/* Whether an unconnected UDP socket, at a port that the program has chosen, may be converted: it will receive from
 * all of IPv6 there, and another process or thread may keep the old socket. */
static bool may_hear_all(struct plan *plan, const struct survey *survey)
{

	if (allowlist_forbids(&survey->request.settings->allow, ALLOW_ANY4, survey->request.port, TRANSPORT_UDP))
		return false;
	if (survey->asking == TO_SEND && !covers(survey, ALLOW_ANY4) &&
	    (!knows(plan, survey, PORT_RANGE) || !survey->ephemeral))
		return false;
	if (!survey->has_proc) /* a server in a chroot must reach its client, too */
		return true;
	if (!knows(plan, survey, AT_PORT))
		return false;
	if (!company_at(true, survey->at_port))
		return knows(plan, survey, STRANGERS) && !survey->strangers;
	plan->why = COMPANY;
	return false;
}

/* An AF_INET socket is to reach an AF_INET6 peer. */
static void decide_for_peer(struct plan *plan, const struct survey *survey)
{
	const struct sock *self = &survey->self;

	if (survey->asking == TO_BIND_SHOWN && address_port(&self->local) != 0)
		return;
	plan->loopback = address_is_loopback4(&self->local) && IN6_IS_ADDR_LOOPBACK(&survey->real.in6.sin6_addr);
	if (!self->unconnected || self->local.any.sa_family != AF_INET ||
	    (!address_is_any(&self->local) && !plan->loopback) || !knows(plan, survey, PROC))
		return;
	if (self->transport == TRANSPORT_UDP && survey->asking != TO_BIND_SHOWN &&
	    (!survey->request.settings->datagrams || (survey->request.port != 0 && !may_hear_all(plan, survey))))
		return;
	plan->mark = MARK_CONVERTED;
	plan->verb = CONVERT;
}

struct plan decide(const struct survey *survey)
{
	const struct sock *self = &survey->self;
	struct plan plan = {.verb = NATIVE};

	switch (survey->asking) {
	case TO_BIND:
		decide_bind(&plan, survey);
		break;
	case TO_LISTEN: /* if it listens already it is left as it is: connections may wait */
		if (self->transport != TRANSPORT_TCP || !self->unconnected || self->listens ||
		    self->mark != MARK_NONE)
			break;
		/* fall through */
	case BOUND:
	case AFTER_YIELD:
		decide_conversion(&plan, survey);
		break;
	case LISTEN_REFUSED:
		decide_refused(&plan, survey);
		break;
	case TO_CONNECT:
	case TO_SEND:
	case TO_BIND_SHOWN:
		decide_for_peer(&plan, survey);
		break;
	}
	return plan;
}

static bool is_covered(const struct bind_request *request, enum allow_address address)
{
	const struct allowlist *allow = &request->settings->allow;

	return allowlist_covers(allow, address, request->port, TRANSPORT_TCP) ||
	       allowlist_covers(allow, address, request->port, TRANSPORT_UDP);
}

bool decide_concerns(const struct survey *survey)
{
	const struct bind_request *request = &survey->request;
	bool ipv4 = survey->place < PLACE_ANY6;

	return request->port != 0 &&
	       (survey->place == PLACE_ANY4 || survey->place == PLACE_ANY6 ||
		is_covered(request, ALLOW_LOOPBACK4) || is_covered(request, ipv4 ? ALLOW_ANY6 : ALLOW_ANY4) ||
		(!ipv4 && request->settings->datagrams));
}

bool decide_binds_first(const struct survey *survey)
{
	enum mark mark = mark_of(survey);
	bool apart = survey->place == PLACE_OTHER6 && !address_is_multicast(&survey->request.asked);
	bool alone = survey->self.reuse_addr == 0 && survey->self.reuse_port == 0;

	return !survey->asks_other &&
	       (apart || (alone && (mark == MARK_NONE || (mark == MARK_WIDENED && !is_ruled(survey, mark)))));
}

bool decide_listens_natively(const struct survey *survey)
{
	return survey->request.port != 0 && survey->place != PLACE_ANY4 && survey->place != PLACE_ANY6 &&
	       !(survey->place == PLACE_LOOPBACK4 &&
		 allowlist_mentions(&survey->request.settings->allow, ALLOW_LOOPBACK4, TRANSPORT_TCP));
}

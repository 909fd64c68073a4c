/* SPDX-License-Identifier: MIT */
#include "bind/perform.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "bind/beside.h"
#include "bind/company.h"
#include "bind/port_walk.h"
#include "bind/reuseport_bpf.h"
#include "bind/submissions.h"
#include "bind/yield.h"
#include "peers/boot_key.h"
#include "process/target.h"
#include "swap/swap.h"

#include <errno.h>
#include <stddef.h>

struct plan perform_decide(struct survey *survey)
{
	struct plan plan;

	while ((plan = decide(survey)).verb == LOOK_FIRST)
		survey_look(survey, plan.part);
	return plan;
}

/* A socket that connects or sends to a client, or has yielded, may be in use otherwise. Then another process would
 * keep the old socket, or a datagram would be lost. */
static bool is_used_by(const struct sock *sock, enum sharers sharers)
{
	return sys_recvfrom(sock->fd, NULL, 0, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) >= 0 ||
	       yield_is_in_use(sock, sharers);
}

static bool is_used(const struct sock *sock)
{
	return is_used_by(sock, EVERY_PROCESS);
}

/* A socket that connects is for this one client. A server's child that has given up root (tftpd-hpa) does not see
 * its parent's descriptors, and the parent does not use the socket. */
static bool is_used_to_connect(const struct sock *sock)
{
	return is_used_by(sock, EVERY_PROCESS_SEEN);
}

/* Beside the program's own sockets, if only the bind conflicts with them. */
static bool swap_beside(const struct survey *survey, const struct plan *plan, struct swap *swap)
{
	struct beside beside;
	bool done;

	if (!plan->apart || swap->dry_run)
		return swap_socket(swap);
	if (!beside_begin(&beside, survey, plan))
		return false;
	swap->options = beside.options;
	done = swap_socket(swap);
	beside_end(&beside);
	return done;
}

bool perform_conversion(struct survey *survey, const struct plan *plan)
{
	const struct bind_request *request = &survey->request;
	bool for_peer = survey->asking >= TO_CONNECT;
	struct swap swap = {.old = &survey->self,
			    .mark = plan->mark,
			    .refs = &survey->refs,
			    .alone = for_peer && !survey->has_proc,
			    .dry_run = !for_peer && request->settings->dry_run};
	const char *what = for_peer       ? "converted to call an IPv6 client: "
			   : swap.dry_run ? "would convert "
					  : "converted ";

	if (plan->why != NO_REASON)
		left_alone_report(request, plan->why, plan->mark, 0);
	if (plan->verb != CONVERT)
		return false;
	if (survey->asking == AFTER_YIELD || /* it may listen */
	    (for_peer && request->protocol == TRANSPORT_UDP && request->port != 0)) {
		swap.is_in_use = survey->asking == TO_CONNECT ? is_used_to_connect : is_used;
		swap.yields = true;
	}
	if (survey->asking == TO_BIND_SHOWN)
		swap.local = survey->real;
	else
		address_set_in6(&swap.local, plan->loopback ? &in6addr_loopback : &in6addr_any, request->port);
	if (!swap_beside(survey, plan, &swap)) {
		if (!for_peer)
			survey->failure = errno;
		survey->failed = plan->mark;
		return false;
	}
	if (!swap.dry_run) {
		boot_key_prepare(); /* there will be clients to show */
		left_alone_forget(request);
	}
	if (survey->asking != TO_BIND_SHOWN)
		bind_request_report(request, LOG_INFO, what, plan->mark, " -> [::]", 0);
	if (!for_peer && !swap.dry_run)
		submissions_expect(request, survey->refs.has_ring);
	survey->told = swap.dry_run;
	return !swap.dry_run;
}

void perform_report(struct survey *survey)
{
	if (survey->failure != 0)
		left_alone_report(&survey->request, NOT_TO_BE_HAD, survey->failed, survey->failure);
	survey->failure = 0;
}

bool perform(struct survey *survey)
{
	struct plan plan = perform_decide(survey);

	return perform_conversion(survey, &plan);
}

/* An AF_INET member of the group that the survey's socket is to join. */
static bool convert_member(void *context, const struct sock *sock)
{
	struct survey *survey = context, member = {.request = survey->request};

	if (!survey_counts(survey, sock, AT_PORT_IPV4_ANY) || sock->reuse_port != 1 || sock->listens)
		return true;
	member.request.fd = sock->fd;
	if (survey_begin(&member, TO_LISTEN)) {
		survey_at(&member, &member.self.local);
		if (perform(&member))
			survey->known &= ~(unsigned)AT_PORT;
	}
	return true;
}

void perform_for_group(struct survey *survey, struct plan *plan)
{
	if (plan->why != COMPANY || survey->self.reuse_port != 1 || survey->self.transport != TRANSPORT_TCP ||
	    (survey->at_port & ~(unsigned)AT_PORT_OURS) != AT_PORT_IPV4_ANY)
		return;
	port_walk(TRANSPORT_TCP, survey->request.port, convert_member, survey, NULL, false);
	if ((survey->known & AT_PORT) == 0)
		*plan = perform_decide(survey);
}

struct round {
	struct survey *survey;
	const struct plan *plan;
};

/* If one socket stays, it is no use that others yield; the next one may even be the same socket, under a second
 * number. A socket that another thread has closed meanwhile does not count as one that stays. */
static bool yield_one(void *context, const struct sock *sock)
{
	struct round *round = context;
	struct survey *survey = round->survey;

	if (!survey_counts(round->survey, sock, round->plan->yielding))
		return true;
	if (yield_socket(&survey->request, sock, YIELD_UNLESS_RINGS_WAIT)) {
		survey->yielded |= round->plan->yielding;
		survey->listener = sock->listens ? sock->inode : 0;
		return true;
	}
	survey->kept = true;
	return errno == EBADF || errno == ENOTSOCK || !survey_counts(round->survey, sock, round->plan->staying);
}

static void walk(struct round *round, sock_visitor *visit)
{
	const struct bind_request *request = &round->survey->request;

	port_walk(request->protocol, request->port, visit, round, NULL, false);
}

void perform_yielding(struct survey *survey, struct plan *plan)
{
	struct round round = {survey, plan};

	if (plan->verb == YIELD)
		plan->again = yield_socket(&survey->request, &survey->self, YIELD_ANYWAY);
	if (plan->yielding == 0)
		return;
	if (survey->several || !target_is_self())
		walk(&round, yield_one);
	else
		yield_one(&round, &survey->ours);
	if (!survey->kept)
		return;
	survey->known &= ~(unsigned)AT_PORT;
	*plan = perform_decide(survey);
}

static bool convert_again(void *context, const struct sock *sock)
{
	struct survey *survey = context;

	if (!survey_counts(survey, sock, company_after(survey->yielded, survey->yielded)))
		return true;
	survey->request.fd = sock->fd;
	if (survey_begin(survey, AFTER_YIELD)) {
		survey_at(survey, &survey->self.local);
		perform(survey);
		perform_report(survey);
	}
	return true;
}

void perform_again(struct survey *survey)
{
	port_walk(survey->request.protocol, survey->request.port, convert_again, survey, NULL, false);
}

static bool steer(void *context, const struct sock *sock)
{
	const struct round *round = context;

	return sock->inode != round->survey->ours.inode || !reuseport_steer_by_family(sock->fd);
}

void perform_steering(struct survey *survey, const struct plan *plan)
{
	struct round round = {survey, plan};

	walk(&round, steer);
}

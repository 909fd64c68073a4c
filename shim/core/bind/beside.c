/* SPDX-License-Identifier: MIT */
#include "bind/beside.h"

#include "base/setsockopt_checked.h"
#include "bind/company.h"
#include "bind/port_walk.h"
#include "socket/mark.h"

#include <errno.h>

/* A second number of the same socket finds the options set already. */
static bool begin_one(void *context, const struct sock *sock)
{
	struct beside *beside = context;
	unsigned options = sock_lacks(sock, REUSE_ADDR | REUSE_PORT);

	if (options == 0 || !survey_counts(beside->survey, sock, beside->kinds))
		return true;
	beside->failed = beside->count == BESIDE_MAX;
	if (beside->failed)
		return false;
	beside->others[beside->count].inode = sock->inode;
	beside->others[beside->count++].options = options;
	beside->failed = !setsockopt_reuse(sock->fd, options, 1);
	if (beside->survey->kept)
		bind_request_report(&beside->survey->request, LOG_INFO, "kept since it is in use: ", sock->mark,
				    " -> [::]", 0);
	return !beside->failed;
}

static bool end_one(void *context, const struct sock *sock)
{
	struct beside *beside = context;

	for (size_t i = 0; i < beside->count; i++)
		if (beside->others[i].inode == sock->inode)
			setsockopt_reuse(sock->fd, beside->others[i].options, 0);
	return true;
}

static void walk(struct beside *beside, sock_visitor *visit)
{
	const struct survey *survey = beside->survey;

	port_walk(survey->self.transport, survey->request.port, visit, beside, NULL,
		  (beside->kinds & AT_PORT_OURS) == 0);
}

/* In gVisor SO_REUSEPORT counts only if it was set before bind(2), as it was on ours (swap.c). */
static unsigned options_of(const struct survey *survey, const struct plan *plan)
{
	const struct sock *self = &survey->self;
	unsigned listening = company_after(survey->listening, survey->yielded);
	bool port = (self->transport == TRANSPORT_TCP && (listening & plan->keeping) != 0) ||
		    (self->local.any.sa_family == AF_INET6 && mark_is_plain(self->fd));

	return REUSE_ADDR | (port ? REUSE_PORT : 0);
}

bool beside_begin(struct beside *beside, const struct survey *survey, const struct plan *plan)
{
	struct sock self = survey->self;

	beside->survey = survey;
	beside->kinds = plan->keeping;
	beside->options = options_of(survey, plan);
	beside->count = 0;
	turn_begin(&beside->turn, true);
	sock_read_reuse(&self);
	beside->own = plan->verb == BIND_BESIDE ? sock_lacks(&self, beside->options) : 0;
	beside->failed = !setsockopt_reuse(self.fd, beside->own, 1);
	if (!beside->failed)
		walk(beside, begin_one);
	if (beside->failed)
		beside_end(beside);
	return !beside->failed;
}

void beside_end(struct beside *beside)
{
	int saved = errno;

	setsockopt_reuse(beside->survey->self.fd, beside->own, 0);
	if (beside->count != 0)
		walk(beside, end_one);
	turn_end(&beside->turn);
	errno = saved;
}

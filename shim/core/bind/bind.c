/* SPDX-License-Identifier: MIT */
#include "bind/bind.h"

#include "base/sys.h"
#include "bind/beside.h"
#include "bind/bind_shown.h"
#include "bind/perform.h"
#include "bind/yield.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>
#include <stdatomic.h>

/*
 * One more than the number of the socket that was bound last, if there is nothing for listen(2)
 * to convert: then listen need not look at the socket. This is only a hint: if the number means
 * another socket by now, that was bound since (which clears the hint), or it has no address and
 * stays native.
 */
static _Atomic int bound_natively;

static void note_bound(int fd, bool natively)
{
	int expected = fd + 1;

	if (!target_is_self())
		return;
	if (natively)
		atomic_store_explicit(&bound_natively, fd + 1, memory_order_relaxed);
	else
		atomic_compare_exchange_strong(&bound_natively, &expected, 0);
}

/* True once for each such bind. */
static bool was_bound_natively(int fd)
{
	int expected = fd + 1;

	return target_is_self() && fd >= 0 && atomic_compare_exchange_strong(&bound_natively, &expected, 0);
}

/* The inode of the socket that bind(2) has let in last by an option which the program had not set, until it
 * listens. A hint alone: the kernel is asked what the socket is. */
static _Atomic uint64_t let_in;

static void note_let_in(const struct sock *sock)
{
	if (target_is_self() && sock->reuse_port == 0)
		atomic_store_explicit(&let_in, sock->inode, memory_order_relaxed);
}

static void note_listens(int fd)
{
	uint64_t inode = atomic_load_explicit(&let_in, memory_order_relaxed);
	struct stat status;

	if (inode == 0 || !target_is_self() || sys_fstat(fd, &status) != 0 || status.st_ino != inode)
		return;
	sys_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 0);
	atomic_compare_exchange_strong(&let_in, &inode, 0);
}

/* The program's own call, as it was made. */
struct call {
	const struct sockaddr *address;
	socklen_t length;
	native_bind *bind;
	int backlog;
	native_listen *listen; /* NULL: the call is bind */
};

static int make_call(int fd, const struct call *call)
{
	return call->listen != NULL ? call->listen(fd, call->backlog) : call->bind(fd, call->address, call->length);
}

/* If a listen of ours is refused even so, the other socket is another program's. */
static int call_apart(struct survey *survey, const struct plan *plan, const struct call *call)
{
	struct beside beside;
	bool has_options = beside_begin(&beside, survey, plan); /* what is not converted may do without them */
	int result = make_call(survey->self.fd, call);

	survey->apart_failed = survey->self.mark != MARK_NONE;
	if (has_options)
		beside_end(&beside);
	return result;
}

/* If the socket is bound beside what remains of one that has yielded, SO_REUSEPORT stays set after bind(2), since
 * listen(2) checks it again. */
static int call_as_decided(struct survey *survey, const struct plan *plan, const struct call *call)
{
	int fd = survey->self.fd, result, error;

	if (plan->apart)
		return call_apart(survey, plan, call);
	if (plan->verb == BIND_BESIDE)
		sys_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	else if (plan->verb == STEER)
		perform_steering(survey, plan);
	result = make_call(fd, call);
	error = errno;
	if (plan->verb == BIND_BESIDE) {
		if ((result != 0 || call->listen != NULL) && survey->self.reuse_port == 0)
			sys_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 0);
		else if (result == 0)
			note_let_in(&survey->self);
	} else if (result == 0 && survey->listener != 0 && survey->self.reuse_port == 1) {
		yield_wait(survey->listener); /* it did not hinder the bind, but must not get clients any more */
	}
	errno = error;
	return result;
}

/* Another thread that starts the listener of the other family at this moment may have converted it after our look,
 * or made one of ours yield: then the library has caused the EADDRINUSE. (A listen(2) that was made before any look is
 * repeated in any case.) A listener that has yielded may exist for a moment longer, and what is left of its
 * connections with IPv6 clients for a minute (TIME_WAIT). */
static int call_again(struct survey *survey, const struct call *call)
{
	struct plan plan;
	bool unseen = survey->asking == LISTEN_REFUSED && !survey->refused;
	int result;

	survey->remains = survey->listener == 0 || yield_wait(survey->listener);
	survey->listener = 0;
	survey->refused = true;
	survey->kept = false;
	survey->known = 0;
	plan = perform_decide(survey);
	perform_yielding(survey, &plan);
	errno = EADDRINUSE;
	if (!plan.again && !unseen)
		return -1;
	result = call_as_decided(survey, &plan, call);
	if (result != 0 && errno == EADDRINUSE &&
	    (plan.apart ? survey->apart_failed
			: plan.verb != BIND_BESIDE && (!survey->remains || survey->listener != 0)))
		return call_again(survey, call);
	return result;
}

/* The library may have caused an EADDRINUSE: then the call is repeated. If it still fails, sockets that have yielded
 * to it are converted again. */
static int call_to_the_end(struct survey *survey, const struct plan *plan, const struct call *call)
{
	int result = call_as_decided(survey, plan, call), error;

	if (result != 0 && errno == EADDRINUSE && (plan->verb != BIND_BESIDE || survey->apart_failed))
		result = call_again(survey, call);
	if (result == 0 || survey->yielded == 0)
		return result;
	error = errno;
	perform_again(survey);
	errno = error;
	return result;
}

static int bind_as_decided(struct survey *survey, const struct call *call)
{
	struct plan plan;
	int result;

	if (decide_binds_first(survey)) {
		result = make_call(survey->self.fd, call);
		if (result == 0 && decide_listens_natively(survey))
			note_bound(survey->self.fd, true);
		if (result == 0 || errno != EADDRINUSE)
			return result;
	}
	plan = perform_decide(survey);
	perform_for_group(survey, &plan);
	perform_yielding(survey, &plan);
	if (perform_conversion(survey, &plan))
		return 0;
	result = call_to_the_end(survey, &plan, call);
	if (result == 0 && survey->asks_other && plan.verb != BIND_BESIDE) {
		survey_begin(survey, BOUND); /* if it fails, another kind of socket is there now */
		perform(survey);
	}
	if (result == 0)
		perform_report(survey);
	if (result == 0 && (survey->told || decide_listens_natively(survey)))
		note_bound(survey->self.fd, true);
	return result;
}

int call_bind(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
	      native_bind *native)
{
	struct survey survey = {.request = {.settings = settings, .fd = fd}};
	struct call call = {.address = address, .length = length, .bind = native};
	struct address asked;
	bool of_ip;
	int result;

	if (settings == NULL)
		return native(fd, address, length);
	note_bound(fd, false);
	of_ip = address_read(&asked, address, length);
	if (of_ip) {
		if (bind_shown(settings, fd, &asked))
			return 0;
		survey_at(&survey, &asked);
		if (decide_concerns(&survey) && survey_begin(&survey, TO_BIND))
			return bind_as_decided(&survey, &call);
	}
	result = native(fd, address, length);
	/* After a bind that succeeded the address has a family. */
	if (result == 0 && (of_ip ? decide_listens_natively(&survey) : address->sa_family == AF_UNIX))
		note_bound(fd, true);
	return result;
}

void call_bound(const struct settings *settings, int fd)
{
	struct survey survey = {.request = {.settings = settings, .fd = fd}};

	if (settings == NULL)
		return;
	note_bound(fd, false);
	if (settings->datagrams && survey_begin(&survey, BOUND) && survey.self.transport == TRANSPORT_UDP &&
	    survey.self.local.any.sa_family == AF_INET) {
		survey_at(&survey, &survey.self.local);
		perform(&survey);
		perform_report(&survey);
	}
}

/* listen(2) gives an unbound socket a port. Whether a rule covers it depends on its number, so the
 * socket is bound here, as listen would do it. */
static bool has_port(struct survey *survey)
{
	struct sock *self = &survey->self;
	enum allow_address address = self->local.any.sa_family == AF_INET ? ALLOW_ANY4 : ALLOW_ANY6;

	if (address_port(&self->local) == 0 && address_is_any(&self->local) && self->unconnected &&
	    !self->listens && self->transport == TRANSPORT_TCP &&
	    allowlist_mentions(&survey->request.settings->allow, address, TRANSPORT_TCP) &&
	    (target_bind(self->fd, &self->local.any, self->local.length) != 0 ||
	     !sock_local(self->fd, &self->local)))
		return false;
	survey_at(survey, &self->local);
	return survey->request.port != 0;
}

static int listen_as_decided(const struct settings *settings, int fd, int backlog, native_listen *native)
{
	struct survey survey = {.request = {.settings = settings, .fd = fd}};
	struct call call = {.backlog = backlog, .listen = native};
	int result;

	if (!was_bound_natively(fd) && allowlist_mentions(&settings->allow, ALLOW_ADDRESSES, TRANSPORT_TCP) &&
	    survey_begin(&survey, TO_LISTEN) && has_port(&survey))
		perform(&survey);
	result = native(fd, backlog);
	if (result == 0)
		perform_report(&survey);
	if (result == 0 || errno != EADDRINUSE)
		return result;
	survey_begin(&survey, LISTEN_REFUSED); /* if it fails, it is neither TCP nor UDP, and nothing is done */
	survey_at(&survey, &survey.self.local);
	return call_again(&survey, &call);
}

int call_listen(const struct settings *settings, int fd, int backlog, native_listen *native)
{
	int result;

	if (settings == NULL)
		return native(fd, backlog);
	result = listen_as_decided(settings, fd, backlog, native);
	if (result == 0)
		note_listens(fd);
	return result;
}

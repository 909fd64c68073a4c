/* SPDX-License-Identifier: MIT */
#include "bind/bind.h"

#include "bind/bind_shown.h"
#include "bind/convert.h"
#include "bind/yield.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>
#include <stdatomic.h>

/* bind(2) refuses a socket that has an address, and an address of the other
 * family: nobody is to make way for that, and a swap would not refuse. */
static bool can_bind(const struct bind_request *request)
{
	struct address local;

	return sock_local(request->fd, &local) && address_is_any(&local) && address_port(&local) == 0 &&
	       local.any.sa_family == request->asked.any.sa_family;
}

static bool is_covered(const struct bind_request *request, enum allow_address address)
{
	const struct allowlist *allow = &request->settings->allow;

	return allowlist_covers(allow, address, request->port, TRANSPORT_TCP) ||
	       allowlist_covers(allow, address, request->port, TRANSPORT_UDP);
}

/* Whether it can be converted, or one of ours can be in its way: as far as the address
 * tells, without a system call. A UDP socket may be ours without a rule (convert_for_peer.h). */
static bool is_of_concern(const struct bind_request *request)
{
	struct address served = address_served(&request->asked);

	if (request->port == 0)
		return false;
	if (address_is_any(&served))
		return true;
	if (served.any.sa_family == AF_INET)
		return is_covered(request, ALLOW_LOOPBACK4) || is_covered(request, ALLOW_ANY6);
	return request->settings->datagrams || is_covered(request, ALLOW_ANY4) ||
	       is_covered(request, ALLOW_LOOPBACK4);
}

static bool request_bind(struct bind_request *request, int fd)
{
	request->fd = fd;
	request->port = address_port(&request->asked);
	if (!is_of_concern(request))
		return false;
	request->protocol = sock_transport(fd);
	return request->protocol != 0 && can_bind(request);
}

/*
 * One more than the number of the socket that was bound last, if listen(2) has nothing to
 * convert of it: then that need not ask what it is. A hint alone: if the number means
 * another socket by now, it was bound since, or has no address and stays native.
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

/* Once. */
static bool was_bound_natively(int fd)
{
	int expected = fd + 1;

	return target_is_self() && fd >= 0 && atomic_compare_exchange_strong(&bound_natively, &expected, 0);
}

/* Of a client's, which has a port of the kernel's choice, no note is taken. */
static bool listens_natively(const struct bind_request *request)
{
	struct address served = address_served(&request->asked);

	return address_port(&served) != 0 && !address_is_any(&served) &&
	       !(address_is_loopback4(&served) &&
		 allowlist_mentions(&request->settings->allow, ALLOW_LOOPBACK4, TRANSPORT_TCP));
}

static int bind_native(int fd, const struct sockaddr *address, socklen_t length, bool listens, native_bind *native)
{
	int result = native(fd, address, length);

	if (result == 0 && listens)
		note_bound(fd, true);
	return result;
}

/* After a bind that succeeded the address has a family. */
static int bind_of_no_ip(int fd, const struct sockaddr *address, socklen_t length, native_bind *native)
{
	int result = native(fd, address, length);

	if (result == 0 && address->sa_family == AF_UNIX)
		note_bound(fd, true);
	return result;
}

static int bind_way(const struct bind_request *request, const struct sockaddr *address, socklen_t length,
		    struct yielded made, native_bind *native)
{
	switch (made.way) {
	case WAY_BESIDE:
		return yield_bind_beside(request, address, length, native);
	case WAY_YIELDED:
		return yield_bind_instead(request, made.listener, address, length, native);
	case WAY_WAS_FREE:
		break;
	}
	return native(request->fd, address, length);
}

/* A thread that starts the other family's listener at this moment may have
 * converted it after the way was made: then EADDRINUSE is of our making. */
static int bind_own(const struct bind_request *request, const struct sockaddr *address, socklen_t length,
		    struct yielded made, native_bind *native)
{
	int saved = errno, result = bind_way(request, address, length, made, native);
	struct yielded since;

	if (result == 0 || errno != EADDRINUSE || made.way == WAY_BESIDE)
		return result;
	since = yield_make_way(request);
	/* A child that was born while the old socket yielded holds it still. */
	if (since.way == WAY_WAS_FREE && made.way == WAY_YIELDED && yield_has_room(request))
		since.way = WAY_BESIDE;
	if (since.way == WAY_WAS_FREE) {
		errno = EADDRINUSE;
		return result;
	}
	errno = saved;
	return bind_way(request, address, length, since, native);
}

int call_bind(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
	      native_bind *native)
{
	struct bind_request request = {.settings = settings};
	struct yielded made;
	int saved = errno, result;
	bool asks_other = target_asks_other(), converted;

	if (settings == NULL)
		return native(fd, address, length);
	note_bound(fd, false);
	if (!address_read(&request.asked, address, length))
		return bind_of_no_ip(fd, address, length, native);
	if (bind_shown(settings, fd, &request.asked))
		return 0;
	if (!request_bind(&request, fd)) {
		errno = saved;
		return bind_native(fd, address, length, listens_natively(&request), native);
	}
	made = yield_make_way(&request);
	converted = !asks_other && made.way != WAY_BESIDE && convert(&request, PARENT);
	errno = saved;
	if (converted)
		return 0;
	result = bind_own(&request, address, length, made, native);
	if (result == 0 && listens_natively(&request))
		note_bound(fd, true);
	if (asks_other && result == 0 && made.way != WAY_BESIDE) {
		convert(&request, PARENT);
		errno = saved;
	}
	return result;
}

void call_bound(const struct settings *settings, int fd)
{
	struct bind_request request = {.settings = settings, .fd = fd, .protocol = TRANSPORT_UDP};
	int saved = errno;

	if (settings == NULL)
		return;
	note_bound(fd, false);
	if (settings->datagrams && sock_transport(fd) == TRANSPORT_UDP && sock_local(fd, &request.asked) &&
	    request.asked.any.sa_family == AF_INET) {
		request.port = address_port(&request.asked);
		convert(&request, PARENT);
	}
	errno = saved;
}

/* listen(2) gives an unbound socket a port; only the number tells whether a
 * rule covers it, so it is taken here, as listen would take it. */
static bool has_port(struct bind_request *request)
{
	const struct allowlist *allow = &request->settings->allow;
	bool ipv4 = request->asked.any.sa_family == AF_INET;

	if (address_port(&request->asked) == 0 && address_is_any(&request->asked) &&
	    allowlist_mentions(allow, ipv4 ? ALLOW_ANY4 : ALLOW_ANY6, TRANSPORT_TCP) &&
	    (target_bind(request->fd, &request->asked.any, request->asked.length) != 0 ||
	     !sock_local(request->fd, &request->asked)))
		return false;
	request->port = address_port(&request->asked);
	return request->port != 0;
}

/* A listener that listens again is left as it is: connections may wait. What most
 * are is asked first: converted already, when they were bound. */
static bool request_listen(struct bind_request *request, const struct settings *settings, int fd)
{
	request->settings = settings;
	request->fd = fd;
	request->protocol = TRANSPORT_TCP;
	return settings != NULL && allowlist_mentions(&settings->allow, ALLOW_ADDRESSES, TRANSPORT_TCP) &&
	       sock_local(fd, &request->asked) &&
	       (request->asked.any.sa_family == AF_INET || (mark_shown(fd) <= 0 && mark_get(fd) == MARK_NONE)) &&
	       sock_transport(fd) == TRANSPORT_TCP && sock_is_unconnected(fd, TRANSPORT_TCP) &&
	       sock_listens(fd) == 0 && has_port(request);
}

int call_listen(const struct settings *settings, int fd, int backlog, native_listen *native)
{
	struct bind_request request;
	int saved = errno, result;

	if (!was_bound_natively(fd) && request_listen(&request, settings, fd))
		convert(&request, EVERY_PROCESS);
	errno = saved;
	result = native(fd, backlog);
	if (result == 0 || errno != EADDRINUSE)
		return result;
	if (!yield_to_other(settings, fd)) {
		errno = EADDRINUSE;
		return result;
	}
	errno = saved;
	return native(fd, backlog);
}

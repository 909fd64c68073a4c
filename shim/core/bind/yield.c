/* SPDX-License-Identifier: MIT */
#include "bind/yield.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"
#include "bind/port_holders.h"
#include "bind/reuseport_bpf.h"
#include "process/blocked_threads.h"
#include "process/listener_remains.h"
#include "process/rings.h"
#include "process/sharers.h"
#include "process/target.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>
#include <stddef.h>

struct way {
	const struct bind_request *request;
	struct address asked; /* what the request is to serve */
	bool has_room;        /* beside one of ours */
	struct yielded found;
	ino_t kept; /* the first that stays where there is no room */
	bool several;
};

static bool yield_socket(const struct bind_request *request, const struct holder *holder, bool (*is_in_use)(int fd))
{
	enum mark mark = holder->mark;
	struct swap swap = {.fd = holder->fd,
			    .inode = holder->inode,
			    .v6only = mark == MARK_WIDENED,
			    .mark = MARK_NONE,
			    .is_in_use = is_in_use};

	if (mark == MARK_WIDENED)
		address_set_in6(&swap.local, &in6addr_any, request->port);
	else
		address_set_in(&swap.local, htonl(mark == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY),
			       request->port);
	if (mark == MARK_MAPPED)
		address_map(&swap.local);
	if (!swap_socket(&swap)) {
		/* In use; or another thread has closed it meanwhile. */
		if (errno != EBUSY && errno != ERINGED && errno != EUNTOLD && errno != EBADF && errno != ENOTSOCK)
			bind_request_report(request, LOG_ERROR, "cannot yield to ", mark, ": ", errno);
		return false;
	}
	if (mark == MARK_MAPPED) /* this part of the mark was copied with the options */
		sys_set_int(holder->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0);
	bind_request_report(request, LOG_INFO, "yielded [::] -> ", mark, "", 0);
	return true;
}

/* What may change at any time comes last. */
static bool is_in_others_use(int fd)
{
	return blocked_threads_at(fd) || sharers_have(fd, EVERY_PROCESS) || sock_has_queue(fd);
}

bool yield_is_in_use(int fd)
{
	return rings_wait(sock_transport(fd)) || is_in_others_use(fd);
}

static bool is_in_the_way(const struct address *asked, const struct holder *holder)
{
	enum mark mark = holder->any ? holder->mark : MARK_NONE;

	if (asked->any.sa_family == AF_INET6)
		return mark == MARK_CONVERTED || mark == MARK_PROMOTED || mark == MARK_MAPPED;
	return mark == MARK_WIDENED || (mark == MARK_PROMOTED && !address_is_loopback4(asked));
}

static bool is_of_one_family(const struct way *way)
{
	return !address_is_any(&way->asked) || way->asked.any.sa_family == AF_INET ||
	       sys_get_int(way->request->fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
}

bool yield_has_room(const struct bind_request *request)
{
	struct way way = {.request = request, .asked = address_served(&request->asked)};

	return is_of_one_family(&way);
}

/* 127.0.0.1 and 0.0.0.0 are in each other's way without us too. */
static bool had_room(const struct way *way, const struct holder *holder)
{
	return way->has_room && !(holder->mark == MARK_PROMOTED && way->asked.any.sa_family == AF_INET &&
				  address_is_any(&way->asked));
}

/* Another thread may have closed it, and have another socket at that number. */
static bool is_there_still(const struct holder *holder)
{
	struct stat status;

	if (holder->inode == 0)
		return true;
	return sys_stat_socket(holder->fd, &status) == 0 ? status.st_ino == holder->inode
							 : errno != EBADF && errno != ENOTSOCK;
}

/*
 * What would be in the way of the program's bind, and was not in its way
 * without us, becomes the program's own again; or, where that cannot be, stays
 * for all, and the program's new socket is bound beside it.
 */
static bool consider(void *context, const struct holder *holder)
{
	struct way *way = context;

	if (!is_in_the_way(&way->asked, holder) || sock_networks_differ(holder->fd, way->request->fd))
		return true;
	/* Once one stays there is nothing to be won by another one's yielding;
	 * and it may be the same, under a second number. */
	if (way->found.way != WAY_BESIDE && yield_socket(way->request, holder, yield_is_in_use)) {
		way->found.way = WAY_YIELDED;
		way->found.listener = sock_listens(holder->fd) == 1 ? holder->inode : 0;
	} else if (!is_there_still(holder)) {
		return true;
	} else if (had_room(way, holder) && setsockopt_checked(holder->fd, SOL_SOCKET, SO_REUSEPORT, 1)) {
		way->found.way = WAY_BESIDE;
		bind_request_report(way->request, LOG_INFO, "kept since it is in use: ", holder->mark, " -> [::]",
				    0);
	} else if (way->kept == 0) {
		way->kept = holder->inode;
	} else if (way->kept != holder->inode) {
		way->several = true;
	}
	return true;
}

static bool steer(void *context, const struct holder *holder)
{
	const struct way *way = context;

	return holder->inode != way->kept || !reuseport_steer_by_family(holder->fd);
}

/* SO_REUSEPORT gives the program's dual-stack socket a place beside ours all the
 * same; natively it would get IPv6's clients alone there. Of several of ours one
 * would have to know the kernel's numbers. */
static void share_by_family(struct way *way)
{
	const struct bind_request *request = way->request;

	if (way->kept != 0 && !way->several && !way->has_room && request->protocol == TRANSPORT_TCP &&
	    sys_get_int(request->fd, SOL_SOCKET, SO_REUSEPORT) == 1)
		holders_walk(request->protocol, request->port, steer, way, NULL);
}

/* Whether a rule can have put one of ours in the way. */
static bool needs_way(const struct way *way)
{
	const struct bind_request *request = way->request;
	const struct allowlist *allow = &request->settings->allow;

	/* One may have become ours without a rule (convert_for_peer.h). */
	if (request->protocol == TRANSPORT_UDP && request->settings->datagrams)
		return true;
	return allowlist_covers(allow, ALLOW_LOOPBACK4, request->port, request->protocol) ||
	       allowlist_covers(allow, way->asked.any.sa_family == AF_INET6 ? ALLOW_ANY4 : ALLOW_ANY6,
				request->port, request->protocol);
}

struct yielded yield_make_way(const struct bind_request *request)
{
	struct way way = {.request = request, .asked = address_served(&request->asked)};

	if (needs_way(&way)) {
		way.has_room = is_of_one_family(&way);
		holders_walk(request->protocol, request->port, consider, &way, NULL);
		share_by_family(&way);
	}
	return way.found;
}

static void wait_for_end(ino_t inode)
{
	enum { PAUSES = 50 };

	for (int i = 0; i < PAUSES && inode != 0 && listener_remains(inode); i++)
		sys_pause(1);
}

int yield_bind_instead(const struct bind_request *request, ino_t listener, const struct sockaddr *address,
		       socklen_t length, native_bind *native)
{
	int saved = errno, result = native(request->fd, address, length), error = errno;

	if (result == 0 && sys_get_int(request->fd, SOL_SOCKET, SO_REUSEPORT) == 1) {
		wait_for_end(listener); /* it was no hindrance */
	} else if (result != 0 && error == EADDRINUSE) {
		wait_for_end(listener);
		errno = saved;
		result = native(request->fd, address, length);
		error = errno;
	}
	errno = error;
	return result;
}

int yield_bind_beside(const struct bind_request *request, const struct sockaddr *address, socklen_t length,
		      native_bind *native)
{
	int had = sys_get_int(request->fd, SOL_SOCKET, SO_REUSEPORT), result, error;

	sys_set_int(request->fd, SOL_SOCKET, SO_REUSEPORT, 1);
	result = native(request->fd, address, length);
	if (result != 0 && had == 0) {
		error = errno;
		sys_set_int(request->fd, SOL_SOCKET, SO_REUSEPORT, 0);
		errno = error;
	}
	return result;
}

bool yield_to_other(const struct settings *settings, int fd)
{
	struct bind_request request = {.settings = settings, .fd = fd, .protocol = TRANSPORT_TCP};
	struct holder own = {.fd = fd};
	enum yield_way way;

	if (settings == NULL || sock_transport(fd) != TRANSPORT_TCP || !sock_local(fd, &request.asked) ||
	    request.asked.any.sa_family != AF_INET6)
		return false;
	request.port = address_port(&request.asked);
	own.mark = mark_get(fd);
	if (own.mark != MARK_NONE)
		return yield_socket(&request, &own, NULL);
	way = yield_make_way(&request).way;
	if (way == WAY_BESIDE)
		return setsockopt_checked(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	return way == WAY_YIELDED;
}

bool yield_to_ring(const struct bind_request *request, ino_t inode, bool waits)
{
	struct holder own = {.fd = request->fd, .inode = inode, .mark = mark_get(request->fd)};

	return own.mark != MARK_NONE && yield_socket(request, &own, waits ? yield_is_in_use : is_in_others_use);
}

bool yield_for_option(const struct settings *settings, int fd)
{
	struct bind_request request = {.settings = settings, .fd = fd, .protocol = sock_transport(fd)};

	if (!sock_local(fd, &request.asked) || !address_is_any(&request.asked))
		return false;
	request.port = address_port(&request.asked);
	return yield_to_ring(&request, 0, true);
}

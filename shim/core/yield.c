#include "yield.h"

#include "descriptors.h"
#include "holders.h"
#include "swap.h"
#include "sys.h"
#include "tcp.h"

#include <errno.h>

struct way {
	const struct request *request;
	bool beside; /* one of ours stays at the port */
};

static bool yield_socket(const struct request *request, int fd, enum mark mark)
{
	struct swap swap = {.fd = fd, .v6only = true, .mark = MARK_NONE};

	if (mark == MARK_WIDENED)
		address_set_in6(&swap.local, &in6addr_any, request->port);
	else
		address_set_in(&swap.local, htonl(mark == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY),
			       request->port);
	if (!swap_socket(&swap)) {
		request_report(request, LOG_ERROR, "cannot yield to ", mark, ": ", errno);
		return false;
	}
	request_report(request, LOG_INFO, "yielded [::] -> ", mark, "", 0);
	return true;
}

static bool is_shared(int fd)
{
	struct stat status;

	return sys_fstat(fd, &status) == 0 && descriptors_shared(status.st_ino);
}

/*
 * Whatever of ours would be in the way of the program's bind, and was not in
 * its way without us, becomes the program's own again. Where other processes
 * serve on the same socket (nginx's workers, while their master reloads) a swap
 * here would leave them with the old one: it stays, for all, and the program's
 * new socket is bound beside it.
 */
static bool consider(void *context, const struct holder *holder)
{
	struct way *way = context;
	const struct request *request = way->request;
	bool in_the_way;

	if (request->asked.any.sa_family == AF_INET6)
		in_the_way = holder->mark == MARK_CONVERTED || holder->mark == MARK_PROMOTED;
	else if (holder->mark == MARK_PROMOTED)
		in_the_way = !address_is_loopback4(&request->asked);
	else
		in_the_way = holder->mark == MARK_WIDENED;
	if (!in_the_way)
		return true;
	if (is_shared(holder->fd)) {
		way->beside = sys_set_int(holder->fd, SOL_SOCKET, SO_REUSEPORT, 1) == 0;
		request_report(request, LOG_INFO, "kept for the processes that share it: ", holder->mark,
			       " -> [::]", 0);
	} else {
		yield_socket(request, holder->fd, holder->mark);
	}
	return true;
}

/* Only the rare rules can put an IPv6 socket in the way of an IPv4 bind. */
static bool needs_way(const struct request *request)
{
	const struct allowlist *allow = &request->settings->allow;

	if (request->asked.any.sa_family == AF_INET6)
		return !address_is_mapped(&request->asked);
	return allowlist_mentions(allow, ALLOW_LOOPBACK4, ALLOW_TCP) ||
	       allowlist_mentions(allow, ALLOW_ANY6, ALLOW_TCP);
}

/* Natively a second dual-stack socket has no place beside the first. */
static bool is_of_one_family(const struct request *request)
{
	return !address_is_any(&request->asked) || request->asked.any.sa_family == AF_INET ||
	       sys_get_int(request->fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
}

bool yield_make_way(const struct request *request)
{
	struct way way = {.request = request};

	if (needs_way(request))
		holders_walk(request->port, consider, &way);
	return way.beside && is_of_one_family(request);
}

int yield_bind_beside(const struct request *request, const struct sockaddr *address, socklen_t length,
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

bool yield_to_stranger(int fd)
{
	struct request request = {.settings = settings_get(), .fd = fd};
	enum mark mark;

	if (request.settings == NULL || !tcp_is(fd) || !tcp_local(fd, &request.asked) ||
	    request.asked.any.sa_family != AF_INET6)
		return false;
	request.port = address_port(&request.asked);
	mark = mark_get(fd);
	return mark != MARK_NONE && yield_socket(&request, fd, mark);
}

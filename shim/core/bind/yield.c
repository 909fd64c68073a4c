/* SPDX-License-Identifier: MIT */
#include "bind/yield.h"

#include "base/own_errno.h"
#include "base/sys.h"
#include "bind/left_alone.h"
#include "process/blocked_threads.h"
#include "process/listener_remains.h"
#include "process/sharers.h"
#include "process/target.h"
#include "swap/swap.h"

#include <errno.h>

/* What may change at any time is checked last. */
bool yield_is_in_use(const struct sock *sock, enum sharers sharers)
{
	return blocked_threads_at(sock->fd, sock->inode) || sharers_have(sock, sharers) || sock_has_queue(sock->fd);
}

static bool is_in_use(const struct sock *sock)
{
	return yield_is_in_use(sock, EVERY_PROCESS);
}

/* The address to which the program has bound its socket. */
static void set_local(struct address *local, enum mark mark, uint16_t port)
{
	if (mark == MARK_WIDENED)
		address_set_in6(local, &in6addr_any, port);
	else
		address_set_in(local, htonl(mark == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY), port);
	if (mark == MARK_MAPPED)
		address_map(local);
}

/* The socket is in use; or another thread has closed it meanwhile; or listen(2) failed because of another program's
 * socket, as it would natively. */
static bool is_usual(int error, enum yield_if condition)
{
	return (error == EADDRINUSE && condition == YIELD_ANYWAY) || error == EBUSY || error == ERINGED ||
	       error == EUNTOLD || error == EBADF || error == ENOTSOCK;
}

/* ENOKEY, E2BIG: something that the program has set cannot be carried over; the socket stays, and serves. */
static enum log_level level_of(int error)
{
	return error == ENOKEY || error == E2BIG ? LOG_INFO : LOG_ERROR;
}

bool yield_socket(const struct bind_request *request, const struct sock *sock, enum yield_if condition)
{
	struct swap swap = {.old = sock,
			    .v6only = sock->mark == MARK_WIDENED,
			    .yields = condition == YIELD_UNLESS_RINGS_WAIT,
			    .is_in_use = condition == YIELD_ANYWAY ? NULL : is_in_use};

	set_local(&swap.local, sock->mark, request->port);
	if (!swap_socket(&swap)) {
		if (!is_usual(errno, condition))
			bind_request_report(request, level_of(errno), "cannot yield to ", sock->mark,
					    sock->uid != target_uid() ? ", which another user made: " : ": ",
					    errno);
		return false;
	}
	bind_request_report(request, LOG_INFO, "yielded [::] -> ", sock->mark, "", 0);
	left_alone_yielded(request);
	return true;
}

bool yield_wait(ino_t listener)
{
	enum { PAUSES = 50 };
	int i = 0;

	while (listener_remains(listener) && i++ < PAUSES)
		sys_pause(1);
	return i > PAUSES;
}

bool yield_for_option(const struct settings *settings, int fd)
{
	struct bind_request request = {.settings = settings, .fd = fd};
	struct sock sock;

	if (!sock_read(fd, &sock) || sock.mark == MARK_NONE || !address_is_any(&sock.local))
		return false;
	request.protocol = sock.transport;
	request.port = address_port(&sock.local);
	return yield_socket(&request, &sock, YIELD_UNLESS_RINGS_WAIT);
}

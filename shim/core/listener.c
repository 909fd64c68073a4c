#include "listener.h"

#include "address.h"
#include "holders.h"
#include "settings.h"
#include "swap.h"
#include "sys.h"
#include "tcp.h"

#include <errno.h>

/* A TCP socket, and the address at which the program has it or wants it. */
struct request {
	const struct settings *settings;
	int fd;
	struct address asked;
	uint16_t port;
};

static const char *const asked_name[] = {
    [MARK_CONVERTED] = "0.0.0.0",
    [MARK_PROMOTED] = "127.0.0.1",
    [MARK_WIDENED] = "[::] without IPv4",
};

static void report(const struct request *request, enum log_level level, const char *what, const char *from,
		   const char *to, int error)
{
	struct line line;

	if (request->settings->log.level < level)
		return;
	log_begin(&line);
	line_add(&line, " port=");
	line_add_number(&line, request->port);
	line_add(&line, "/tcp ");
	line_add(&line, what);
	line_add(&line, from);
	line_add(&line, to);
	if (error != 0)
		line_add_error(&line, error);
	log_send(&request->settings->log, &line);
}

/* What the rules want of the request: the mark that the socket would get. */
static enum mark wanted_mark(const struct request *request)
{
	bool any = address_is_any(&request->asked);
	bool ipv4 = request->asked.any.sa_family == AF_INET;
	enum mark mark = any && ipv4                             ? MARK_CONVERTED
			 : any                                   ? MARK_WIDENED
			 : address_is_loopback4(&request->asked) ? MARK_PROMOTED
								 : MARK_NONE;
	static const enum allow_address rule[] = {
	    [MARK_CONVERTED] = ALLOW_ANY4,
	    [MARK_PROMOTED] = ALLOW_LOOPBACK4,
	    [MARK_WIDENED] = ALLOW_ANY6,
	};

	if (mark == MARK_NONE || sys_get_int(request->fd, SOL_SOCKET, SO_DOMAIN) != request->asked.any.sa_family)
		return MARK_NONE;
	if (mark == MARK_WIDENED && sys_get_int(request->fd, IPPROTO_IPV6, IPV6_V6ONLY) != 1)
		return MARK_NONE;
	if (allowlist_covers(&request->settings->allow, rule[mark], request->port, ALLOW_TCP))
		return mark;
	report(request, LOG_DEBUG, "left alone: no rule allows ", asked_name[mark], "", 0);
	return MARK_NONE;
}

static bool yield(const struct request *request, int fd, enum mark mark)
{
	struct swap swap = {.fd = fd, .v6only = true, .mark = MARK_NONE};

	if (mark == MARK_WIDENED)
		address_set_in6(&swap.local, &in6addr_any, request->port);
	else
		address_set_in(&swap.local, htonl(mark == MARK_PROMOTED ? INADDR_LOOPBACK : INADDR_ANY),
			       request->port);
	if (!swap_socket(&swap)) {
		report(request, LOG_ERROR, "cannot yield to ", asked_name[mark], ": ", errno);
		return false;
	}
	report(request, LOG_INFO, "yielded [::] -> ", asked_name[mark], "", 0);
	return true;
}

/* Whatever of ours would be in the way of the program's bind, and was not in
 * its way without us, becomes the program's own again. */
static bool make_way(void *context, const struct holder *holder)
{
	const struct request *request = context;
	bool in_the_way;

	if (request->asked.any.sa_family == AF_INET6)
		in_the_way = holder->mark == MARK_CONVERTED || holder->mark == MARK_PROMOTED;
	else if (holder->mark == MARK_PROMOTED)
		in_the_way = !address_is_loopback4(&request->asked);
	else
		in_the_way = holder->mark == MARK_WIDENED;
	if (in_the_way)
		yield(request, holder->fd, holder->mark);
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

struct other_family {
	sa_family_t family;
	bool held;
};

static bool find_family(void *context, const struct holder *holder)
{
	struct other_family *other = context;

	other->held = holder->family == other->family && holder->mark == MARK_NONE;
	return !other->held;
}

/* The program serves the other family at this port by itself. EADDRINUSE would
 * not tell: with SO_REUSEADDR it comes as late as listen(2), with SO_REUSEPORT
 * never. Where /proc is hidden nothing is known, and nothing is converted. */
static bool is_dual_already(const struct request *request)
{
	struct other_family other = {
	    .family = request->asked.any.sa_family == AF_INET ? AF_INET6 : AF_INET,
	};

	if (!holders_walk(request->port, find_family, &other)) {
		report(request, LOG_ERROR, "left alone: /proc cannot be read", ": ", "", errno);
		return true;
	}
	if (other.held)
		report(request, LOG_DEBUG, "left alone: the program serves both families itself", "", "", 0);
	return other.held;
}

/* What a native bind may meet too, or a host without IPv6, is no surprise. */
static enum log_level level_of(int error)
{
	bool usual = error == EADDRINUSE || error == EADDRNOTAVAIL || error == EACCES || error == EAFNOSUPPORT;

	return usual ? LOG_DEBUG : LOG_ERROR;
}

/* Decide, and put a dual-stack socket bound to :: under the descriptor. */
static bool convert(const struct request *request)
{
	enum mark mark = wanted_mark(request);
	struct swap swap = {.fd = request->fd, .v6only = false, .mark = mark};

	if (mark == MARK_NONE || is_dual_already(request))
		return false;
	if (request->settings->dry_run) {
		report(request, LOG_INFO, "would convert ", asked_name[mark], " -> [::]", 0);
		return false;
	}
	address_set_in6(&swap.local, &in6addr_any, request->port);
	if (!swap_socket(&swap)) {
		report(request, level_of(errno), "left alone: no dual-stack socket for ", asked_name[mark], ": ",
		       errno);
		return false;
	}
	report(request, LOG_INFO, "converted ", asked_name[mark], " -> [::]", 0);
	return true;
}

/* bind(2) refuses a socket that has an address; a swap would not. */
static bool is_unbound(int fd)
{
	struct address local;

	return tcp_local(fd, &local) && address_is_any(&local) && address_port(&local) == 0;
}

static bool request_bind(struct request *request, int fd, const struct sockaddr *address, socklen_t length)
{
	request->settings = settings_get();
	request->fd = fd;
	if (request->settings == NULL || !address_read(&request->asked, address, length))
		return false;
	request->port = address_port(&request->asked);
	return request->port != 0 && tcp_is(fd);
}

int listener_bind(int fd, const struct sockaddr *address, socklen_t length, native_bind *native)
{
	struct request request;
	int saved = errno;
	bool converted = false;

	if (request_bind(&request, fd, address, length)) {
		if (needs_way(&request))
			holders_walk(request.port, make_way, &request);
		converted = is_unbound(fd) && convert(&request);
	}
	errno = saved;
	return converted ? 0 : native(fd, address, length);
}

/* listen(2) gives an unbound socket a port; only the number tells whether a
 * rule covers it, so it is taken here, as listen would take it. */
static bool has_port(struct request *request)
{
	const struct allowlist *allow = &request->settings->allow;
	bool ipv4 = request->asked.any.sa_family == AF_INET;

	if (address_port(&request->asked) == 0 && address_is_any(&request->asked) &&
	    allowlist_mentions(allow, ipv4 ? ALLOW_ANY4 : ALLOW_ANY6, ALLOW_TCP) &&
	    (sys_bind(request->fd, &request->asked.any, request->asked.length) != 0 ||
	     !tcp_local(request->fd, &request->asked)))
		return false;
	request->port = address_port(&request->asked);
	return request->port != 0;
}

/* A listener that listens again is left as it is: connections may wait. */
static bool request_listen(struct request *request, int fd)
{
	request->settings = settings_get();
	request->fd = fd;
	return request->settings != NULL && tcp_is(fd) && tcp_is_unconnected(fd) && tcp_listens(fd) == 0 &&
	       tcp_local(fd, &request->asked) &&
	       (request->asked.any.sa_family == AF_INET || mark_get(fd) == MARK_NONE) && has_port(request);
}

/* A stranger holds the port in the other family, which bind(2) could not see:
 * both sockets had SO_REUSEADDR and neither listened. */
static bool yield_to_stranger(int fd)
{
	struct request request = {.settings = settings_get(), .fd = fd};
	enum mark mark;

	if (request.settings == NULL || !tcp_is(fd) || !tcp_local(fd, &request.asked) ||
	    request.asked.any.sa_family != AF_INET6)
		return false;
	request.port = address_port(&request.asked);
	mark = mark_get(fd);
	return mark != MARK_NONE && yield(&request, fd, mark);
}

int listener_listen(int fd, int backlog, native_listen *native)
{
	struct request request;
	int saved = errno, result;

	if (request_listen(&request, fd))
		convert(&request);
	errno = saved;
	result = native(fd, backlog);
	if (result != 0 && errno == EADDRINUSE && yield_to_stranger(fd)) {
		errno = saved;
		result = native(fd, backlog);
	}
	return result;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/names.h"

#include "base/sys.h"
#include "calls/name_buf.h"
#include "config/settings.h"
#include "peers/show.h"
#include "socket/mark.h"
#include "socket/sock.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>

/* The settings, if sockets may be shown as AF_INET ones; else NULL. */
static const struct settings *settings_that_show(void)
{
	const struct settings *settings = settings_get();

	return settings != NULL && (settings->datagrams || settings->connections) ? settings : NULL;
}

/* An MPTCP listener also accepts plain TCP connections, which do not inherit its kind of mark,
 * and in gVisor no connection inherits a mark: such connections are marked here. */
static bool is_ours(int listener, int fd, bool *inherits)
{
	int shown = mark_shown(fd);

	*inherits = shown != 0;
	if (shown != 0)
		return shown > 0;
	return mark_shown(listener) > 0 && mark_show(fd, true);
}

/* A connection over IPv6 from an IPv4-mapped source, which Linux refuses and older gVisor accepts. On a connection
 * from a real IPv4 client the socket's own name is mapped, too. */
static bool is_forged(int fd, const struct address *peer)
{
	struct address own;

	return address_is_mapped(peer) && sock_local(fd, &own) && own.any.sa_family == AF_INET6 &&
	       !address_is_mapped(&own);
}

/* Replaces *PEER by what is shown. A connection cannot be dropped: if no address is left for its
 * peer, that of another peer is shown. (Nothing is sent to that one through it.) */
static void present_connection(const struct settings *settings, int fd, bool inherits, struct address *peer)
{
	enum whose whose = !inherits && is_forged(fd, peer) ? OF_FORGER : OF_OTHER;

	/* Fails with ENOTCONN if the client has gone already: then the mark stays, and
	 * the names are translated. */
	if (address_is_mapped(peer) && whose == OF_OTHER)
		sys_set_int(fd, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
	else if (settings->native_peers && !address_is_any(peer) && whose == OF_OTHER)
		mark_show(fd, false);
	show_address(settings, fd, whose, peer);
}

/* Gives the caller SHOWN, or, if that is NULL, what the kernel has written. */
static void give(const struct name_buf *buf, const struct address *shown, struct sockaddr *address,
		 socklen_t *length)
{
	if (shown != NULL)
		name_buf_give_instead(buf, shown, address, *length);
	else
		name_buf_give(buf, address, *length);
	*length = shown != NULL ? shown->length : buf->length;
}

static int accept_into(const struct settings *settings, int listener, struct sockaddr *address, socklen_t *length,
		       int flags, native_accept *native)
{
	struct sockaddr_in6 ours;
	struct name_buf buf = name_buf_for(address, address != NULL ? *length : 0, &ours);
	struct address peer;
	bool shown, inherits;
	int fd;

	fd = native(listener, buf.at, &buf.length, flags);
	if (fd < 0) {
		/* A socket without names (AF_ALG) fails if a name is wanted; the program wanted none. */
		if (address == NULL && errno == ECONNABORTED)
			return native(listener, NULL, length, flags);
		if (address != NULL)
			name_buf_abandon(&buf, address, length);
		return fd;
	}
	shown = name_buf_is_in6(&buf) && is_ours(listener, fd, &inherits);
	if (shown) {
		peer = name_buf_in6(&buf);
		present_connection(settings, fd, inherits, &peer);
	}
	if (address != NULL)
		give(&buf, shown ? &peer : NULL, address, length);
	return fd;
}

int call_accept(int listener, struct sockaddr *address, socklen_t *length, int flags, native_accept *native)
{
	const struct settings *settings = settings_get();

	if (settings == NULL || !settings->connections ||
	    (address != NULL && (length == NULL || *length > INT_MAX)))
		return native(listener, address, length, flags);
	return accept_into(settings, listener, address, length, flags, native);
}

/* A socket that the program has bound to ::ffff:0.0.0.0 gets that name. Its peers are shown as
 * they are. */
static bool show_mapped(int fd, struct address *name)
{
	if (!address_is_any(name) || mark_get(fd) != MARK_MAPPED)
		return false;
	address_set_in(name, htonl(INADDR_ANY), address_port(name));
	address_map(name);
	return true;
}

/* Whether NAME, the socket's own or its peer's, is replaced by another one. */
static bool show_name(const struct settings *settings, int fd, bool own, struct address *name)
{
	if (mark_shown(fd) <= 0)
		return own && show_mapped(fd, name);
	show_address(settings, fd, own ? OF_SOCKET : is_forged(fd, name) ? OF_FORGER : OF_OTHER, name);
	return true;
}

static int present_name(int fd, bool own, struct sockaddr *address, socklen_t *length, native_name *native)
{
	const struct settings *settings = settings_that_show();
	struct sockaddr_in6 ours;
	struct name_buf buf;
	struct address name;
	bool shown = false;

	if (settings == NULL || length == NULL || *length > INT_MAX || (address == NULL && *length > 0))
		return native(fd, address, length);
	buf = name_buf_for(address, *length, &ours);
	if (native(fd, buf.at, &buf.length) != 0) {
		name_buf_abandon(&buf, address, length);
		return -1;
	}
	if (name_buf_is_in6(&buf)) {
		name = name_buf_in6(&buf);
		shown = show_name(settings, fd, own, &name);
	}
	give(&buf, shown ? &name : NULL, address, length);
	return 0;
}

int call_getsockname(int fd, struct sockaddr *address, socklen_t *length, native_name *native)
{
	return present_name(fd, true, address, length, native);
}

int call_getpeername(int fd, struct sockaddr *address, socklen_t *length, native_name *native)
{
	return present_name(fd, false, address, length, native);
}

bool names_are_shown(int fd)
{
	return settings_that_show() != NULL && mark_shown(fd) > 0;
}

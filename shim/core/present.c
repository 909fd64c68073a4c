#define _GNU_SOURCE
#include "present.h"

#include "address.h"
#include "mark.h"
#include "settings.h"
#include "show.h"
#include "sys.h"

#include <errno.h>
#include <string.h>

/* The kernel's number for it; C library headers have none. */
#ifndef SO_PEERNAME
#define SO_PEERNAME 28
#endif

/* What the kernel gave is an AF_INET6 address, as far as one can see it. */
static bool is_in6(const struct sockaddr *address, socklen_t capacity, socklen_t length)
{
	return length == sizeof(struct sockaddr_in6) &&
	       (capacity < sizeof address->sa_family || address->sa_family == AF_INET6);
}

/* The whole address, where the caller's buffer holds it: then it need not be asked
 * for again. */
static bool is_whole(const struct sockaddr *given, socklen_t capacity, struct address *address)
{
	*address = (struct address){.length = sizeof address->in6};
	if (given == NULL || capacity < sizeof address->in6)
		return false;
	memcpy(&address->in6, given, sizeof address->in6);
	return true;
}

/* SO_PEERNAME knows the peer even when it has gone already; what emulates a
 * kernel (qemu-user) may not know it. */
static bool whole_peer(int fd, const struct sockaddr *address, socklen_t capacity, struct address *peer)
{
	socklen_t length = sizeof peer->in6;

	if (is_whole(address, capacity, peer))
		return true;
	if (sys_getsockopt(fd, SOL_SOCKET, SO_PEERNAME, &peer->in6, &length) != 0 &&
	    sys_getpeername(fd, &peer->any, &length) != 0)
		return false;
	return peer->any.sa_family == AF_INET6;
}

/* An MPTCP listener also accepts plain TCP connections, which do not inherit
 * its kind of mark: they get the one for TCP here. */
static bool is_ours(int listener, int fd)
{
	int shown = mark_shown(fd);

	if (shown != 0)
		return shown > 0;
	return mark_shown(listener) > 0 && mark_show(fd, true);
}

void present_accepted(int listener, int fd, struct sockaddr *address, socklen_t capacity, socklen_t *length)
{
	const struct settings *settings = settings_get();
	struct address peer;
	int saved = errno;

	if (settings == NULL || (address != NULL && !is_in6(address, capacity, *length)) ||
	    !is_ours(listener, fd) || !whole_peer(fd, address, capacity, &peer)) {
		errno = saved;
		return;
	}
	/* ENOTCONN where the client has gone already: then the mark stays, and
	 * the names are presented. */
	if (address_is_mapped(&peer))
		sys_set_int(fd, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
	else if (settings->native_peers)
		mark_show(fd, false);
	if (address != NULL) {
		show_address(settings, fd, &peer);
		if (peer.any.sa_family == AF_INET)
			address_give(&peer, address, capacity, length);
	}
	errno = saved;
}

/* 1: as an AF_INET6 name; 0: as another; -1 with errno: not at all, as getsockname(2)
 * and getpeername(2) fail. */
static int whole_name(int fd, enum whose whose, const struct sockaddr *given, socklen_t capacity,
		      struct address *name)
{
	if (!is_whole(given, capacity, name) &&
	    (whose == PEER_NAME ? sys_getpeername : sys_getsockname)(fd, &name->any, &name->length) != 0)
		return -1;
	return name->any.sa_family == AF_INET6;
}

/* Bound to ::ffff:0.0.0.0, and so named; such a socket's peers are shown as they
 * are. */
static bool show_mapped(int fd, const struct sockaddr *address, socklen_t capacity, struct address *name)
{
	if (whole_name(fd, LOCAL_NAME, address, capacity, name) != 1 || !address_is_any(name) ||
	    mark_get(fd) != MARK_MAPPED)
		return false;
	address_set_in(name, htonl(INADDR_ANY), address_port(name));
	address_map(name);
	return true;
}

int present_name(int fd, enum whose whose, struct sockaddr *address, socklen_t capacity, socklen_t *length)
{
	const struct settings *settings = settings_get();
	struct address name;
	int saved = errno, whole;

	if (settings == NULL || !is_in6(address, capacity, *length))
		return 0;
	if (mark_shown(fd) > 0) {
		whole = whole_name(fd, whose, address, capacity, &name);
		if (whole < 0)
			return -1;
		if (whole > 0) {
			show_address(settings, fd, &name);
			if (name.any.sa_family == AF_INET)
				address_give(&name, address, capacity, length);
		}
	} else if (whose == LOCAL_NAME && show_mapped(fd, address, capacity, &name)) {
		address_give(&name, address, capacity, length);
	}
	errno = saved;
	return 0;
}

bool present_applies(int fd)
{
	int saved = errno;
	bool shown = settings_get() != NULL && mark_shown(fd) > 0;

	errno = saved;
	return shown;
}

#include "resolve.h"

#include "address.h"
#include "mapper.h"
#include "present.h"
#include "settings.h"
#include "swap.h"
#include "tcp.h"

#include <errno.h>

/* The program connects back to a client that it was shown: its AF_INET socket
 * must become one that can. One bound to an IPv4 address of its own cannot. */
static bool become_ipv6(int fd)
{
	struct swap swap = {.fd = fd, .mark = MARK_CONVERTED};
	struct address local;

	if (!tcp_is(fd) || !tcp_is_unconnected(fd) || !tcp_local(fd, &local) || !address_is_any(&local))
		return false;
	address_set_in6(&swap.local, &in6addr_any, address_port(&local));
	return swap_socket(&swap);
}

/* Where an AF_INET destination lies for FD. False: there, as it is. */
static bool resolve(const struct settings *settings, int fd, struct address *destination)
{
	struct address real;
	int saved = errno;
	bool shown = present_applies(fd), stands_for;

	stands_for = pool_contains(&settings->pool, destination) && mapper_find(destination, &real);
	if (stands_for && (shown || become_ipv6(fd)))
		*destination = real;
	else if (shown)
		address_map(destination);
	errno = saved;
	return destination->any.sa_family == AF_INET6;
}

int resolve_connect(int fd, const struct sockaddr *address, socklen_t length, native_connect *native)
{
	const struct settings *settings = settings_get();
	struct address destination;

	/* AF_UNSPEC, which dissolves a connection, stays as it is. */
	if (settings == NULL || !address_read(&destination, address, length) || address->sa_family != AF_INET ||
	    !resolve(settings, fd, &destination))
		return native(fd, address, length);
	return native(fd, &destination.any, destination.length);
}

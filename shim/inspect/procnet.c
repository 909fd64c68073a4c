/* SPDX-License-Identifier: MIT */
#include "inspect/procnet.h"

#include "base/procfs.h"
#include "base/sock_line.h"
#include "base/sys.h"

#include <errno.h>
#include <netinet/tcp.h>

bool procnet_parse(struct listener *listener, enum transport protocol, const char *line)
{
	struct sock_line socket;

	*listener = (struct listener){.protocol = protocol};
	if (!sock_line_parse(&socket, line))
		return false;
	listener->local = socket.local;
	listener->v6only_untold = address_is_any(&socket.local) || address_is_mapped(&socket.local);
	/* bind(2) to any other IPv6 address than :: makes a socket IPv6-only. */
	listener->v6only = socket.local.any.sa_family == AF_INET6 && !listener->v6only_untold;
	listener->uid = socket.uid;
	listener->inode = socket.inode;
	return address_port(&socket.local) != 0 && address_port(&socket.remote) == 0 &&
	       socket.state == (protocol == TRANSPORT_TCP ? TCP_LISTEN : TCP_CLOSE);
}

struct reading {
	struct listing *listing;
	enum transport protocol;
	bool full;
};

static bool add_line(void *context, const char *line)
{
	struct reading *reading = context;
	struct listener one, *added;

	if (!procnet_parse(&one, reading->protocol, line))
		return true;
	added = listing_add(reading->listing);
	if (added == NULL)
		reading->full = true;
	else
		*added = one;
	return added != NULL;
}

/* Without IPv6 the files tcp6 and udp6 do not exist. */
static bool read_file(struct listing *listing, enum transport protocol, const char *name)
{
	struct reading reading = {listing, protocol, false};
	int file = procfs_open_own(name, 0);

	if (file < 0)
		return errno == ENOENT;
	procfs_all_lines(file, add_line, &reading);
	errno = ENOMEM;
	return !reading.full;
}

bool procnet_read(struct listing *listing)
{
	int file = procfs_open_own("/net/tcp", 0);

	if (file < 0)
		return false;
	sys_close(file);
	return read_file(listing, TRANSPORT_TCP, "/net/tcp") && read_file(listing, TRANSPORT_TCP, "/net/tcp6") &&
	       read_file(listing, TRANSPORT_UDP, "/net/udp") && read_file(listing, TRANSPORT_UDP, "/net/udp6");
}

/* SPDX-License-Identifier: MIT */
#include "process/listener_remains.h"

#include "base/procfs.h"
#include "base/sock_line.h"
#include "process/target.h"

#include <netinet/tcp.h>

struct search {
	ino_t inode;
	bool found;
};

/* The kernel lists listeners before the other sockets, which may be very many: there the look ends. */
static bool visit_socket(void *context, const char *line)
{
	struct search *search = context;
	struct sock_line socket;

	if (!sock_line_parse(&socket, line)) /* the headings */
		return true;
	if (socket.state != TCP_LISTEN)
		return false;
	search->found = socket.inode == search->inode;
	return !search->found;
}

bool listener_remains(ino_t inode)
{
	struct search search = {.inode = inode};

	procfs_all_lines(target_open_proc("/net/tcp6", 0), visit_socket, &search);
	return search.found;
}

static bool visit_connection(void *context, const char *line)
{
	const uint16_t *port = context;
	struct sock_line socket;

	return !sock_line_parse(&socket, line) || socket.state == TCP_LISTEN || socket.state == TCP_CLOSE ||
	       address_port(&socket.local) != *port;
}

bool listener_has_connections(uint16_t port)
{
	return !procfs_all_lines(target_open_proc("/net/tcp", 0), visit_connection, &port) ||
	       !procfs_all_lines(target_open_proc("/net/tcp6", 0), visit_connection, &port);
}

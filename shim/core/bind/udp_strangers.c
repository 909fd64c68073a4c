/* SPDX-License-Identifier: MIT */
#include "bind/udp_strangers.h"

#include "base/procfs.h"
#include "base/sock_line.h"
#include "bind/udp_list.h"
#include "process/fd_walk.h"
#include "process/sharers.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>

static bool is_wildcard(const struct address *address, uint16_t port)
{
	struct address served = address_served(address);

	return address_is_any(&served) && address_port(&served) == port;
}

bool stranger_parse(const char *line, uint16_t port, ino_t *inode)
{
	struct sock_line socket;

	if (!sock_line_parse(&socket, line) || !is_wildcard(&socket.local, port) || !is_wildcard(&socket.remote, 0))
		return false;
	*inode = socket.inode;
	return true;
}

enum { UNKNOWN_MAX = 256 };

/* Sockets from the list that are not yet known to be the program's own. */
struct unknown {
	uint16_t port;
	bool kin_is_own;
	bool strange; /* one is not the program's own */
	size_t count;
	uint32_t inode[UNKNOWN_MAX];
};

static bool strike(struct unknown *unknown, ino_t inode)
{
	for (size_t i = 0; i < unknown->count; i++)
		if (unknown->inode[i] == (uint32_t)inode) {
			unknown->inode[i] = unknown->inode[--unknown->count];
			break;
		}
	return unknown->count > 0;
}

static bool strike_descriptor(void *context, const struct descriptor *descriptor)
{
	return descriptor->kind != DESCRIPTOR_SOCKET || strike(context, descriptor->inode);
}

/* The inode of a socket at another port is not needed. */
static enum look look_at(void *context, int number)
{
	const struct unknown *unknown = context;
	struct address local;

	errno = 0;
	if (sock_local(number, &local))
		return address_port(&local) == unknown->port ? LOOK_SOCKET : LOOK_ON;
	return errno == EBADF ? LOOK_CLOSED : LOOK_ON;
}

static bool settle(struct unknown *unknown)
{
	if (unknown->count > 0)
		fd_walk(target_is_self() ? look_at : NULL, strike_descriptor, unknown);
	if (unknown->count > 0 && unknown->kin_is_own)
		sharers_among_kin(strike_descriptor, unknown);
	unknown->strange = unknown->strange || unknown->count > 0;
	return !unknown->strange;
}

static bool note(void *context, ino_t inode)
{
	struct unknown *unknown = context;

	if (unknown->count == UNKNOWN_MAX && !settle(unknown))
		return false;
	unknown->inode[unknown->count++] = (uint32_t)inode;
	return true;
}

static bool note_line(void *context, const char *line)
{
	struct unknown *unknown = context;
	ino_t inode;

	return !stranger_parse(line, unknown->port, &inode) || note(context, inode);
}

static bool all_are_own(sa_family_t family, uint16_t port, uint64_t network, const char *list)
{
	struct unknown unknown = {.port = port, .kin_is_own = family == AF_INET6};
	int file;

	if (udp_list(family, port, network, note, &unknown) || unknown.strange)
		return settle(&unknown);
	unknown.count = 0;
	file = target_open_proc(list, 0);
	if (file < 0)
		return errno == ENOENT; /* the kernel has no IPv6 */
	return procfs_all_lines(file, note_line, &unknown) && settle(&unknown);
}

bool strangers_share(uint16_t port, uint64_t network)
{
	return !all_are_own(AF_INET, port, network, "/net/udp") ||
	       !all_are_own(AF_INET6, port, network, "/net/udp6");
}

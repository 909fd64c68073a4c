/* SPDX-License-Identifier: MIT */
#include "bind/udp_strangers.h"

#include "base/procfs.h"
#include "base/sock_line.h"
#include "bind/survey.h"
#include "process/sharers.h"
#include "process/target.h"

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

struct sharing {
	uint16_t port;
	bool kin_is_own;
	ino_t inode;
	bool own;
};

static bool compare(void *context, const struct sock *sock)
{
	struct sharing *sharing = context;

	sharing->own = sock->inode == sharing->inode;
	return !sharing->own;
}

static bool is_own(void *context, const char *line)
{
	struct sharing *sharing = context;

	if (!stranger_parse(line, sharing->port, &sharing->inode))
		return true;
	sharing->own = false;
	survey_walk(TRANSPORT_UDP, sharing->port, compare, sharing, NULL);
	return sharing->own || (sharing->kin_is_own && sharers_are_kin(sharing->inode));
}

static bool all_are_own(uint16_t port, const char *list, bool kin_is_own)
{
	struct sharing sharing = {.port = port, .kin_is_own = kin_is_own};
	int file = target_open_proc(list, 0);

	if (file < 0)
		return errno == ENOENT; /* a kernel without IPv6 */
	return procfs_all_lines(file, is_own, &sharing);
}

bool strangers_share(uint16_t port)
{
	return !all_are_own(port, "/net/udp", false) || !all_are_own(port, "/net/udp6", true);
}

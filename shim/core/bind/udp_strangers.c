/* SPDX-License-Identifier: MIT */
#include "bind/udp_strangers.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "bind/port_holders.h"
#include "process/sharers.h"
#include "process/target.h"

#include <errno.h>
#include <string.h>

/* "ADDRESS:PORT", in hexadecimal; true where the address is zero, or 0.0.0.0
 * IPv4-mapped (on a little-endian machine). */
static bool parse_endpoint(const char *text, uint64_t *port)
{
	static const char mapped[] = "0000000000000000FFFF0000";
	size_t zeros;

	if (strncmp(text, mapped, sizeof mapped - 1) == 0)
		text += sizeof mapped - 1;
	zeros = strspn(text, "0");
	return zeros > 0 && text[zeros] == ':' && procfs_digits(text + zeros + 1, 16, port);
}

/* "  12: 00000000:0035 00000000:0000 07 ..." */
bool stranger_parse(const char *line, uint16_t port, ino_t *inode)
{
	uint64_t local, remote, number;

	if (!parse_endpoint(procfs_word(line, PROCFS_SOCKET_LOCAL), &local) ||
	    !parse_endpoint(procfs_word(line, PROCFS_SOCKET_REMOTE), &remote) || local != port || remote != 0 ||
	    !procfs_digits(procfs_word(line, PROCFS_SOCKET_INODE), 10, &number))
		return false;
	*inode = (ino_t)number;
	return true;
}

struct sharing {
	uint16_t port;
	bool kin_is_own;
	ino_t inode;
	bool own;
};

static bool compare(void *context, const struct holder *holder)
{
	struct sharing *sharing = context;

	sharing->own = holder->inode == sharing->inode;
	return !sharing->own;
}

static bool is_own(void *context, const char *line)
{
	struct sharing *sharing = context;

	if (!stranger_parse(line, sharing->port, &sharing->inode))
		return true;
	sharing->own = false;
	holders_walk(TRANSPORT_UDP, sharing->port, compare, sharing, NULL);
	return sharing->own || (sharing->kin_is_own && sharers_are_kin(sharing->inode));
}

static bool all_are_own(uint16_t port, const char *list, bool kin_is_own)
{
	struct sharing sharing = {.port = port, .kin_is_own = kin_is_own};
	int file = target_open_proc(list, 0);
	bool whole;

	if (file < 0)
		return errno == ENOENT; /* a kernel without IPv6 */
	whole = procfs_lines(file, is_own, &sharing);
	sys_close(file);
	return whole;
}

bool strangers_share(uint16_t port)
{
	return !all_are_own(port, "/net/udp", false) || !all_are_own(port, "/net/udp6", true);
}

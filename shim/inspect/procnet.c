/* SPDX-License-Identifier: MIT */
#include "inspect/procnet.h"

#include "base/procfs.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define WORD_DIGITS ((size_t)8)

enum { STATE_CLOSE = 0x07, STATE_LISTEN = 0x0a, HEXADECIMAL = 16, DECIMAL = 10, UID_WORD = 7 };

/* "0100007F:1F90": an address by words in the machine's order, and a port. */
static bool parse_endpoint(const char *text, struct address *address)
{
	uint32_t words[4];
	size_t digits = strspn(text, "0123456789ABCDEFabcdef"), count = digits / WORD_DIGITS;
	uint64_t word, port;
	char part[WORD_DIGITS + 1] = "";
	struct in6_addr ip;

	if ((digits != WORD_DIGITS && digits != 4 * WORD_DIGITS) || text[digits] != ':' ||
	    !procfs_digits(text + digits + 1, HEXADECIMAL, &port) || port > UINT16_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		memcpy(part, text + i * WORD_DIGITS, WORD_DIGITS);
		procfs_digits(part, HEXADECIMAL, &word);
		words[i] = (uint32_t)word;
	}
	if (count == 1) {
		address_set_in(address, words[0], (uint16_t)port);
		return true;
	}
	memcpy(&ip, words, sizeof ip);
	address_set_in6(address, &ip, (uint16_t)port);
	return true;
}

bool procnet_parse(struct listener *listener, enum transport protocol, const char *line)
{
	struct address remote;
	uint64_t state, uid, inode;

	*listener = (struct listener){.protocol = protocol};
	if (!parse_endpoint(procfs_word(line, PROCFS_SOCKET_LOCAL), &listener->local) ||
	    !parse_endpoint(procfs_word(line, PROCFS_SOCKET_REMOTE), &remote) ||
	    !procfs_digits(procfs_word(line, PROCFS_SOCKET_STATE), HEXADECIMAL, &state) ||
	    !procfs_digits(procfs_word(line, UID_WORD), DECIMAL, &uid) ||
	    !procfs_digits(procfs_word(line, PROCFS_SOCKET_INODE), DECIMAL, &inode))
		return false;
	listener->v6only_untold = address_is_any(&listener->local) || address_is_mapped(&listener->local);
	/* bind(2) to another address of IPv6 sets it. */
	listener->v6only = listener->local.any.sa_family == AF_INET6 && !listener->v6only_untold;
	listener->uid = (uid_t)uid;
	listener->inode = (ino_t)inode;
	return address_port(&listener->local) != 0 && address_port(&remote) == 0 &&
	       state == (protocol == TRANSPORT_TCP ? STATE_LISTEN : STATE_CLOSE);
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

/* Without IPv6 there is no tcp6 and udp6. */
static bool read_file(struct listing *listing, enum transport protocol, const char *name)
{
	struct reading reading = {listing, protocol, false};
	int file = procfs_open_own(name, 0);

	if (file < 0)
		return errno == ENOENT;
	procfs_lines(file, add_line, &reading);
	sys_close(file);
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

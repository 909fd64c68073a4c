/* SPDX-License-Identifier: MIT */
#include "process/rings.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "process/fd_walk.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

bool rings_name_means(const char *name, ino_t inode)
{
	static const char *const protocols[] = {"TCP", "UDP", "MPTCP", "TCPv6", "UDPv6", "MPTCPv6"};
	struct descriptor descriptor;

	if (fd_walk_parse(&descriptor, name))
		return descriptor.inode == inode;
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
		if (strcmp(name, protocols[i]) == 0)
			return true;
	return false;
}

/* What /proc/PID/fdinfo shows of a ring. */
struct listing {
	enum { OTHERS, QUEUED, FILES, WAITING } part;
	bool told; /* whether the number of files is shown */
	uint64_t count, listed;
	ino_t inode;
	bool found; /* among the files */
	enum transport protocol;
	bool waits;           /* some operation waits that may be at such a socket */
	rings_visitor *visit; /* may be NULL */
};

/* The number after KEY in LINE. */
static bool number_after(const char *line, const char *key, unsigned base, uint64_t *number)
{
	const char *at = strstr(line, key);

	return at != NULL && procfs_digits(at + strlen(key), base, number);
}

/* "    0: opcode:ACCEPT, fd:4, flags:0, off:140735657501132, addr:0x7fff92df61d0, ..." */
bool rings_operation_parse(struct ring_operation *operation, const char *line)
{
	static const struct {
		uint8_t kind;
		char text[11];
	} kinds[] = {{RING_ACCEPTS, ":ACCEPT,"}, {RING_RECEIVES, ":RECVMSG,"}, {RING_POLLS, ":POLL_ADD,"}};
	uint64_t fd, flags;
	size_t i = 0;

	while (strstr(line, kinds[i].text) == NULL)
		if (++i == sizeof kinds / sizeof kinds[0])
			return false;
	if (!number_after(line, " fd:", 10, &fd) || !number_after(line, " flags:", 16, &flags) ||
	    !number_after(line, " addr:0x", 16, &operation->address))
		return false;
	operation->kind = kinds[i].kind;
	operation->fd = (int32_t)fd;
	operation->flags = (uint8_t)flags;
	return true;
}

/* A TCP socket that is bound has no peer: other operations than these fail there at once. */
static bool may_be_at(enum transport protocol, const char *line)
{
	uint64_t kind;

	return protocol != TRANSPORT_TCP || !number_after(line, "op=", 10, &kind) || kind == RING_ACCEPTS ||
	       kind == RING_POLLS;
}

/* Each part has a heading, such as "UserFiles:" with their number, or "PollList:". After it comes a line for each
 * item, which starts with a blank: "    0: name", "  op=13, task_works=0". */
static bool take_line(void *context, const char *line)
{
	struct listing *listing = context;
	const char *name = strstr(line, ": ");
	struct ring_operation operation;

	if (*line != ' ') {
		bool counts = number_after(line, "UserFiles:\t", 10, &listing->count);

		listing->told = listing->told || counts;
		listing->part = counts                              ? FILES
				: strstr(line, "PollList:") != NULL ? WAITING
				: strstr(line, "SQEs:") != NULL     ? QUEUED
								    : OTHERS;
	} else if (listing->part == QUEUED) {
		if (listing->visit != NULL && rings_operation_parse(&operation, line))
			listing->visit(&operation);
	} else if (listing->part == WAITING) {
		listing->waits = listing->waits || may_be_at(listing->protocol, line);
	} else if (listing->part == FILES && name != NULL) {
		listing->listed++;
		listing->found = listing->found || rings_name_means(name + 2, listing->inode);
	}
	return true;
}

/* False: the ring was closed meanwhile. */
static bool read_once(struct listing *listing, int number)
{
	int info = fd_open_info(number);

	if (info < 0)
		return errno != ENOENT;
	procfs_all_lines(info, take_line, listing);
	return true;
}

/* While another thread submits to the ring, the kernel leaves out parts of the listing, or all of it: so it is read
 * several times. A table without any file has no lines either (6.13). */
static bool read_listing(struct listing *listing, int number)
{
	enum { TRIES = 5 };

	for (int i = 0; i < TRIES; i++) {
		listing->told = listing->found = listing->waits = false;
		listing->count = listing->listed = 0;
		if (!read_once(listing, number))
			return false;
		if (listing->told && (listing->count == 0 || listing->listed > 0))
			break;
		sys_pause(1);
	}
	return true;
}

bool rings_hold(int number, ino_t inode)
{
	struct listing listing = {.inode = inode};

	return read_listing(&listing, number) && (listing.found || !listing.told);
}

bool rings_wait(int number, enum transport protocol)
{
	struct listing listing = {.protocol = protocol};

	/* A ring of which nothing is shown may wait. */
	return read_listing(&listing, number) && (listing.waits || !listing.told);
}

void rings_queued(int number, rings_visitor *visit)
{
	struct listing listing = {.visit = visit};

	read_once(&listing, number);
}

/* A list that cannot be one of liburing's is not read: another library may have functions of these names. */
void rings_unsubmitted(const struct liburing *ring, rings_visitor *visit)
{
	const unsigned shift = (ring->flags & LIBURING_WIDE) != 0, mask = *ring->mask;
	unsigned left = ring->tail - ring->head;

	if (left > mask + 1)
		return;
	for (; left > 0; left--)
		visit(&ring->operations[((ring->tail - left) & mask) << shift]);
}

/* SPDX-License-Identifier: MIT */
#include "process/rings.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/target.h"

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

/* What /proc/PID/fdinfo tells of a ring. */
struct listing {
	enum { OTHERS, QUEUED, FILES, WAITING } part;
	bool told; /* how many files there are */
	uint64_t count, listed;
	ino_t inode;
	bool found; /* among the files */
	bool waits;
	rings_visitor *visit; /* may be NULL */
	void *context;
};

/* The number after KEY in LINE. */
static bool number_after(const char *line, const char *key, unsigned base, uint64_t *number)
{
	const char *at = strstr(line, key);

	return at != NULL && procfs_digits(at + strlen(key), base, number);
}

/* "    0: opcode:ACCEPT, fd:4, flags:0, off:140735657501132, addr:0x7fff92df61d0, ...": of a
 * registered file fd is the place, and flags are odd. */
bool rings_operation_parse(struct ring_operation *operation, const char *line)
{
	static const char *const names[] = {[RING_ACCEPTS] = " opcode:ACCEPT,",
					    [RING_RECEIVES] = " opcode:RECVMSG,",
					    [RING_POLLS] = " opcode:POLL_ADD,"};
	uint64_t fd, flags;
	unsigned kind = 0;

	while (kind < sizeof names / sizeof names[0] && strstr(line, names[kind]) == NULL)
		kind++;
	if (kind == sizeof names / sizeof names[0] || !number_after(line, " fd:", 10, &fd) || fd > INT32_MAX ||
	    !number_after(line, " flags:", 16, &flags) || (flags & 1) != 0 ||
	    !number_after(line, " addr:0x", 16, &operation->address))
		return false;
	operation->kind = kind;
	operation->fd = (int)fd;
	return kind != RING_ACCEPTS || operation->address != 0;
}

/* Past START and the blanks after it; NULL: LINE starts otherwise. */
static const char *after(const char *line, const char *start)
{
	size_t length = strlen(start);

	return strncmp(line, start, length) == 0 ? line + length + strspn(line + length, " \t") : NULL;
}

/* A part has a head, such as "UserFiles:" and their number, or "PollList:", and for each
 * item a line that starts with a blank: "    0: name", "  op=13, task_works=0". */
static bool take_line(void *context, const char *line)
{
	struct listing *listing = context;
	const char *name = strstr(line, ": "), *count = after(line, "UserFiles:");
	struct ring_operation operation;

	if (*line != ' ') {
		listing->part = count != NULL                      ? FILES
				: after(line, "PollList:") != NULL ? WAITING
				: after(line, "SQEs:") != NULL     ? QUEUED
								   : OTHERS;
		if (count != NULL)
			listing->told = procfs_digits(count, 10, &listing->count);
	} else if (listing->part == QUEUED && listing->visit != NULL) {
		if (rings_operation_parse(&operation, line))
			listing->visit(listing->context, &operation);
	} else if (listing->part == WAITING) {
		listing->waits = true;
	} else if (listing->part == FILES && name != NULL) {
		listing->listed++;
		listing->found = listing->found || rings_name_means(name + 2, listing->inode);
	}
	return true;
}

/* False: the ring is closed meanwhile. */
static bool read_once(struct listing *listing, int number)
{
	struct strbuf name = {0};
	int info;

	strbuf_add(&name, "/fdinfo/");
	strbuf_add_number(&name, (unsigned long)number);
	info = target_open_proc(strbuf_text(&name), 0);
	if (info < 0)
		return errno != ENOENT;
	procfs_all_lines(info, take_line, listing);
	return true;
}

/* While another thread submits to the ring the kernel leaves out parts of it, or all. But a
 * table without any file has no lines either (6.13). */
static bool read_listing(struct listing *listing, int number, ino_t inode)
{
	enum { TRIES = 5 };

	for (int i = 0; i < TRIES; i++) {
		*listing = (struct listing){.inode = inode};
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
	struct listing listing;

	return read_listing(&listing, number, inode) && (listing.found || !listing.told);
}

static bool find_waiting(void *context, const struct descriptor *descriptor)
{
	struct listing listing;
	bool *waits = context;

	*waits = descriptor->kind == DESCRIPTOR_RING && read_listing(&listing, descriptor->number, 0) &&
		 (listing.waits || !listing.told);
	return !*waits;
}

bool rings_wait(void)
{
	bool waits = false;

	return fd_walk(NULL, find_waiting, &waits) && waits;
}

void rings_queued(int number, rings_visitor *visit, void *context)
{
	struct listing listing = {.visit = visit, .context = context};

	read_once(&listing, number);
}

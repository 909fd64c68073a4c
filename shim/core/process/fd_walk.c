/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/fd_walk.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TARGET_BYTES = 64 };

bool fd_walk_parse(struct descriptor *descriptor, const char *target)
{
	static const char socket[] = "socket:[";
	uint64_t inode;

	descriptor->inode = 0;
	if (strcmp(target, "anon_inode:[eventpoll]") == 0) {
		descriptor->kind = DESCRIPTOR_EPOLL;
		return true;
	}
	if (strcmp(target, "anon_inode:[io_uring]") == 0) {
		descriptor->kind = DESCRIPTOR_RING;
		return true;
	}
	if (strncmp(target, socket, sizeof socket - 1) != 0)
		return false;
	descriptor->kind = DESCRIPTOR_SOCKET;
	target += sizeof socket - 1;
	if (!procfs_digits(target, 10, &inode) || target[strspn(target, "0123456789")] != ']')
		return false;
	descriptor->inode = (ino_t)inode;
	return inode != 0;
}

struct walk {
	fd_look *look; /* may be NULL */
	fd_visitor *visit;
	void *context;
	bool unreadable; /* some descriptor could not be looked at */
	int from;        /* the first number that has not been looked at */
};

static enum look follow_link(struct walk *walk, int folder, const char *name, int number)
{
	struct descriptor descriptor = {.number = number};
	char target[TARGET_BYTES];
	ssize_t length = procfs_link(folder, name, target, sizeof target);

	if (length <= 0) { /* ENOENT: it is closed */
		walk->unreadable = length == 0 || errno != ENOENT;
		return walk->unreadable ? LOOK_END : LOOK_CLOSED;
	}
	return !fd_walk_parse(&descriptor, target) || walk->visit(walk->context, &descriptor) ? LOOK_ON : LOOK_END;
}

static bool visit_link(void *context, int folder, const char *name, int number)
{
	return follow_link(context, folder, name, number) != LOOK_END;
}

static enum look visit_by_link(struct walk *walk, int folder, int number)
{
	struct strbuf name = {0};

	strbuf_add_number(&name, (unsigned long)number);
	return follow_link(walk, folder, strbuf_text(&name), number);
}

/*
 * Epoll instances and rings cannot be read, and the kernel says so before it looks at the number of bytes: here 0, so
 * that nothing is read from any file. preadv(2) comes first: on a file that has a position, readv(2) would wait for
 * another thread that is reading it, perhaps for ever.
 */
static bool can_be_read(int number)
{
	const struct iovec *none = NULL;

	if (sys_call(SYS_preadv, number, none, 0L, 0L, 0L) == 0)
		return true;
	return errno == ESPIPE && sys_call(SYS_readv, number, none, 0L) == 0;
}

/* Avoids readlink where it can, which takes much longer than other calls: most files are open either for reading or
 * for writing, epoll instances for both. */
static enum look visit_file(struct walk *walk, int folder, int number)
{
	int flags = sys_fcntl(number, F_GETFL, 0);

	if (flags < 0 && errno == EBADF)
		return LOOK_CLOSED;
	if (flags >= 0 && ((flags & O_ACCMODE) != O_RDWR || can_be_read(number)))
		return LOOK_ON;
	return visit_by_link(walk, folder, number);
}

static enum look visit_number(struct walk *walk, int folder, int number)
{
	struct descriptor descriptor = {.number = number, .kind = DESCRIPTOR_SOCKET};
	enum look look = walk->look(walk->context, number);
	struct stat status;

	if (look == LOOK_NO_SOCKET)
		return visit_file(walk, folder, number);
	if (look == LOOK_UNTOLD)
		return visit_by_link(walk, folder, number);
	if (look != LOOK_SOCKET)
		return look;
	if (sys_stat_socket(number, &status) != 0)
		return errno == EBADF ? LOOK_CLOSED : visit_by_link(walk, folder, number);
	descriptor.inode = status.st_ino;
	return walk->visit(walk->context, &descriptor) ? LOOK_ON : LOOK_END;
}

static bool visit_rest(void *context, int folder, const char *name, int number)
{
	struct walk *walk = context;

	if (walk->look == NULL)
		return visit_link(context, folder, name, number);
	return number < walk->from || visit_number(walk, folder, number) != LOOK_END;
}

/*
 * To list a descriptor, /proc takes ten times as long as a system call takes to find that a
 * number is not open. So where /proc tells how many descriptors there are (since Linux 6.2)
 * the numbers from 0 on are tried until that many were open, unless the gaps are wide.
 * (That a number of another process is not open, only /proc tells: there the first one ends it.)
 * Other threads may have opened some of them only now, so the rest is listed in any case.
 * False: the visitor has seen enough.
 */
static bool try_numbers(struct walk *walk, int folder)
{
	enum { DOTS = 2, GAPS = 16 };
	struct stat status;
	off_t count = sys_fstat(folder, &status) == 0 ? status.st_size : 0, open = 0;

	while (open < count && walk->from < 2 * open + GAPS)
		switch (visit_number(walk, folder, walk->from++)) {
		case LOOK_CLOSED:
			count = target_is_self() ? count : 0;
			break;
		case LOOK_ON:
		case LOOK_NO_SOCKET:
		case LOOK_SOCKET:
		case LOOK_UNTOLD:
			open++;
			break;
		case LOOK_END:
			return false;
		}
	/* The place of an entry in the folder is its number, after "." and "..". */
	if (walk->from > 0)
		sys_call(SYS_lseek, folder, (long)walk->from + DOTS, SEEK_SET);
	return true;
}

bool fd_walk(fd_look *look, fd_visitor *visit, void *context)
{
	struct walk walk = {.look = look, .visit = visit, .context = context};
	int folder = target_open_proc("/fd", O_DIRECTORY);
	bool whole;

	if (folder < 0)
		return false;
	whole = (look != NULL && !try_numbers(&walk, folder)) || procfs_walk(folder, visit_rest, &walk);
	sys_close(folder);
	return whole && !walk.unreadable;
}

bool fd_walk_links(int folder, fd_visitor *visit, void *context)
{
	struct walk walk = {.visit = visit, .context = context};

	return procfs_walk(folder, visit_link, &walk) && !walk.unreadable;
}

int fd_is_socket(int number, ino_t inode)
{
	struct stat status;

	if (target_stat(number, &status) != 0)
		return errno == EBADF ? 0 : -1;
	return S_ISSOCK(status.st_mode) && status.st_ino == inode;
}

int fd_open_info(int number)
{
	struct strbuf name = {0};

	strbuf_add(&name, "/fdinfo/");
	strbuf_add_number(&name, (unsigned long)number);
	return target_open_proc(strbuf_text(&name), 0);
}

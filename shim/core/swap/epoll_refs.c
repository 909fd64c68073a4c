/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "swap/epoll_refs.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/target.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

/* What follows KEY and its blanks, wherever KEY stands in LINE; NULL: it is not there. */
static const char *value_of(const char *line, const char *key)
{
	const char *value = strstr(line, key);

	return value ? value + strlen(key) + strspn(value + strlen(key), " \t") : NULL;
}

bool epoll_refs_parse(const char *line, struct epoll_ref *one, ino_t *inode)
{
	uint64_t fd, events, data, number;
	const char *value;

	if (strncmp(line, "tfd:", 4) != 0 || !procfs_digits(value_of(line, "tfd:"), 10, &fd) || fd > INT32_MAX)
		return false;
	value = value_of(line, "events:");
	if (value == NULL || !procfs_digits(value, 16, &events))
		return false;
	value = value_of(line, "data:");
	if (value == NULL || !procfs_digits(value, 16, &data))
		return false;
	value = value_of(line, "ino:");
	*inode = value != NULL && procfs_digits(value, 16, &number) ? (ino_t)number : 0;
	one->fd = (int)fd;
	one->event = (struct epoll_event){.events = (uint32_t)events, .data.u64 = data};
	return true;
}

struct collection {
	struct epoll_refs *all;
	int epfd;
	ino_t inode;
	bool complete;
	bool told; /* of any registration */
};

static bool take_line(void *context, const char *line)
{
	struct collection *collection = context;
	struct epoll_refs *all = collection->all;
	struct epoll_ref one;
	ino_t inode;
	int ours;

	if (!epoll_refs_parse(line, &one, &inode))
		return true;
	collection->told = true;
	if (inode != 0 && inode != collection->inode)
		return true;
	/* The number may have been closed, and mean another file by now: then the registration is not ours.
	 * If the kernel says that it is, it cannot be moved: the socket lives on under another number. */
	ours = fd_is_socket(one.fd, collection->inode);
	if (ours == 0 && inode == 0)
		return true;
	collection->complete = ours > 0 && all->count < EPOLL_REFS_MAX;
	if (!collection->complete)
		return false;
	one.epfd = collection->epfd;
	all->each[all->count++] = one;
	return true;
}

static bool is_told(void *context, const char *line)
{
	struct epoll_ref one;
	bool *told = context;
	ino_t inode;

	*told = epoll_refs_parse(line, &one, &inode);
	return !*told;
}

static bool is_shown(int epfd, int watched)
{
	struct epoll_event event = {0};
	bool told = false;
	int info = sys_epoll_ctl(epfd, EPOLL_CTL_ADD, watched, &event) == 0 ? fd_open_info(epfd) : -1;

	if (info >= 0) {
		procfs_lines(info, is_told, &told);
		sys_close(info);
	}
	return told;
}

/* gVisor lists no registrations (and has no supervisor). To find out, an epoll instance of our own watches
 * another one and is read, once, and only if one of the program's shows no registration. */
static bool kernel_tells(void)
{
	static atomic_bool known;
	int epfd, watched;

	if (known || !target_is_self())
		return true;
	epfd = (int)sys_call(SYS_epoll_create1, EPOLL_CLOEXEC);
	watched = epfd < 0 ? -1 : (int)sys_call(SYS_epoll_create1, EPOLL_CLOEXEC);
	if (watched >= 0) {
		known = is_shown(epfd, watched);
		sys_close(watched);
	}
	if (epfd >= 0)
		sys_close(epfd);
	return known;
}

/* ENOENT from open or read: another thread has closed the descriptor meanwhile. */
bool epoll_refs_collect(struct epoll_refs *all, int epfd, ino_t inode)
{
	struct collection collection = {all, epfd, inode, true, false};
	int info = fd_open_info(epfd);
	bool whole;

	if (info < 0)
		return errno == ENOENT;
	errno = 0;
	whole = (procfs_all_lines(info, take_line, &collection) || errno == ENOENT) && collection.complete;
	if (whole && !collection.told && !kernel_tells())
		all->untold = true;
	return whole;
}

/* A bit for each number. Every epoll_ctl(2) of the program writes it, without a system call; it is needed only
 * where the kernel lists no registrations. */
enum { NUMBERS = 4096, WORD_BITS = 32 };

static _Atomic uint32_t noted[NUMBERS / WORD_BITS];

void epoll_refs_note(int operation, int number)
{
	uint32_t bit = UINT32_C(1) << ((unsigned)number % WORD_BITS);

	if (number < 0 || number >= NUMBERS)
		return;
	if (operation == EPOLL_CTL_ADD)
		atomic_fetch_or_explicit(&noted[number / WORD_BITS], bit, memory_order_relaxed);
	else if (operation == EPOLL_CTL_DEL)
		atomic_fetch_and_explicit(&noted[number / WORD_BITS], ~bit, memory_order_relaxed);
}

bool epoll_refs_are_noted(int number)
{
	if (number < 0 || number >= NUMBERS)
		return true;
	return noted[number / WORD_BITS] >> ((unsigned)number % WORD_BITS) & 1;
}

void epoll_refs_add(const struct epoll_refs *all, int socket)
{
	for (size_t i = 0; i < all->count; i++) {
		struct epoll_event event = all->each[i].event;

		target_epoll_ctl(all->each[i].epfd, EPOLL_CTL_ADD, all->each[i].fd, socket, &event);
	}
}

/* ENOENT: an epoll instance with two numbers was collected under both. */
bool epoll_refs_remove(const struct epoll_refs *all, int socket)
{
	for (size_t i = 0; i < all->count; i++)
		if (target_epoll_ctl(all->each[i].epfd, EPOLL_CTL_DEL, all->each[i].fd, socket, NULL) != 0 &&
		    errno != ENOENT) {
			struct epoll_refs removed = *all;

			removed.count = i;
			epoll_refs_add(&removed, socket);
			return false;
		}
	return true;
}

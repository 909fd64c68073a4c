/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/sock_owners.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "inspect/procfile.h"
#include "inspect/program.h"
#include "process/fd_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TARGET_BYTES = 64 };

struct key {
	ino_t inode;
	struct listener *listener;
};

struct search {
	struct key *by_inode;
	size_t count;
	pid_t pid;
	char command[64];
	bool refused;
};

static int compare(const void *one, const void *other)
{
	const struct key *a = one, *b = other;

	return (a->inode > b->inode) - (a->inode < b->inode);
}

static struct listener *find(const struct search *search, ino_t inode)
{
	struct key wanted = {.inode = inode};
	struct key *found = bsearch(&wanted, search->by_inode, search->count, sizeof wanted, compare);

	return found ? found->listener : NULL;
}

/* For kernels that do not list the options that tell the mark. */
static void ask_mark(struct listener *listener, pid_t pid, int fd)
{
	int socket = borrow_descriptor(pid, fd);
	struct stat status;

	if (socket < 0) {
		listener->refusal = borrow_refused(pid, errno);
		return;
	}
	/* The number may mean another file by now: then its file system must not be asked, which might not answer. */
	if (sys_stat_socket(socket, &status) == 0 && status.st_ino == listener->inode) {
		listener->v6only = listener->v6only_untold ? sys_get_int(socket, IPPROTO_IPV6, IPV6_V6ONLY) == 1
							   : listener->v6only;
		listener->mark = mark_get(socket);
		listener->mark_known = true;
	}
	close(socket);
}

static bool visit_descriptor(void *context, int folder, const char *name, int number)
{
	struct search *search = context;
	struct descriptor descriptor = {.number = number};
	char target[TARGET_BYTES];
	ssize_t length = procfs_link(folder, name, target, sizeof target);
	struct listener *listener;
	struct sock_owner *owner;

	/* Without CAP_SYS_PTRACE root may list another user's descriptors, but not read the links. */
	if (length < 0 && procfile_is_refusal(errno)) {
		search->refused = true;
		return false;
	}
	if (!fd_walk_parse(&descriptor, target) || descriptor.kind != DESCRIPTOR_SOCKET)
		return true;
	listener = find(search, descriptor.inode);
	if (listener == NULL)
		return true;
	/* A process that has two numbers for the socket is one owner. */
	if (listener->owner_count > 0 && listener->owner_count <= SOCK_OWNERS_KEPT &&
	    listener->owners[listener->owner_count - 1].pid == search->pid)
		return true;
	if (listener->owner_count < SOCK_OWNERS_KEPT) {
		owner = &listener->owners[listener->owner_count];
		owner->pid = search->pid;
		owner->fd = number;
		memcpy(owner->command, search->command, sizeof owner->command);
	}
	listener->owner_count++;
	if (listener_may_be_ours(listener) && !listener->mark_known)
		ask_mark(listener, search->pid, number);
	return true;
}

/* A process that has ended, or that we may not look into, is skipped: a socket of which no process
 * was seen has no owner in the end. */
static bool visit_process(void *context, int proc, const char *name, int number)
{
	struct search *search = context;
	int folder = procfs_open(proc, name, "/fd", O_DIRECTORY);

	if (folder < 0) {
		search->refused = search->refused || procfile_is_refusal(errno);
		return true;
	}
	search->pid = number;
	procfile_comm(proc, name, "/comm", search->command, sizeof search->command);
	procfs_walk(folder, visit_descriptor, search);
	close(folder);
	return true;
}

static bool visit_one(struct search *search, int proc, pid_t pid)
{
	char name[16];
	int folder;

	snprintf(name, sizeof name, "%d", pid);
	folder = procfs_open(proc, name, "/fd", O_DIRECTORY);
	if (folder < 0)
		return false;
	close(folder);
	visit_process(search, proc, name, pid);
	if (search->refused)
		errno = EACCES;
	return !search->refused;
}

static bool calls_library(pid_t pid)
{
	static struct program program;
	char name[PATH_MAX]; /* the loader's, if the program is its argument */
	int file = procfile_open(pid, "exe");

	program.kind = ELF_NONE;
	if (file >= 0) {
		procfile_link(name, sizeof name, pid, "exe");
		program_inspect(&program, file, name);
		close(file);
	}
	return program.kind != ELF_SOUND || program_calls_library(&program);
}

/* If several processes hold a socket, the first one counts. */
static void judge_datagrams(struct listing *listing)
{
	pid_t last = 0;
	bool calls = true;

	for (size_t i = 0; i < listing->count; i++) {
		struct listener *listener = &listing->list[i];

		if (listener->protocol != TRANSPORT_UDP || listener->owner_count == 0)
			continue;
		if (listener->owners[0].pid != last)
			calls = calls_library(listener->owners[0].pid);
		last = listener->owners[0].pid;
		listener->beyond_library = !calls;
	}
}

bool sock_owners_find(struct listing *listing, pid_t only)
{
	struct search search = {.count = 0};
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool found = proc >= 0;

	search.by_inode = calloc(listing->count + 1, sizeof(struct key));
	for (size_t i = 0; search.by_inode != NULL && i < listing->count; i++)
		if (listing->list[i].inode != 0)
			search.by_inode[search.count++] = (struct key){listing->list[i].inode, &listing->list[i]};
	if (search.by_inode == NULL)
		found = false;
	if (found) {
		qsort(search.by_inode, search.count, sizeof(struct key), compare);
		found = only ? visit_one(&search, proc, only) : procfs_walk(proc, visit_process, &search);
	}
	judge_datagrams(listing);
	listing->owners_refused = search.refused;
	free(search.by_inode);
	if (proc >= 0) {
		int saved = errno;

		close(proc);
		errno = saved;
	}
	return found;
}

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/sharers.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "process/fd_walk.h"
#include "process/made.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

/* As in the kernel's own <linux/sched.h>, which programs do not have; these values are as old as /proc. */
enum { PF_EXITING = 0x4, PF_FORKNOEXEC = 0x40 };
enum { PATH_BYTES = 128, LINE_BYTES = 384, ANCESTORS_MAX = 16 };

/* "17 (command) S parent group session terminal its-group flags ...": the command may hold
 * anything, but the numbers after it no bracket. */
bool sharers_parse(struct process_state *state, const char *line)
{
	enum { STATE = 1, PARENT_OF = 2, FLAGS = 7, STARTED = 20 };
	const char *rest = strrchr(line, ')'), *started;
	uint64_t parent, flags;

	if (rest == NULL || !procfs_digits(procfs_word(rest, PARENT_OF), 10, &parent) ||
	    !procfs_digits(procfs_word(rest, FLAGS), 10, &flags))
		return false;
	state->parent = (int)parent;
	state->executed = !(flags & PF_FORKNOEXEC);
	state->ended = (flags & PF_EXITING) || *procfs_word(rest, STATE) == 'Z';
	started = procfs_word(rest, STARTED);
	if (!procfs_digits(started, 10, &state->started) || *procfs_word(started, 1) == '\0')
		state->started = UINT64_MAX; /* the line may be cut */
	return true;
}

static bool read_state(int proc, const char *name, struct process_state *state)
{
	char line[LINE_BYTES];

	procfs_text(proc, name, "/stat", line, sizeof line);
	return sharers_parse(state, line);
}

struct search {
	const struct sock *sock; /* NULL: only the inode is known */
	ino_t inode;
	int skipped[3];
	bool seen_only;
	bool counted;   /* this kernel shows how many descriptors a process has */
	uint64_t since; /* processes that started before this need no look, except ancestors; 0: all do */
	int ancestors[ANCESTORS_MAX];
	bool found;
};

static bool find_inode(void *context, const struct descriptor *descriptor)
{
	struct search *search = context;

	search->found = descriptor->kind == DESCRIPTOR_SOCKET && descriptor->inode == search->inode;
	return !search->found;
}

/* The size of the folder, which since Linux 6.2 is the number of descriptors, for any user; before, it is 0. */
static off_t count_descriptors(int proc, const char *name)
{
	struct strbuf path = {0};
	struct stat status;

	strbuf_add(&path, name);
	strbuf_add(&path, "/fd");
	return sys_call(SYS_newfstatat, proc, strbuf_text(&path), &status, 0L) == 0 ? status.st_size : 0;
}

/* A process without descriptors, such as a thread of the kernel. */
static bool has_none(const struct search *search, int proc, const char *name)
{
	return search->counted && count_descriptors(proc, name) == 0;
}

/* False if not all of its descriptors are shown: a user may be allowed to list the folder, and
 * not to read its links. */
static bool look_at(struct search *search, int proc, const char *name)
{
	int folder;
	bool whole;

	folder = procfs_open(proc, name, "/fd", O_DIRECTORY);
	if (folder < 0)
		return false;
	whole = fd_walk_links(folder, find_inode, search);
	sys_close(folder);
	return whole || search->found;
}

static bool is_skipped(const struct search *search, int number)
{
	return number == search->skipped[0] || number == search->skipped[1] || number == search->skipped[2];
}

static bool is_ancestor(const struct search *search, int number)
{
	for (size_t i = 0; i < ANCESTORS_MAX && search->ancestors[i] != 0; i++)
		if (search->ancestors[i] == number)
			return true;
	return false;
}

static bool is_too_old(const struct search *search, int proc, const char *name, int number)
{
	struct process_state state;

	return search->since != 0 && !is_ancestor(search, number) && read_state(proc, name, &state) &&
	       state.started < search->since;
}

static bool read_state_of(int proc, int number, struct process_state *state)
{
	struct strbuf name = {0};

	strbuf_add_number(&name, (unsigned long)number);
	return read_state(proc, strbuf_text(&name), state);
}

/* If there are more ancestors than the list holds, all processes are looked at. */
static void find_ancestors(struct search *search, int proc)
{
	struct process_state own, state;
	size_t count = 0;

	if (!read_state_of(proc, search->skipped[0], &own) ||
	    !(made_here(search->sock->fd) ||
	      (own.executed && made_alone() && target_closes(target_number(search->sock->fd)) == 1)))
		return;
	for (state = own; state.parent != 0; count++) {
		if (count == ANCESTORS_MAX)
			return;
		search->ancestors[count] = state.parent;
		if (!read_state_of(proc, state.parent, &state))
			break;
	}
	search->since = own.started;
}

static bool visit_process(void *context, int proc, const char *name, int number)
{
	struct search *search = context;
	struct process_state state;

	if (is_skipped(search, number) || has_none(search, proc, name) || is_too_old(search, proc, name, number))
		return true;
	if (!look_at(search, proc, name) && !search->seen_only && read_state(proc, name, &state))
		search->found = state.parent == search->skipped[0] && !state.executed && !state.ended;
	return !search->found;
}

/* Whether the parent may have the socket, where the target cannot look at its parent. */
static bool may_be_the_parents(const struct search *search, bool executed)
{
	if (search->sock->uid == target_uid() || made_here(search->sock->fd))
		return false;
	return !executed || target_closes(target_number(search->sock->fd)) != 1;
}

/* A parent that is not listed has ended, and the target has another one by now; or it is hidden
 * (hidepid, proc(5)). */
static void visit_parent(struct search *search, int proc)
{
	struct process_state own = {.executed = false};
	struct strbuf self = {0};
	int parent = 0;

	strbuf_add_number(&self, (unsigned long)search->skipped[0]);
	while (read_state(proc, strbuf_text(&self), &own) && own.parent != parent) {
		struct strbuf name = {0};

		parent = own.parent;
		strbuf_add_number(&name, (unsigned long)parent);
		if (is_skipped(search, parent))
			return;
		if (look_at(search, proc, strbuf_text(&name))) {
			search->skipped[2] = parent;
			return;
		}
	}
	search->found = !search->seen_only && may_be_the_parents(search, own.executed);
}

/* Opens /proc, to look at other processes; -1: that is not possible. */
static int open_others(int own[2])
{
	int proc = procfs_open(AT_FDCWD, "/proc", "", O_DIRECTORY);

	if (proc < 0)
		return -1;
	if (target_numbers(proc, own))
		return proc;
	sys_close(proc);
	return -1;
}

bool sharers_have(const struct sock *sock, enum sharers sharers)
{
	struct search search = {.sock = sock, .inode = sock->inode, .seen_only = sharers == EVERY_PROCESS_SEEN};
	int proc = sock->inode != 0 ? open_others(search.skipped) : -1;

	if (proc < 0)
		return false;
	visit_parent(&search, proc);
	if (!search.found && sharers != PARENT) {
		find_ancestors(&search, proc);
		search.counted = count_descriptors(proc, "self") > 0;
		procfs_walk(proc, visit_process, &search);
	}
	sys_close(proc);
	return search.found;
}

/* The processes that run an executable. */
struct kin {
	fd_visitor *visit;
	void *context;
	int own[2];
	char path[PATH_BYTES]; /* the beginning */
	struct stat executable;
	bool done;
};

static bool stat_executable(int proc, const char *process, struct stat *status)
{
	int file = procfs_open(proc, process, "/exe", O_PATH);
	bool done = file >= 0 && sys_fstat(file, status) == 0;

	if (file >= 0)
		sys_close(file);
	return done;
}

static bool read_path(char path[PATH_BYTES], int proc, const char *process)
{
	struct strbuf name = {0};

	strbuf_add(&name, process);
	strbuf_add(&name, "/exe");
	return procfs_link(proc, strbuf_text(&name), path, PATH_BYTES) > 0;
}

/* The path is compared first: stat(2) of another program could hang, if its file system does not answer. */
static bool is_kin(const struct kin *kin, int proc, const char *process)
{
	char path[PATH_BYTES];
	struct stat status;

	return read_path(path, proc, process) && strcmp(path, kin->path) == 0 &&
	       stat_executable(proc, process, &status) && status.st_ino == kin->executable.st_ino &&
	       status.st_dev == kin->executable.st_dev;
}

static bool visit_descriptor(void *context, const struct descriptor *descriptor)
{
	struct kin *kin = context;

	kin->done = !kin->visit(kin->context, descriptor);
	return !kin->done;
}

static bool visit_kin(void *context, int proc, const char *name, int number)
{
	struct kin *kin = context;
	int folder;

	if (number == kin->own[0] || number == kin->own[1] || !is_kin(kin, proc, name))
		return true;
	folder = procfs_open(proc, name, "/fd", O_DIRECTORY);
	if (folder >= 0) {
		fd_walk_links(folder, visit_descriptor, kin);
		sys_close(folder);
	}
	return !kin->done;
}

void sharers_among_kin(fd_visitor *visit, void *context)
{
	struct kin kin = {.visit = visit, .context = context};
	struct strbuf owner = {0};
	int proc = open_others(kin.own);

	if (proc < 0)
		return;
	strbuf_add_number(&owner, (unsigned long)kin.own[0]);
	if (read_path(kin.path, proc, strbuf_text(&owner)) &&
	    stat_executable(proc, strbuf_text(&owner), &kin.executable))
		procfs_walk(proc, visit_kin, &kin);
	sys_close(proc);
}

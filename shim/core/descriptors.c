#define _GNU_SOURCE
#include "descriptors.h"

#include "line.h"
#include "owner.h"
#include "proc.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { TARGET_BYTES = 64 };

bool descriptor_parse(struct descriptor *descriptor, const char *target)
{
	static const char socket[] = "socket:[";
	uint64_t inode;

	descriptor->inode = 0;
	if (strcmp(target, "anon_inode:[eventpoll]") == 0) {
		descriptor->kind = DESCRIPTOR_EPOLL;
		return true;
	}
	if (strncmp(target, socket, sizeof socket - 1) != 0)
		return false;
	descriptor->kind = DESCRIPTOR_SOCKET;
	target += sizeof socket - 1;
	if (!proc_digits(target, 10, &inode) || target[strspn(target, "0123456789")] != ']')
		return false;
	descriptor->inode = (ino_t)inode;
	return inode != 0;
}

struct walk {
	descriptor_visitor *visit;
	void *context;
	bool unreadable; /* some descriptor could not be asked for */
};

static bool visit_link(void *context, int folder, const char *name, int number)
{
	struct walk *walk = context;
	struct descriptor descriptor = {.number = number};
	char target[TARGET_BYTES];
	ssize_t length = sys_readlinkat(folder, name, target, sizeof target - 1);

	if (length <= 0) { /* ENOENT: closed meanwhile */
		walk->unreadable = length == 0 || errno != ENOENT;
		return !walk->unreadable;
	}
	target[length] = '\0';
	return !descriptor_parse(&descriptor, target) || walk->visit(walk->context, &descriptor);
}

/* Of the owner: stat is much cheaper than readlink, and most are sockets. */
static bool visit_own(void *context, int folder, const char *name, int number)
{
	struct walk *walk = context;
	struct descriptor descriptor = {.number = number, .kind = DESCRIPTOR_SOCKET};
	struct stat status;

	/* Of a file in /proc whose process has ended it tells nothing. */
	if (owner_stat(number, &status) != 0)
		return errno == EBADF || visit_link(context, folder, name, number);
	if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISFIFO(status.st_mode))
		return true;
	if (!S_ISSOCK(status.st_mode))
		return visit_link(context, folder, name, number);
	descriptor.inode = status.st_ino;
	return walk->visit(walk->context, &descriptor);
}

bool descriptors_walk(descriptor_visitor *visit, void *context)
{
	struct walk walk = {visit, context, false};
	int folder = owner_open("/fd", O_DIRECTORY);
	bool whole;

	if (folder < 0)
		return false;
	whole = proc_walk(folder, visit_own, &walk);
	sys_close(folder);
	return whole && !walk.unreadable;
}

struct sharing {
	ino_t inode;
	int skipped[2];
	bool kin_only; /* the same executable */
	struct stat executable;
	bool found;
};

static bool find_inode(void *context, const struct descriptor *descriptor)
{
	struct sharing *sharing = context;

	sharing->found = descriptor->kind == DESCRIPTOR_SOCKET && descriptor->inode == sharing->inode;
	return !sharing->found;
}

static bool stat_executable(int proc, const char *process, struct stat *status)
{
	int file = proc_open(proc, process, "/exe", O_PATH);
	bool done = file >= 0 && sys_fstat(file, status) == 0;

	if (file >= 0)
		sys_close(file);
	return done;
}

static bool is_kin(const struct sharing *sharing, int proc, const char *process)
{
	struct stat status;

	return stat_executable(proc, process, &status) && status.st_ino == sharing->executable.st_ino &&
	       status.st_dev == sharing->executable.st_dev;
}

static bool visit_process(void *context, int proc, const char *name, int number)
{
	struct sharing *sharing = context;
	struct walk walk = {find_inode, sharing, false};
	int folder;

	if (number == sharing->skipped[0] || number == sharing->skipped[1] ||
	    (sharing->kin_only && !is_kin(sharing, proc, name)))
		return true;
	folder = proc_open(proc, name, "/fd", O_DIRECTORY);
	if (folder >= 0) {
		proc_walk(folder, visit_link, &walk);
		sys_close(folder);
	}
	return !sharing->found;
}

static void visit_parent(struct sharing *sharing, int proc)
{
	struct line name = {0};
	int parent = owner_parent();

	line_add_number(&name, (unsigned long)parent);
	visit_process(sharing, proc, line_text(&name), parent);
}

/* /proc, to look at the others; -1. */
static int open_others(struct sharing *sharing)
{
	int proc = proc_open(AT_FDCWD, "/proc", "", O_DIRECTORY);

	if (proc < 0)
		return -1;
	if (owner_numbers(proc, sharing->skipped))
		return proc;
	sys_close(proc);
	return -1;
}

bool descriptors_shared(int fd, enum sharers sharers)
{
	struct sharing sharing = {0};
	int proc = open_others(&sharing);
	struct stat status;

	if (proc < 0)
		return false;
	if (sys_fstat(fd, &status) == 0) {
		sharing.inode = status.st_ino;
		if (sharers == PARENT)
			visit_parent(&sharing, proc);
		else
			proc_walk(proc, visit_process, &sharing);
	}
	sys_close(proc);
	return sharing.found;
}

bool descriptors_held_by_kin(ino_t inode)
{
	struct sharing sharing = {.inode = inode, .kin_only = true};
	struct line owner = {0};
	int proc = open_others(&sharing);

	if (proc < 0)
		return false;
	line_add_number(&owner, (unsigned long)sharing.skipped[0]);
	if (stat_executable(proc, line_text(&owner), &sharing.executable))
		proc_walk(proc, visit_process, &sharing);
	sys_close(proc);
	return sharing.found;
}

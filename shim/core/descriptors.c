#define _GNU_SOURCE
#include "descriptors.h"

#include "line.h"
#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Small: a program may bind on the stack of a small thread. */
enum { ENTRIES_BYTES = 1024, TARGET_BYTES = 64 };

bool descriptor_parse(struct descriptor *descriptor, const char *target)
{
	static const char socket[] = "socket:[";

	descriptor->inode = 0;
	if (strcmp(target, "anon_inode:[eventpoll]") == 0) {
		descriptor->kind = DESCRIPTOR_EPOLL;
		return true;
	}
	if (strncmp(target, socket, sizeof socket - 1) != 0)
		return false;
	descriptor->kind = DESCRIPTOR_SOCKET;
	for (target += sizeof socket - 1; *target >= '0' && *target <= '9'; target++)
		descriptor->inode = descriptor->inode * 10 + (ino_t)(*target - '0');
	return *target == ']' && descriptor->inode != 0;
}

static bool read_number(const char *name, int *number)
{
	*number = 0;
	for (; *name >= '0' && *name <= '9'; name++)
		*number = *number * 10 + (*name - '0');
	return *name == '\0';
}

/* Called with the number that an entry of /proc or /proc/PID/fd is named by. */
typedef bool number_visitor(void *context, int folder, const char *name, int number);

static bool numbers_walk(int folder, number_visitor *visit, void *context)
{
	_Alignas(struct dirent64) char entries[ENTRIES_BYTES];
	bool more = true;
	ssize_t size = 0;
	int number;

	while (more && (size = sys_getdents64(folder, entries, sizeof entries)) > 0)
		for (ssize_t at = 0; more && at < size;) {
			const struct dirent64 *entry = (const void *)(entries + at);

			if (read_number(entry->d_name, &number))
				more = visit(context, folder, entry->d_name, number);
			at += entry->d_reclen;
		}
	return size >= 0;
}

struct walk {
	descriptor_visitor *visit;
	void *context;
	bool unreadable; /* some descriptor could not be asked for */
};

static bool visit_descriptor(void *context, int folder, const char *name, int number)
{
	struct walk *walk = context;
	struct descriptor descriptor = {.fd = number};
	char target[TARGET_BYTES];
	ssize_t length = sys_readlinkat(folder, name, target, sizeof target - 1);

	if (length <= 0) { /* ENOENT: closed meanwhile */
		walk->unreadable = length == 0 || errno != ENOENT;
		return !walk->unreadable;
	}
	target[length] = '\0';
	return !descriptor_parse(&descriptor, target) || walk->visit(walk->context, &descriptor);
}

static const int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/* /proc/self is the first thread's, which may have ended before the others. */
static int open_own(void)
{
	int folder = sys_openat(AT_FDCWD, "/proc/thread-self/fd", folder_flags, 0);

	return folder >= 0 ? folder : sys_openat(AT_FDCWD, "/proc/self/fd", folder_flags, 0);
}

bool descriptors_walk(descriptor_visitor *visit, void *context)
{
	struct walk walk = {visit, context, false};
	int folder = open_own();
	bool whole;

	if (folder < 0)
		return false;
	whole = numbers_walk(folder, visit_descriptor, &walk);
	sys_close(folder);
	return whole && !walk.unreadable;
}

struct sharing {
	ino_t inode;
	int own; /* this process's number in this /proc */
	bool found;
};

static bool find_inode(void *context, const struct descriptor *descriptor)
{
	struct sharing *sharing = context;

	sharing->found = descriptor->kind == DESCRIPTOR_SOCKET && descriptor->inode == sharing->inode;
	return !sharing->found;
}

static bool visit_process(void *context, int proc, const char *name, int number)
{
	struct sharing *sharing = context;
	struct walk walk = {find_inode, sharing, false};
	struct line path = {0};
	int folder;

	if (number == sharing->own)
		return true;
	line_add(&path, name);
	line_add(&path, "/fd");
	path.text[path.length] = '\0';
	folder = sys_openat(proc, path.text, folder_flags, 0);
	if (folder >= 0) {
		numbers_walk(folder, visit_descriptor, &walk);
		sys_close(folder);
	}
	return !sharing->found;
}

bool descriptors_shared(ino_t inode)
{
	struct sharing sharing = {.inode = inode};
	char own[TARGET_BYTES];
	int proc = sys_openat(AT_FDCWD, "/proc", folder_flags, 0);
	ssize_t length;

	if (proc < 0)
		return false;
	length = sys_readlinkat(proc, "self", own, sizeof own - 1);
	own[length > 0 ? length : 0] = '\0';
	if (length > 0 && read_number(own, &sharing.own))
		numbers_walk(proc, visit_process, &sharing);
	sys_close(proc);
	return sharing.found;
}

#define _GNU_SOURCE
#include "descriptors.h"

#include "sys.h"

#include <dirent.h>
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

static bool visit_entry(int folder, const char *name, descriptor_visitor *visit, void *context)
{
	struct descriptor descriptor;
	char target[TARGET_BYTES];
	ssize_t length;

	if (!read_number(name, &descriptor.fd)) /* "." and ".." */
		return true;
	length = sys_readlinkat(folder, name, target, sizeof target - 1);
	if (length <= 0) /* closed meanwhile */
		return true;
	target[length] = '\0';
	return !descriptor_parse(&descriptor, target) || visit(context, &descriptor);
}

/* /proc/self is the first thread's, which may have ended before the others. */
static int open_folder(void)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int folder = sys_openat(AT_FDCWD, "/proc/thread-self/fd", flags, 0);

	return folder >= 0 ? folder : sys_openat(AT_FDCWD, "/proc/self/fd", flags, 0);
}

bool descriptors_walk(descriptor_visitor *visit, void *context)
{
	_Alignas(struct dirent64) char entries[ENTRIES_BYTES];
	int folder = open_folder();
	bool more = true;
	ssize_t size = 0;

	if (folder < 0)
		return false;
	while (more && (size = sys_getdents64(folder, entries, sizeof entries)) > 0)
		for (ssize_t at = 0; more && at < size;) {
			const struct dirent64 *entry = (const void *)(entries + at);

			more = visit_entry(folder, entry->d_name, visit, context);
			at += entry->d_reclen;
		}
	sys_close(folder);
	return size >= 0;
}

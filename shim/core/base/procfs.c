/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/procfs.h"

#include "base/strbuf.h"
#include "base/sys.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

/* Small, since a program may call bind in a thread with a small stack. */
enum { PEER_TABLE_BYTES = 1024, CHUNK_BYTES = 1024 };

/* What getdents64(2) returns; musl has no name for it since 1.2.4. */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

bool procfs_number(const char *name, int *number)
{
	const char *start = name;

	for (*number = 0; *name >= '0' && *name <= '9'; name++)
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, *name - '0', number))
			return false;
	return *name == '\0' && name > start;
}

size_t procfs_path_length(const char *path, size_t length)
{
	static const char deleted[] = " (deleted)";
	const size_t size = sizeof deleted - 1;

	return length > size && memcmp(path + length - size, deleted, size) == 0 ? length - size : length;
}

const char *procfs_program_name(char *path)
{
	const char *slash;

	path[procfs_path_length(path, strlen(path))] = '\0';
	slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static const char blanks[] = " \t";

const char *procfs_word(const char *line, unsigned number)
{
	line += strspn(line, blanks);
	while (number-- > 0) {
		line += strcspn(line, blanks);
		line += strspn(line, blanks);
	}
	return line;
}

bool procfs_digits(const char *text, unsigned base, uint64_t *number)
{
	const char *start = text;

	for (*number = 0;; text++) {
		unsigned digit = *text >= '0' && *text <= '9'   ? (unsigned)(*text - '0')
				 : *text >= 'a' && *text <= 'f' ? (unsigned)(*text - 'a' + 10)
				 : *text >= 'A' && *text <= 'F' ? (unsigned)(*text - 'A' + 10)
								: base;
		if (digit >= base)
			return text > start;
		*number = *number * base + digit;
	}
}

int procfs_open(int folder, const char *name, const char *rest, int flags)
{
	struct strbuf path = {0};

	strbuf_add(&path, name);
	strbuf_add(&path, rest);
	return sys_openat(folder, strbuf_text(&path), O_RDONLY | O_CLOEXEC | flags, 0);
}

int procfs_open_own(const char *rest, int flags)
{
	int file = procfs_open(AT_FDCWD, "/proc/thread-self", rest, flags);

	return file >= 0 ? file : procfs_open(AT_FDCWD, "/proc/self", rest, flags);
}

bool procfs_is_there(void)
{
	int folder = procfs_open_own("/fd", O_DIRECTORY);

	if (folder < 0)
		return false;
	sys_close(folder);
	return true;
}

bool procfs_lines(int file, procfs_line_visitor *visit, void *context)
{
	char chunk[CHUNK_BYTES], line[PROCFS_LINE_BYTES];
	size_t length = 0;
	bool more = true;
	ssize_t size = 0;

	while (more && (size = sys_read(file, chunk, sizeof chunk)) > 0)
		for (ssize_t at = 0; more && at < size; at++) {
			if (chunk[at] != '\n') {
				if (length < sizeof line - 1)
					line[length++] = chunk[at];
				continue;
			}
			line[length] = '\0';
			length = 0;
			more = visit(context, line);
		}
	return more && size == 0;
}

bool procfs_all_lines(int file, procfs_line_visitor *visit, void *context)
{
	bool whole = file >= 0 && procfs_lines(file, visit, context);

	if (file >= 0)
		sys_close(file);
	return whole;
}

ssize_t procfs_text(int folder, const char *name, const char *rest, char *text, size_t size)
{
	int file = procfs_open(folder, name, rest, 0);
	ssize_t length = file >= 0 ? sys_read(file, text, size - 1) : -1;

	if (file >= 0)
		sys_close(file);
	text[length > 0 ? length : 0] = '\0';
	return length;
}

ssize_t procfs_link(int folder, const char *name, char *target, size_t size)
{
	ssize_t length = sys_readlinkat(folder, name, target, size - 1);

	target[length > 0 ? length : 0] = '\0';
	return length;
}

bool procfs_walk(int folder, procfs_visitor *visit, void *context)
{
	_Alignas(struct entry) char entries[PEER_TABLE_BYTES];
	bool more = true;
	ssize_t size = 0;
	int number;

	while (more && (size = sys_getdents64(folder, entries, sizeof entries)) > 0)
		for (ssize_t at = 0; more && at < size;) {
			const struct entry *entry = (const void *)(entries + at);

			if (procfs_number(entry->name, &number))
				more = visit(context, folder, entry->name, number);
			at += entry->size;
		}
	return size >= 0;
}

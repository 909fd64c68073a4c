/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/look.h"

#include "base/procfs.h"
#include "base/sys.h"

#include <string.h>

/* A process may have more mappings than are read. */
enum { FILES = 8, MAPS_BYTES = 4096, MAPS_MAX = 16 << 20 };

/* What was found in a file is kept for the next time. */
static _Thread_local struct known {
	struct stat file;
	struct executable executable;
} known[FILES];
static _Thread_local size_t known_next;

static bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino && one->st_size == other->st_size &&
	       one->st_mtim.tv_sec == other->st_mtim.tv_sec && one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
	       one->st_ctim.tv_sec == other->st_ctim.tv_sec && one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static const struct executable *find_known(const struct stat *file)
{
	for (size_t i = 0; i < FILES; i++)
		if (known[i].executable.kind != ELF_NONE && is_same_file(&known[i].file, file))
			return &known[i].executable;
	return NULL;
}

static void remember(const struct stat *file, const struct executable *executable)
{
	known[known_next] = (struct known){*file, *executable};
	known_next = (known_next + 1) % FILES;
}

static struct executable inspect(int file)
{
	static _Thread_local struct elf elf;
	struct executable executable = {.kind = elf_read(file, &elf)};

	if (executable.kind == ELF_SOUND) {
		executable.libc = elf.libc;
		executable.language = language_of(file, &elf);
	}
	return executable;
}

struct executable look_executable(const struct target *target)
{
	int file = procfs_open(target->folder, "exe", "", 0);
	const struct executable *found;
	struct executable executable = {0};
	struct stat status;

	if (file < 0)
		return executable;
	if (sys_fstat(file, &status) == 0) {
		found = find_known(&status);
		executable = found != NULL ? *found : inspect(file);
		if (found == NULL)
			remember(&status, &executable);
	}
	sys_close(file);
	return executable;
}

/* A search for a line; lines end with SEPARATOR. */
struct sought {
	const char *file;
	char separator;
	bool (*is_it)(const char *line, size_t length, const struct sought *sought);
	const char *name;
	uint64_t place;
};

/* A line of /proc/PID/maps ends with the file's path, and " (deleted)" if it was removed. */
static bool ends_with_name(const char *line, size_t length, const struct sought *sought)
{
	const char *name = sought->name;
	const size_t size = strlen(name);

	length = procfs_path_length(line, length);
	return length > size && line[length - size - 1] == '/' && memcmp(line + length - size, name, size) == 0;
}

struct strbuf_end {
	size_t length;
	char bytes[MAPS_BYTES];
};

/* If a line does not fit, its end is kept, where the name is. */
static void add_byte(struct strbuf_end *end, char byte)
{
	const size_t half = sizeof end->bytes / 2;

	if (end->length == sizeof end->bytes) {
		memcpy(end->bytes, end->bytes + half, half);
		end->length = half;
	}
	end->bytes[end->length++] = byte;
}

/* A line is "start-end permissions ... /path". */
static bool has_place(const char *line, size_t length, uint64_t place)
{
	char head[2 * 16 + 2] = "";
	const char *dash;
	uint64_t start, end;

	memcpy(head, line, length < sizeof head - 1 ? length : sizeof head - 1);
	dash = strchr(head, '-');
	return dash != NULL && procfs_digits(head, 16, &start) && procfs_digits(dash + 1, 16, &end) &&
	       start <= place && place < end;
}

/* The C library: glibc's (which had a second file before 2.34), or musl's, which is its loader. */
static bool is_library_there(const char *line, size_t length, const struct sought *sought)
{
	static const char *const names[] = {"libc.", "libc-", "libpthread", "ld-musl-"};
	const char *slash;

	if (!has_place(line, length, sought->place))
		return false;
	slash = memrchr(line, '/', length);
	for (size_t i = 0; slash != NULL && i < sizeof names / sizeof names[0]; i++) {
		const size_t size = strlen(names[i]);

		if ((size_t)(line + length - slash) > size && memcmp(slash + 1, names[i], size) == 0)
			return true;
	}
	return ends_with_name(line, length, sought);
}

static bool is_preload_of(const char *string, size_t length, const struct sought *sought)
{
	static const char variable[] = "LD_PRELOAD=";
	const char *name = sought->name;
	const size_t size = strlen(name);
	const char *at = string + sizeof variable - 1, *end = string + length;

	if (length < sizeof variable || memcmp(string, variable, sizeof variable - 1) != 0)
		return false;
	while ((at = memmem(at, (size_t)(end - at), name, size)) != NULL) {
		at += size;
		if (at[-1 - (ssize_t)size] == '/' && (at == end || strchr(": \t\n", *at) != NULL))
			return true;
	}
	return false;
}

/* Whether one of the lines that end in the chunk is the one that is searched. */
static bool has_line(struct strbuf_end *end, const char *chunk, size_t size, const struct sought *sought)
{
	bool found = false;

	for (size_t at = 0; at < size && !found; at++)
		if (chunk[at] == sought->separator) {
			found = sought->is_it(end->bytes, end->length, sought);
			end->length = 0;
		} else {
			add_byte(end, chunk[at]);
		}
	return found;
}

static bool find_line(const struct target *target, const struct sought *sought)
{
	char chunk[MAPS_BYTES];
	struct strbuf_end end = {.length = 0};
	int file = procfs_open(target->folder, sought->file, "", 0);
	bool found = false;
	ssize_t size;

	if (file < 0)
		return false;
	for (size_t done = 0; !found && done < MAPS_MAX; done += (size_t)size) {
		size = sys_read(file, chunk, sizeof chunk);
		if (size <= 0)
			break;
		found = has_line(&end, chunk, (size_t)size, sought);
	}
	sys_close(file);
	return found;
}

bool look_is_loaded(const struct target *target, const char *name)
{
	return find_line(target, &(struct sought){"maps", '\n', ends_with_name, name, 0});
}

bool look_is_by_library(const struct target *target, const char *name)
{
	return find_line(target, &(struct sought){"maps", '\n', is_library_there, name, target->place});
}

bool look_preloads(const struct target *target, const char *name)
{
	return find_line(target, &(struct sought){"environ", '\0', is_preload_of, name, 0});
}

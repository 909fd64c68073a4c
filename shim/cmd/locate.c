/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/locate.h"

#include "base/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char file_name[] = "libdualbind.so";

void refuse(struct refusal *refusal, const char *remedy, const char *reason, ...)
{
	va_list words;

	va_start(words, reason);
	vsnprintf(refusal->reason, sizeof refusal->reason, reason, words);
	va_end(words);
	snprintf(refusal->remedy, sizeof refusal->remedy, "%s", remedy);
}

bool locate_self(char path[PATH_MAX])
{
	return procfs_link(AT_FDCWD, "/proc/self/exe", path, PATH_MAX) > 0;
}

static bool is_there(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* The path must be absolute, since the program may change its folder before it starts
 * another one. */
static bool resolve(char path[PATH_MAX], const char *found, struct refusal *refusal)
{
	if (realpath(found, path) != NULL)
		return true;
	refuse(refusal, "give DUALBIND_LIBRARY the path of libdualbind.so", "the library %.*s: %s", PATH_MAX, found,
	       strerror(errno));
	return false;
}

bool locate_library(char path[PATH_MAX], const char *given, struct refusal *refusal)
{
	static const char *const folders[] = {"", "../lib/"};
	char self[PATH_MAX], candidate[2 * PATH_MAX];

	if (given != NULL && given[0] != '\0')
		return resolve(path, given, refusal);
	if (!locate_self(self)) {
		refuse(refusal, "set DUALBIND_LIBRARY to the library's path, or mount /proc",
		       "the library cannot be found: /proc/self/exe cannot be read");
		return false;
	}
	self[strrchr(self, '/') + 1 - self] = '\0';
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(candidate, sizeof candidate, "%s%s%s", self, folders[i], file_name);
		if (is_there(candidate))
			return resolve(path, candidate, refusal);
	}
	refuse(refusal, "put it next to this command, or set DUALBIND_LIBRARY to its path",
	       "the library %s is neither in %s nor in %s../lib", file_name, self, self);
	return false;
}

/* Entries of LD_PRELOAD are separated by spaces and colons, and cannot be quoted. */
static bool can_be_listed(const char *path, struct refusal *refusal)
{
	if (strpbrk(path, " :\t\n\v\f\r") == NULL)
		return true;
	refuse(refusal, "move it, or set DUALBIND_LIBRARY to a link without them",
	       "the path %s has a space or a colon, which LD_PRELOAD cannot name", path);
	return false;
}

static bool can_be_mapped(int file, const char *path, struct refusal *refusal)
{
	struct statvfs mount;

	if (fstatvfs(file, &mount) != 0 || !(mount.f_flag & ST_NOEXEC))
		return true;
	refuse(refusal, "copy it elsewhere with \"dualbind install\", or mount that without noexec",
	       "the library %s is on a file system mounted noexec, from which no program can load it", path);
	return false;
}

static bool is_right(int file, const char *path, const struct elf *elf, struct refusal *refusal)
{
	struct elf library;
	char machine[64];

	if (elf_read(file, &library) != ELF_SOUND || !library.movable) {
		refuse(refusal, "copy libdualbind.so there again", "the library %s is not an ELF library", path);
		return false;
	}
	if (elf == NULL || elf_agree(&library, elf))
		return true;
	snprintf(machine, sizeof machine, "%s", elf_machine(elf));
	refuse(refusal, "set DUALBIND_LIBRARY to a library that is built for the program's machine",
	       "the program is for %s, the library %s for %s", machine, path, elf_machine(&library));
	return false;
}

bool locate_loads(const char *path, const struct elf *elf, struct refusal *refusal)
{
	int file;
	bool loads;

	if (!can_be_listed(path, refusal))
		return false;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) {
		refuse(refusal, "make it readable for this user (chmod a+r, and a+x for the folders above it)",
		       "the library %s cannot be read: %s", path, strerror(errno));
		return false;
	}
	loads = can_be_mapped(file, path, refusal) && is_right(file, path, elf, refusal);
	close(file);
	return loads;
}

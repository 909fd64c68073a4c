/* SPDX-License-Identifier: MIT */
/* dualbind install: the library and this command into a folder, for an init
 * container that has no shell. */
#define _GNU_SOURCE
#include "cmd/command.h"

#include "cmd/locate.h"
#include "cmd/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

const char help_install[] = "usage: dualbind install DIR\n"
			    "\n"
			    "Copies the library and this command to DIR, an existing folder, as\n"
			    "DIR/libdualbind.so (mode 0444) and DIR/dualbind (mode 0555). Each appears whole or\n"
			    "not at all, and a file of that name is replaced. Nothing else is needed there: no\n"
			    "shell, no C library, no particular user.\n"
			    "\n"
			    "exit status: 0; 2 wrong usage; 125 DIR cannot be written, or is full.\n";

struct copy {
	const char *name;
	mode_t mode;
	char from[PATH_MAX];
	char temporary[NAME_MAX];
	off_t size;
};

/* NAME is that of a file in FOLDER; if it is empty, FOLDER itself is meant. */
static int fail(const char *folder, const char *name, int error)
{
	const char *remedy = error == EROFS ? "mount it writable here, such as an emptyDir without readOnly"
			     : error == ENOSPC || error == EDQUOT
				 ? "give it more room, such as a larger sizeLimit (4Mi is enough)"
			     : error == EACCES || error == EPERM
				 ? "let this user write there (fsGroup, or the owner and mode of the folder)"
			     : name[0] != '\0' && (error == ENOENT || error == EINVAL || error == EOPNOTSUPP)
				 ? "name another folder: no file can be made in this one"
			     : error == ENOENT || error == ENOTDIR ? "name a folder that exists"
								   : "";
	char reason[REASON_BYTES];

	snprintf(reason, sizeof reason, "%s%s%s cannot be written: %s", folder, name[0] ? "/" : "", name,
		 strerror(error));
	return say_refusal(reason, remedy);
}

static bool write_all(int to, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t now = write(to, bytes, size);

		if (now < 0 && errno == EINTR)
			continue;
		if (now <= 0)
			return false;
		bytes += now;
		size -= (size_t)now;
	}
	return true;
}

static bool copy_bytes(int from, int to, off_t *size)
{
	static char chunk[65536];
	ssize_t length;

	for (*size = 0; (length = read(from, chunk, sizeof chunk)) > 0; *size += length)
		if (!write_all(to, chunk, (size_t)length))
			return false;
	return length == 0;
}

/* The file is written under another name, and to the disk. In containers the process number is often the
 * same each time, so a file that a killed process has left is removed first. */
static bool prepare(struct copy *copy, int folder, int from)
{
	int to, saved;
	bool whole;

	snprintf(copy->temporary, sizeof copy->temporary, ".%s.%d", copy->name, (int)getpid());
	unlinkat(folder, copy->temporary, 0);
	to = openat(folder, copy->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to < 0)
		return false;
	whole = copy_bytes(from, to, &copy->size) && fchmod(to, copy->mode) == 0 && fsync(to) == 0;
	saved = errno;
	if (close(to) != 0 && whole) {
		saved = errno;
		whole = false;
	}
	errno = saved;
	return whole;
}

static int prepare_all(struct copy *copies, size_t count, int folder, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		int from = open(copies[i].from, O_RDONLY | O_CLOEXEC), error;
		bool prepared;

		if (from < 0) {
			say("%s cannot be read: %s", copies[i].from, strerror(errno));
			return STATUS_FAILED;
		}
		prepared = prepare(&copies[i], folder, from);
		error = errno;
		close(from);
		if (!prepared)
			return fail(name, copies[i].name, error);
	}
	return STATUS_DONE;
}

static int rename_all(struct copy *copies, size_t count, int folder, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (renameat(folder, copies[i].temporary, folder, copies[i].name) != 0)
			return fail(name, copies[i].name, errno);
		copies[i].temporary[0] = '\0';
		printf("wrote %s/%s (%lld bytes, mode %04o)\n", name, copies[i].name, (long long)copies[i].size,
		       (unsigned)copies[i].mode);
	}
	/* This fails on some file systems; the files are there all the same. */
	fsync(folder);
	return STATUS_DONE;
}

static void warn_of_noexec(int folder, const char *name)
{
	struct statvfs mount;

	if (fstatvfs(folder, &mount) == 0 && (mount.f_flag & ST_NOEXEC))
		say("note: %s is mounted noexec here; where it stays so, nothing can be loaded from it", name);
}

int command_install(int argc, char **argv)
{
	static struct copy copies[] = {{.name = "libdualbind.so", .mode = 0444},
				       {.name = "dualbind", .mode = 0555}};
	static struct refusal refusal;
	const size_t count = sizeof copies / sizeof copies[0];
	bool json;
	int status = command_options(argc, argv, 1, 1, &json), folder;
	const char *name;

	if (status != 0)
		return status;
	if (json)
		return say_usage("install", "unknown option --json");
	name = argv[optind];
	if (!locate_library(copies[0].from, getenv("DUALBIND_LIBRARY"), &refusal))
		return say_refusal(refusal.reason, refusal.remedy);
	if (!locate_self(copies[1].from))
		return say_refusal("this command's own file cannot be found: /proc/self/exe cannot be read",
				   "mount /proc");
	folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return fail(name, "", errno);
	status = prepare_all(copies, count, folder, name);
	if (status == STATUS_DONE)
		status = rename_all(copies, count, folder, name);
	for (size_t i = 0; i < count; i++)
		if (copies[i].temporary[0] != '\0')
			unlinkat(folder, copies[i].temporary, 0);
	if (status == STATUS_DONE)
		warn_of_noexec(folder, name);
	close(folder);
	return status;
}

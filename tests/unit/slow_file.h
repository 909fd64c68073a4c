/* SPDX-License-Identifier: MIT */
/* A file, or a directory, of a file system in another process, which answers until it is
 * told to stop. Only root mounts one, and it takes /dev/fuse. */
#ifndef DUALBIND_TEST_SLOW_FILE_H
#define DUALBIND_TEST_SLOW_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct slow_file {
	int fd;
	pid_t server;
};

enum { SLOW_REQUEST_BYTES = 65536, SLOW_WRITE_BYTES = 4096 };

static inline bool slow_files_can_be_made(void)
{
	return geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0;
}

static inline void slow_answer(int device, uint64_t unique, int error, const void *data, size_t size)
{
	static char reply[sizeof(struct fuse_out_header) + SLOW_REQUEST_BYTES];
	struct fuse_out_header header = {(uint32_t)(sizeof header + size), -error, unique};

	memcpy(reply, &header, sizeof header);
	memcpy(reply + sizeof header, data, size);
	if (write(device, reply, header.len) != (ssize_t)header.len)
		_exit(1);
}

/* The root, which is all that there is, with what the file CONTENT has. */
static inline void slow_serve(int device, mode_t mode, int content)
{
	static char buffer[SLOW_REQUEST_BYTES + SLOW_WRITE_BYTES], data[SLOW_REQUEST_BYTES];
	const struct fuse_in_header *request = (const void *)buffer;
	const struct fuse_read_in *wanted = (const void *)(request + 1);
	const struct fuse_open_out opened = {.fh = 1};
	const struct fuse_init_out init = {
	    .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = SLOW_WRITE_BYTES};
	const struct fuse_attr_out attributes = {
	    .attr = {.ino = 1, .mode = mode, .nlink = 1, .size = (uint64_t)lseek(content, 0, SEEK_END)}};

	while (read(device, buffer, sizeof buffer) > 0) {
		ssize_t size;

		switch (request->opcode) {
		case FUSE_INIT:
			slow_answer(device, request->unique, 0, &init, sizeof init);
			break;
		case FUSE_OPEN:
		case FUSE_OPENDIR:
			slow_answer(device, request->unique, 0, &opened, sizeof opened);
			break;
		case FUSE_GETATTR:
			slow_answer(device, request->unique, 0, &attributes, sizeof attributes);
			break;
		case FUSE_READ:
			size = pread(content, data, wanted->size < sizeof data ? wanted->size : sizeof data,
				     (off_t)wanted->offset);
			slow_answer(device, request->unique, 0, data, size > 0 ? (size_t)size : 0);
			break;
		case FUSE_FORGET:
			break;
		default:
			slow_answer(device, request->unique, ENOSYS, "", 0);
		}
	}
}

/* MODE is S_IFREG or S_IFDIR, with the permissions. In a mount namespace of its own, to be
 * removed at once. False: none is made; errno says why. */
static inline bool slow_file_open(struct slow_file *file, mode_t mode, int flags, const char *content)
{
	char path[] = "/tmp/dualbind-slow.XXXXXX", options[64];
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	bool folder = S_ISDIR(mode);

	if (device < 0 || (folder ? mkdtemp(path) == NULL : close(mkstemp(path)) != 0) ||
	    unshare(CLONE_NEWNS) != 0 || mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0)
		return false;
	snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=0,group_id=0", device, mode);
	if (mount("slow", path, "fuse", 0, options) != 0)
		return false;
	file->server = fork();
	if (file->server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		slow_serve(device, mode, open(content, O_RDONLY | O_CLOEXEC));
		_exit(0);
	}
	close(device);
	file->fd = open(path, flags | O_CLOEXEC);
	return file->fd >= 0 && umount2(path, MNT_DETACH) == 0 && (folder ? rmdir(path) : unlink(path)) == 0;
}

/* From now on nothing is answered. */
static inline bool slow_file_stop(const struct slow_file *file)
{
	int status;

	return kill(file->server, SIGSTOP) == 0 && waitpid(file->server, &status, WUNTRACED) == file->server &&
	       WIFSTOPPED(status);
}

static inline bool slow_file_end(const struct slow_file *file)
{
	int status;

	if (kill(file->server, SIGKILL) != 0 || waitpid(file->server, &status, 0) != file->server)
		return false;
	close(file->fd); /* ENOTCONN, from the file system */
	return true;
}

#endif

/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/target.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "inspect/procfile.h"
#include "socket/sock.h"
#include "supervise/noted.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

enum { LINK_BYTES = 4096, COMM_BYTES = 17 };

_Thread_local struct target *target_current;

bool target_waits(const struct target *target)
{
	uint64_t id = target->id;

	return ioctl(target->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

bool target_link(const struct target *target, const char *name, char *to, size_t size)
{
	return procfs_link(target->folder, name, to, size) > 0;
}

/* "Uid:" and "Gid:" are followed by four numbers: real, effective, saved, and for the file
 * system. */
static bool read_status_line(void *context, const char *line)
{
	struct target *target = context;
	uint64_t number = 0;

	if (strncmp(line, "Tgid:", 5) == 0 && procfs_digits(procfs_word(line + 5, 0), 10, &number))
		target->process = (pid_t)number;
	else if (strncmp(line, "Uid:", 4) == 0 && procfs_digits(procfs_word(line + 4, 3), 10, &number))
		target->uid = (uid_t)number;
	else if (strncmp(line, "Gid:", 4) == 0 && procfs_digits(procfs_word(line + 4, 3), 10, &number))
		target->gid = (gid_t)number;
	else if (strncmp(line, "CapEff:", 7) == 0 && procfs_digits(procfs_word(line + 7, 0), 16, &number))
		target->capabilities = number;
	return true;
}

/* Capabilities in another user namespace are none in ours. */
static bool read_status(struct target *target)
{
	char own[64], its[64];
	bool whole = procfs_all_lines(procfs_open(target->folder, "status", "", 0), read_status_line, target);

	procfs_link(AT_FDCWD, "/proc/self/ns/user", own, sizeof own);
	if (!target_link(target, "ns/user", its, sizeof its) || strcmp(own, its) != 0)
		target->capabilities = 0;
	return whole && target->process != 0;
}

/* By the name of its file, and that of its first thread, as settings.c does in the
 * library. */
static void keep_rules(struct target *target)
{
	char path[LINK_BYTES], comm[COMM_BYTES];
	struct strbuf name = {0};

	target_link(target, "exe", path, sizeof path);
	strbuf_add(&name, "task/");
	strbuf_add_number(&name, (unsigned long)target->process);
	strbuf_add(&name, "/comm");
	procfile_comm(target->folder, strbuf_text(&name), "", comm, sizeof comm);
	allowlist_keep_for(&target->settings.allow, procfs_program_name(path), comm);
}

/* A thread may have a table of descriptors of its own, which can be opened since Linux 6.9. Before,
 * target_take() compares. */
static int open_pidfd(pid_t thread, pid_t process, bool *of_thread)
{
	int pidfd = (int)syscall(SYS_pidfd_open, thread, PIDFD_THREAD);

	*of_thread = pidfd >= 0 || thread == process;
	return pidfd >= 0 ? pidfd : (int)syscall(SYS_pidfd_open, process, 0);
}

/* Whether a thread may have a table of its own; as it seems if kcmp(2) is not there. */
static bool is_apart(pid_t thread, pid_t process)
{
	return thread != process && syscall(SYS_kcmp, process, thread, KCMP_FILES, 0L, 0L) != 0;
}

bool target_enter(struct target *target, int listener, const struct seccomp_notif *notification,
		  const struct settings *settings)
{
	struct strbuf path = {0};

	target->listener = listener;
	target->id = notification->id;
	target->place = notification->data.instruction_pointer;
	target->number = (int)notification->data.args[0];
	target->thread = (pid_t)notification->pid;
	target->process = 0;
	target->uid = (uid_t)-1;
	target->gid = (gid_t)-1;
	target->capabilities = 0;
	target->count = 0;
	target->pidfd = -1;
	target->settings = *settings;
	target_current = target;
	strbuf_add(&path, "/proc/");
	strbuf_add_number(&path, notification->pid);
	target->folder = sys_openat(AT_FDCWD, strbuf_text(&path), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (target->folder < 0 || !read_status(target))
		return false;
	keep_rules(target);
	noted_begin(target->process, is_apart(target->thread, target->process));
	noted_touch(target->number);
	target->pidfd = open_pidfd(target->thread, target->process, &target->pidfd_of_thread);
	return target_waits(target);
}

void target_leave(struct target *target)
{
	while (target->count > 0)
		sys_close(target->taken[--target->count].fd);
	if (target->pidfd >= 0)
		sys_close(target->pidfd);
	if (target->folder >= 0)
		sys_close(target->folder);
	target_current = NULL;
}

static bool read_by_file(const struct target *target, uint64_t from, void *to, size_t size)
{
	int file = procfs_open(target->folder, "mem", "", 0);
	bool whole;

	if (file < 0)
		return false;
	whole = pread(file, to, size, (off_t)from) == (ssize_t)size;
	sys_close(file);
	return whole;
}

bool target_read(const struct target *target, uint64_t from, void *to, size_t size)
{
	struct iovec local = {to, size};
	struct iovec remote = {(void *)(uintptr_t)from, size}; /* NOLINT(performance-no-int-to-ptr) */

	return process_vm_readv(target->thread, &local, 1, &remote, 1, 0) == (ssize_t)size ||
	       read_by_file(target, from, to, size);
}

static bool read_flags_line(void *context, const char *line)
{
	long *flags = context;

	if (strncmp(line, "flags:", 6) != 0)
		return true;
	*flags = 0;
	for (line = procfs_word(line + 6, 0); *line >= '0' && *line <= '7'; line++)
		*flags = *flags * 8 + (*line - '0');
	return false;
}

long target_flags(const struct target *target, int number)
{
	struct strbuf path = {0};
	long flags = -1;

	strbuf_add(&path, "fdinfo/");
	strbuf_add_number(&path, (unsigned long)number);
	procfs_all_lines(procfs_open(target->folder, strbuf_text(&path), "", 0), read_flags_line, &flags);
	return flags;
}

bool target_shares_network(const struct target *target, int fd)
{
	char own[64], its[64];
	uint64_t network = sock_network(fd);

	if (network != 0) {
		int probe = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (probe >= 0) {
			bool same = sock_network(probe) == network;

			sys_close(probe);
			return same;
		}
	}
	procfs_link(AT_FDCWD, "/proc/self/ns/net", own, sizeof own);
	return target_link(target, "ns/net", its, sizeof its) && strcmp(own, its) == 0;
}

static bool is_bound(int fd)
{
	struct address local;

	return sock_local(fd, &local) && address_port(&local) != 0;
}

void target_begins(const struct target *target, int fd, int number, struct making *making)
{
	if (is_bound(fd))
		return;
	atomic_store(&making->number, number);
	atomic_store(&making->process, target->process);
	atomic_store(&making->thread, target->thread);
}

bool target_was_bound(const struct making *making)
{
	pid_t thread = atomic_load(&making->thread);
	bool of_thread, bound;
	int pidfd, fd;

	if (thread == 0)
		return false;
	pidfd = open_pidfd(thread, atomic_load(&making->process), &of_thread);
	if (pidfd < 0)
		return false;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, atomic_load(&making->number), 0);
	sys_close(pidfd);
	if (fd < 0)
		return false;
	bound = is_bound(fd);
	sys_close(fd);
	return bound;
}

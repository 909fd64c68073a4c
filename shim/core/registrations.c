#define _GNU_SOURCE
#include "registrations.h"

#include "line.h"
#include "proc.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

enum { CHUNK_BYTES = 1024, INFO_LINE_BYTES = 256 };

/* Past KEY and the blanks after it, wherever it stands; NULL: not there. */
static const char *value_of(const char *line, const char *key)
{
	const char *value = strstr(line, key);

	return value ? value + strlen(key) + strspn(value + strlen(key), " \t") : NULL;
}

bool registration_parse(const char *line, struct registration *one, ino_t *inode)
{
	uint64_t fd, events, data, number;
	const char *value;

	if (strncmp(line, "tfd:", 4) != 0 || !proc_digits(value_of(line, "tfd:"), 10, &fd) || fd > INT32_MAX)
		return false;
	value = value_of(line, "events:");
	if (value == NULL || !proc_digits(value, 16, &events))
		return false;
	value = value_of(line, "data:");
	if (value == NULL || !proc_digits(value, 16, &data))
		return false;
	value = value_of(line, "ino:");
	*inode = value != NULL && proc_digits(value, 16, &number) ? (ino_t)number : 0;
	one->fd = (int)fd;
	one->event = (struct epoll_event){.events = (uint32_t)events, .data.u64 = data};
	return true;
}

/* A number may have been closed and be another file by now: the registration
 * is ours only if the number is still this socket. 1 or 0; -1: no telling. */
static int is_socket(int fd, ino_t inode)
{
	struct stat status;

	if (sys_fstat(fd, &status) != 0)
		return errno == EBADF ? 0 : -1;
	return S_ISSOCK(status.st_mode) && status.st_ino == inode;
}

static bool take_line(struct registrations *all, const char *line, int epfd, ino_t wanted)
{
	struct registration one;
	ino_t inode;
	int ours;

	if (!registration_parse(line, &one, &inode) || (inode != 0 && inode != wanted))
		return true;
	ours = is_socket(one.fd, wanted);
	if (ours <= 0)
		return ours == 0;
	if (all->count == REGISTRATIONS_MAX)
		return false;
	one.epfd = epfd;
	all->each[all->count++] = one;
	return true;
}

/* As open_own() in descriptors.c: the first thread may have ended. */
static int open_info(int epfd)
{
	struct line number = {0};
	int info;

	line_add_number(&number, (unsigned long)epfd);
	info = proc_open(AT_FDCWD, "/proc/thread-self/fdinfo/", line_text(&number), 0);
	return info >= 0 ? info : proc_open(AT_FDCWD, "/proc/self/fdinfo/", line_text(&number), 0);
}

bool registrations_collect(struct registrations *all, int epfd, ino_t inode)
{
	char chunk[CHUNK_BYTES], line[INFO_LINE_BYTES];
	size_t length = 0;
	int info = open_info(epfd);
	bool fits = true;
	ssize_t size = 0;

	if (info < 0)
		return false;
	while (fits && (size = sys_read(info, chunk, sizeof chunk)) > 0)
		for (ssize_t at = 0; fits && at < size; at++) {
			if (chunk[at] != '\n') {
				if (length < sizeof line - 1)
					line[length++] = chunk[at];
				continue;
			}
			line[length] = '\0';
			length = 0;
			fits = take_line(all, line, epfd, inode);
		}
	sys_close(info);
	return fits && size == 0;
}

void registrations_add(const struct registrations *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct epoll_event event = all->each[i].event;

		sys_epoll_ctl(all->each[i].epfd, EPOLL_CTL_ADD, all->each[i].fd, &event);
	}
}

/* ENOENT: an epoll instance with two numbers was collected under both. */
bool registrations_remove(const struct registrations *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (sys_epoll_ctl(all->each[i].epfd, EPOLL_CTL_DEL, all->each[i].fd, NULL) != 0 &&
		    errno != ENOENT) {
			struct registrations removed = *all;

			removed.count = i;
			registrations_add(&removed);
			return false;
		}
	return true;
}

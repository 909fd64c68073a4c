/* SPDX-License-Identifier: MIT */
/* Lines of /proc: fdinfo's, and those of sockets, groups and threads. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "base/procfs.h"
#include "bind/udp_strangers.h"
#include "process/blocked_threads.h"
#include "swap/epoll_refs.h"
#include "swap/mcast_copy.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is read of a line is what the kernel would write. */
static void reads_again(const struct epoll_ref *one, ino_t inode)
{
	char line[PROCFS_LINE_BYTES];
	struct epoll_ref again;
	ino_t inode_again;

	must(one->fd >= 0);
	snprintf(line, sizeof line, "tfd: %8d events: %8x data: %16" PRIx64 "  pos:0 ino:%lx sdev:7", one->fd,
		 one->event.events, (uint64_t)one->event.data.u64, (unsigned long)inode);
	must(epoll_refs_parse(line, &again, &inode_again));
	must(again.fd == one->fd && again.event.events == one->event.events &&
	     again.event.data.u64 == one->event.data.u64 && inode_again == inode);
}

static bool visit(void *context, const char *line)
{
	struct epoll_ref one;
	struct mcast_group group = {0};
	ino_t inode;
	int number;

	(void)context;
	must(strlen(line) < PROCFS_LINE_BYTES && strchr(line, '\n') == NULL);
	if (epoll_refs_parse(line, &one, &inode))
		reads_again(&one, inode);
	mcast_parse(&group, AF_INET, line);
	if (mcast_parse(&group, AF_INET6, line))
		must(group.address.ss_family == AF_INET6);
	stranger_parse(line, 8080, &inode);
	blocked_threads_parse(line);
	blocked_threads_in(line);
	must(!procfs_number(line, &number) || number >= 0);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int file = -1;
	char *text = text_of(data, size);

	if (file < 0)
		file = memfd_create("lines", MFD_CLOEXEC);
	must(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
	must(lseek(file, 0, SEEK_SET) == 0);
	if (memchr(data, '\0', size) == NULL)
		must(procfs_lines(file, visit, NULL));
	text[strcspn(text, "\n")] = '\0';
	if (strlen(text) < PROCFS_LINE_BYTES)
		visit(NULL, text);
	free(text);
	return 0;
}

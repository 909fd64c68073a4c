/* SPDX-License-Identifier: MIT */
#include "process/listener_remains.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "process/target.h"

#include <netinet/tcp.h>

struct search {
	ino_t inode;
	bool found;
};

/* Listeners come before all others, which may be very many. */
static bool visit_socket(void *context, const char *line)
{
	struct search *search = context;
	uint64_t state, inode;

	if (!procfs_digits(procfs_word(line, PROCFS_SOCKET_STATE), 16, &state)) /* the headings */
		return true;
	if (state != TCP_LISTEN)
		return false;
	search->found =
	    procfs_digits(procfs_word(line, PROCFS_SOCKET_INODE), 10, &inode) && (ino_t)inode == search->inode;
	return !search->found;
}

bool listener_remains(ino_t inode)
{
	struct search search = {.inode = inode};
	int file = target_open_proc("/net/tcp6", 0);

	if (file < 0)
		return false;
	procfs_lines(file, visit_socket, &search);
	sys_close(file);
	return search.found;
}

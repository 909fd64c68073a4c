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

	if (!proc_digits(proc_word(line, PROC_SOCKET_STATE), 16, &state)) /* the headings */
		return true;
	if (state != TCP_LISTEN)
		return false;
	search->found =
	    proc_digits(proc_word(line, PROC_SOCKET_INODE), 10, &inode) && (ino_t)inode == search->inode;
	return !search->found;
}

bool remains_are_there(ino_t inode)
{
	struct search search = {.inode = inode};
	int file = owner_open("/net/tcp6", 0);

	if (file < 0)
		return false;
	proc_lines(file, visit_socket, &search);
	sys_close(file);
	return search.found;
}

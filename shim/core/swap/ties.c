/* SPDX-License-Identifier: MIT */
#include "swap/ties.h"

#include "base/sys.h"

bool ties_begin(struct ties *ties, int fd)
{
	struct stat status;

	if (sys_fstat(fd, &status) != 0)
		return false;
	ties->fd = fd;
	ties->inode = status.st_ino;
	ties->numbers = ties->epolls = ties->rings = 0;
	ties->whole = true;
	return true;
}

static bool add(int list[TIES_MAX], size_t *count, int number)
{
	if (*count == TIES_MAX)
		return false;
	list[(*count)++] = number;
	return true;
}

bool ties_note(struct ties *ties, const struct descriptor *descriptor)
{
	bool room = true;

	if (descriptor->kind == DESCRIPTOR_EPOLL)
		room = add(ties->epoll, &ties->epolls, descriptor->number);
	else if (descriptor->kind == DESCRIPTOR_RING)
		room = add(ties->ring, &ties->rings, descriptor->number);
	else if (descriptor->inode == ties->inode)
		room = add(ties->number, &ties->numbers, descriptor->number);
	ties->whole = ties->whole && room;
	return room;
}

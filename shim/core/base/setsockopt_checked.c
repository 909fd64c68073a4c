/* SPDX-License-Identifier: MIT */
#include "base/setsockopt_checked.h"

#include "base/sys.h"

bool setsockopt_checked(int fd, int level, int name, int value)
{
	int present;

	if (sys_set_int(fd, level, name, value) != 0)
		return false;
	present = sys_get_int(fd, level, name);
	if (present == value)
		return true;
	if (present >= 0 || errno == ENOPROTOOPT)
		errno = EFORGOTTEN;
	return false;
}

bool setsockopt_reuse(int fd, unsigned options, int value)
{
	bool done = !(options & REUSE_ADDR) || setsockopt_checked(fd, SOL_SOCKET, SO_REUSEADDR, value);

	/* If the first option is refused, or another thread has set it, the second must still be changed. */
	return (!(options & REUSE_PORT) || setsockopt_checked(fd, SOL_SOCKET, SO_REUSEPORT, value)) && done;
}

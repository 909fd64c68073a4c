/* SPDX-License-Identifier: MIT */
/* epoll_ctl(2) */
#include "config/settings.h"
#include "preload/hook.h"
#include "swap/epoll_refs.h"

HOOK int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
	int before = errno;

	if (settings_get() != NULL)
		epoll_refs_note(operation, fd);
	return keep_errno(before, next()->epoll_ctl(epfd, operation, fd, event));
}

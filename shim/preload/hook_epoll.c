/* SPDX-License-Identifier: MIT */
/* epoll_ctl(2) */
#include "next.h"
#include "registrations.h"
#include "settings.h"

HOOK int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
	if (settings_get() != NULL)
		registrations_note(operation, fd);
	return next()->epoll_ctl(epfd, operation, fd, event);
}

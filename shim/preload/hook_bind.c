/* SPDX-License-Identifier: MIT */
/* bind(2), bindresvport(3), listen(2) */
#include "bind/bind.h"
#include "config/settings.h"
#include "preload/hook.h"
#include "preload/symbols.h"

#include <netinet/in.h>
#include <stddef.h>

HOOK int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	int before = errno;

	return keep_errno(before, call_bind(settings_get(), fd, address, length, next()->bind));
}

/* A hook of its own, since glibc's does not call bind by its name. The next one is looked up here, since few
 * programs call it. */
HOOK int bindresvport(int fd, struct sockaddr_in *address)
{
	int (*native)(int, struct sockaddr_in *) =
	    (int (*)(int, struct sockaddr_in *))symbols_find_one("bindresvport");
	int before = errno, result;

	if (native == NULL) {
		errno = ENOSYS;
		return -1;
	}
	result = native(fd, address);
	if (result == 0)
		call_bound(settings_get(), fd);
	return keep_errno(before, result);
}

HOOK int listen(int fd, int backlog)
{
	int before = errno;

	return keep_errno(before, call_listen(settings_get(), fd, backlog, next()->listen));
}

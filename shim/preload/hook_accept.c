/* SPDX-License-Identifier: MIT */
/* accept(2), accept4(2) */
#include "calls/names.h"
#include "preload/hook.h"

/* glibc declares it only under _GNU_SOURCE, and there with a transparent union,
 * which does not agree with a definition by the manual page's types. */
int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags);

static int next_accept(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
	(void)flags;
	return next()->accept(listener, address, length);
}

HOOK int accept(int listener, struct sockaddr *restrict address, socklen_t *restrict length)
{
	int before = errno;

	return keep_errno(before, call_accept(listener, address, length, 0, next_accept));
}

HOOK int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags)
{
	int before = errno;

	return keep_errno(before, call_accept(listener, address, length, flags, next()->accept4));
}

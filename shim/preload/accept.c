/* accept(2), accept4(2) */
#include "next.h"
#include "present.h"

#include <stddef.h>

/* glibc declares it under _GNU_SOURCE alone, and there with a transparent
 * union that a definition by the manual page's types would contradict. */
int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags);

HOOK int accept(int listener, struct sockaddr *restrict address, socklen_t *restrict length)
{
	socklen_t capacity = address != NULL && length != NULL ? *length : 0;
	int fd = next()->accept(listener, address, length);

	if (fd >= 0)
		present_accepted(listener, fd, address, capacity, length);
	return fd;
}

HOOK int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict length, int flags)
{
	socklen_t capacity = address != NULL && length != NULL ? *length : 0;
	int fd = next()->accept4(listener, address, length, flags);

	if (fd >= 0)
		present_accepted(listener, fd, address, capacity, length);
	return fd;
}

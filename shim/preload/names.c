/* getsockname(2), getpeername(2) */
#include "next.h"
#include "present.h"

#include <stddef.h>

HOOK int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	socklen_t capacity = length != NULL ? *length : 0;
	int result = next()->getsockname(fd, address, length);

	return result == 0 ? present_name(fd, LOCAL_NAME, address, capacity, length) : result;
}

HOOK int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
	socklen_t capacity = length != NULL ? *length : 0;
	int result = next()->getpeername(fd, address, length);

	return result == 0 ? present_name(fd, PEER_NAME, address, capacity, length) : result;
}

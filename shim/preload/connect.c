/* connect(2) */
#include "next.h"
#include "present.h"

HOOK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return present_connect(fd, address, length, next()->connect);
}

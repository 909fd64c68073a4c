/* bind(2), listen(2) */
#include "listener.h"
#include "next.h"

HOOK int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return listener_bind(fd, address, length, next()->bind);
}

HOOK int listen(int fd, int backlog)
{
	return listener_listen(fd, backlog, next()->listen);
}

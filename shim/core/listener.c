#include "listener.h"

#include "convert.h"
#include "sys.h"
#include "tcp.h"

#include <errno.h>

/* bind(2) refuses a socket that has an address; a swap would not. */
static bool is_unbound(int fd)
{
	struct address local;

	return tcp_local(fd, &local) && address_is_any(&local) && address_port(&local) == 0;
}

static bool request_bind(struct request *request, int fd, const struct sockaddr *address, socklen_t length)
{
	request->settings = settings_get();
	request->fd = fd;
	if (request->settings == NULL || !address_read(&request->asked, address, length))
		return false;
	request->port = address_port(&request->asked);
	return request->port != 0 && tcp_is(fd);
}

int listener_bind(int fd, const struct sockaddr *address, socklen_t length, native_bind *native)
{
	struct request request;
	int saved = errno;
	bool beside = false, converted = false;

	if (request_bind(&request, fd, address, length)) {
		beside = yield_make_way(&request);
		converted = is_unbound(fd) && convert(&request);
	}
	errno = saved;
	if (converted)
		return 0;
	return beside ? yield_bind_beside(&request, address, length, native) : native(fd, address, length);
}

/* listen(2) gives an unbound socket a port; only the number tells whether a
 * rule covers it, so it is taken here, as listen would take it. */
static bool has_port(struct request *request)
{
	const struct allowlist *allow = &request->settings->allow;
	bool ipv4 = request->asked.any.sa_family == AF_INET;

	if (address_port(&request->asked) == 0 && address_is_any(&request->asked) &&
	    allowlist_mentions(allow, ipv4 ? ALLOW_ANY4 : ALLOW_ANY6, ALLOW_TCP) &&
	    (sys_bind(request->fd, &request->asked.any, request->asked.length) != 0 ||
	     !tcp_local(request->fd, &request->asked)))
		return false;
	request->port = address_port(&request->asked);
	return request->port != 0;
}

/* A listener that listens again is left as it is: connections may wait. */
static bool request_listen(struct request *request, int fd)
{
	request->settings = settings_get();
	request->fd = fd;
	return request->settings != NULL && tcp_is(fd) && tcp_is_unconnected(fd) && tcp_listens(fd) == 0 &&
	       tcp_local(fd, &request->asked) &&
	       (request->asked.any.sa_family == AF_INET || mark_get(fd) == MARK_NONE) && has_port(request);
}

int listener_listen(int fd, int backlog, native_listen *native)
{
	struct request request;
	int saved = errno, result;

	if (request_listen(&request, fd))
		convert(&request);
	errno = saved;
	result = native(fd, backlog);
	if (result == 0 || errno != EADDRINUSE)
		return result;
	if (!yield_to_stranger(fd)) {
		errno = EADDRINUSE;
		return result;
	}
	errno = saved;
	return native(fd, backlog);
}

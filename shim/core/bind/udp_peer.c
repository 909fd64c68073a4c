/* SPDX-License-Identifier: MIT */
#include "bind/udp_peer.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "peers/boot_key.h"
#include "process/blocked_threads.h"
#include "swap/swap.h"

#include <errno.h>
#include <stdatomic.h>

/* What waits in the queue came from the old peer, and may be lost. */
static void renew(int fd)
{
	struct sock sock;
	struct swap swap = {.old = &sock, .alone = !procfs_is_there()};

	if (!sock_read(fd, &sock) || sock.local.any.sa_family != AF_INET6)
		return;
	swap.local = sock.local;
	swap.mark = sock.mark;
	if (swap_socket(&swap))
		boot_key_prepare();
}

bool udp_peer_is_there(int fd)
{
	struct address peer = {.length = sizeof peer.in6};

	return sys_getpeername(fd, &peer.any, &peer.length) == 0;
}

void udp_peer_dissolved(int fd)
{
	int saved = errno; /* of connect(2), which may have failed */
	struct stat status;

	if (mark_is_shown_udp(fd) && sys_fstat(fd, &status) == 0 && !blocked_threads_at(fd, status.st_ino))
		renew(fd);
	errno = saved;
}

static bool is_ipv4(const struct address *address)
{
	return address->any.sa_family == AF_INET || address_is_mapped(address);
}

/* Whether this process, or one from which it was forked, has had an IPv6 peer. */
static atomic_bool had_ipv6;

void udp_peer_connected(const struct address *to)
{
	if (!is_ipv4(to))
		atomic_store_explicit(&had_ipv6, true, memory_order_relaxed);
}

/* If the kernel has chosen the port, the socket loses it together with the peer: it is bound to it again. */
static bool dissolve(int fd)
{
	static const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct address before, after;
	bool had_port = sock_local(fd, &before);

	if (sys_connect(fd, &nobody, sizeof nobody) != 0)
		return false;
	if (had_port && sock_local(fd, &after) && address_port(&after) == 0) {
		address_set_in6(&after, &in6addr_any, address_port(&before));
		sys_bind(fd, &after.any, after.length);
	}
	return true;
}

bool udp_peer_changes(int fd, const struct address *to)
{
	struct address old = {.length = sizeof old.in6};

	return (!is_ipv4(to) || atomic_load_explicit(&had_ipv6, memory_order_relaxed)) && mark_is_shown_udp(fd) &&
	       sys_getpeername(fd, &old.any, &old.length) == 0 && is_ipv4(&old) != is_ipv4(to) && dissolve(fd);
}

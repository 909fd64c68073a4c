/* SPDX-License-Identifier: MIT */
#include "bind/bind_shown.h"

#include "base/procfs.h"
#include "peers/boot_key.h"
#include "peers/show.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>

bool bind_shown(const struct settings *settings, int fd, const struct address *shown)
{
	struct swap swap = {.fd = fd, .mark = MARK_CONVERTED};
	struct address local;
	int saved = errno;
	bool bound;

	if (!shown_ipv6(settings, shown, &swap.local))
		return false;
	swap.alone = !procfs_is_there();
	bound = sock_transport(fd) != 0 && sock_local(fd, &local) && local.any.sa_family == AF_INET &&
		address_is_any(&local) && address_port(&local) == 0 && swap_socket(&swap);
	if (bound)
		boot_key_prepare();
	errno = saved;
	return bound;
}

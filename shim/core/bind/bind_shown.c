/* SPDX-License-Identifier: MIT */
#include "bind/bind_shown.h"

#include "base/procfs.h"
#include "bind/bind_request.h"
#include "peers/boot_key.h"
#include "peers/show.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>

static void report(const struct bind_request *request, const struct address *real)
{
	struct strbuf names = {0};

	strbuf_add_address(&names, &request->asked);
	strbuf_add(&names, " -> ");
	strbuf_add_address(&names, real);
	bind_request_report(request, LOG_INFO, "converted ", MARK_NONE, strbuf_text(&names), 0);
}

bool bind_shown(const struct settings *settings, int fd, const struct address *shown)
{
	struct bind_request request = {.settings = settings, .fd = fd, .asked = *shown};
	struct swap swap = {.fd = fd, .mark = MARK_CONVERTED};
	struct address local;
	int saved = errno;
	bool bound;

	if (!shown_ipv6(settings, shown, &swap.local))
		return false;
	swap.alone = !procfs_is_there();
	request.protocol = sock_transport(fd);
	bound = request.protocol != 0 && sock_local(fd, &local) && local.any.sa_family == AF_INET &&
		address_is_any(&local) && address_port(&local) == 0 && swap_socket(&swap);
	if (bound) {
		sock_local(fd, &local); /* the port may be one that the kernel chose */
		request.port = address_port(&local);
		boot_key_prepare();
		report(&request, &swap.local);
	}
	errno = saved;
	return bound;
}

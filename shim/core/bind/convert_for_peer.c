/* SPDX-License-Identifier: MIT */
#include "bind/convert_for_peer.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "bind/bind_request.h"
#include "bind/convert.h"
#include "bind/udp_strangers.h"
#include "bind/yield.h"
#include "peers/boot_key.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Where an AF_INET socket is bound, as an AF_INET6 one that is to reach REAL. */
static bool local_for(const struct address *real, struct address *local)
{
	uint16_t port = address_port(local);

	if (local->any.sa_family != AF_INET)
		return false;
	if (address_is_any(local))
		address_set_in6(local, &in6addr_any, port);
	else if (address_is_loopback4(local) && IN6_IS_ADDR_LOOPBACK(&real->in6.sin6_addr))
		address_set_in6(local, &in6addr_loopback, port);
	else
		return false;
	return true;
}

/* net.ipv4.ip_local_port_range: such a port was chosen by the kernel. */
static bool is_ephemeral(uint16_t port)
{
	char text[32] = "";
	uint64_t low = 32768, high = 60999;
	int file = procfs_open(AT_FDCWD, "/proc/sys/net/ipv4/ip_local_port_range", "", 0);

	if (file >= 0) {
		if (sys_read(file, text, sizeof text - 1) > 0 && procfs_digits(text, 10, &low))
			procfs_digits(text + strcspn(text, "\t ") + 1, 10, &high);
		sys_close(file);
	}
	return port >= low && port <= high;
}

static bool has_datagram(int fd)
{
	return sys_recvfrom(fd, NULL, 0, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) >= 0;
}

/* A server in a chroot without /proc calls its client all the same. */
static bool may(const struct bind_request *request, enum peer_call calls, bool has_proc, struct ref_list *refs)
{
	const struct allowlist *allow = &request->settings->allow;
	uint16_t port = request->port;

	if (!request->settings->datagrams)
		return false;
	if (port == 0)
		return true;
	if (allowlist_forbids(allow, ALLOW_ANY4, port, TRANSPORT_UDP))
		return false;
	if (calls == SENDS && !allowlist_covers(allow, ALLOW_ANY4, port, TRANSPORT_UDP) && !is_ephemeral(port))
		return false;
	if (has_datagram(request->fd))
		return false;
	return !has_proc ||
	       (!yield_is_in_use(request->fd) && !convert_has_company(request, refs) && !strangers_share(port));
}

bool convert_for_peer(const struct settings *settings, int fd, const struct address *real, enum peer_call calls)
{
	struct ref_list refs = {.whole = false};
	struct swap swap = {.fd = fd, .mark = MARK_CONVERTED, .refs = &refs};
	struct bind_request request = {.settings = settings, .fd = fd};
	int saved = errno;
	bool done;

	request.protocol = sock_transport(fd);
	if (request.protocol == 0 || !sock_is_unconnected(fd, request.protocol) || !sock_local(fd, &swap.local)) {
		errno = saved;
		return false;
	}
	swap.alone = !procfs_is_there();
	request.asked = swap.local;
	request.port = address_port(&swap.local);
	done = local_for(real, &swap.local) &&
	       (request.protocol == TRANSPORT_TCP || may(&request, calls, !swap.alone, &refs)) &&
	       swap_socket(&swap);
	if (done) {
		boot_key_prepare();
		bind_request_report(&request, LOG_INFO, "converted to call an IPv6 client: ", swap.mark, " -> [::]",
				    0);
	}
	errno = saved;
	return done;
}

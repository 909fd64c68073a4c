/* SPDX-License-Identifier: MIT */
#include "bind/submissions.h"

#include "base/sys.h"
#include "bind/yield.h"
#include "process/rings.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>
#include <stdatomic.h>

/* As in <linux/io_uring.h>, which may be older. */
enum { REGISTER_RING_FDS = 20, ENTER_REGISTERED_RING = 1 << 4 };

enum { LOOKS = 64, LOOKS_OF_FAILURE = 8 };

static _Atomic int looks_left;
static atomic_uint protocols;
static atomic_bool made;
static atomic_bool told; /* and a ring may wait at a socket of ours */

void submissions_ring_made(void)
{
	atomic_store_explicit(&made, true, memory_order_relaxed);
}

bool submissions_are_for(enum transport protocol)
{
	return (atomic_load_explicit(&protocols, memory_order_relaxed) & protocol) != 0;
}

static void tell(const struct bind_request *request)
{
	if (!atomic_exchange(&told, true))
		bind_request_report(request, LOG_INFO, "clients that io_uring names are shown as AF_INET6",
				    MARK_NONE, "", 0);
}

void submissions_expect(const struct bind_request *request, bool has_ring)
{
	if (!target_is_self())
		return;
	atomic_store_explicit(&looks_left, LOOKS, memory_order_relaxed);
	if (has_ring && !atomic_load_explicit(&made, memory_order_relaxed))
		tell(request);
}

void submissions_end(void)
{
	atomic_store_explicit(&looks_left, 0, memory_order_relaxed);
}

/*
 * Netty 4.2 alone does so. Its rings do not list what is queued. What it accepts it asks for its
 * name, which is presented; but it takes every datagram for one from an AF_INET address.
 */
void submissions_registers(unsigned operation)
{
	if (operation == REGISTER_RING_FDS)
		atomic_fetch_or_explicit(&protocols, TRANSPORT_UDP, memory_order_relaxed);
}

/* As Netty's incubator receives where it has made an AF_INET socket. */
static bool has_room_for_ipv4_alone(const struct ring_operation *operation)
{
	const struct msghdr *message = (const void *)(uintptr_t)operation->address; /* NOLINT */

	return operation->kind == RING_RECEIVES && message != NULL &&
	       message->msg_namelen < sizeof(struct sockaddr_in6);
}

static void judge(void *context, const struct ring_operation *operation)
{
	const struct settings *const *settings = context;
	struct bind_request request = {.settings = *settings, .fd = operation->fd};
	struct stat status;

	/* No file system is asked: another one's file may not answer. */
	if (mark_shown(request.fd) <= 0 || sys_stat_socket(request.fd, &status) != 0 ||
	    !sock_local(request.fd, &request.asked) || !address_is_any(&request.asked))
		return;
	/* A program that is to be shown AF_INET6 peers knows what a mapped address is. */
	if (request.settings->native_peers && !has_room_for_ipv4_alone(operation))
		return;
	request.protocol = sock_transport(request.fd);
	request.port = address_port(&request.asked);
	if (yield_to_ring(&request, status.st_ino, atomic_load_explicit(&told, memory_order_relaxed))) {
		atomic_fetch_or_explicit(&protocols, request.protocol, memory_order_relaxed);
		return;
	}
	/* It may have cost a walk over all processes. */
	atomic_fetch_sub_explicit(&looks_left, LOOKS_OF_FAILURE, memory_order_relaxed);
	tell(&request);
}

void submissions_enters(const struct settings *settings, int fd, unsigned flags)
{
	int saved = errno;

	if (settings == NULL || (flags & ENTER_REGISTERED_RING) != 0 ||
	    atomic_load_explicit(&looks_left, memory_order_relaxed) <= 0)
		return;
	atomic_fetch_sub_explicit(&looks_left, 1, memory_order_relaxed);
	rings_queued(fd, judge, &settings);
	errno = saved;
}

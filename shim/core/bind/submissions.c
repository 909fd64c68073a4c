/* SPDX-License-Identifier: MIT */
#include "bind/submissions.h"

#include "base/sys.h"
#include "bind/yield.h"
#include "process/rings.h"
#include "process/target.h"
#include "socket/sock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>

/* As in <linux/io_uring.h>, of which an older version may be installed. */
enum { REGISTER_RING_FDS = 20, ENTER_REGISTERED_RING = 1 << 4 };

enum { LOOKS = 64, LOOKS_OF_FAILURE = 8 };

static const struct settings *_Atomic settings; /* those of the last conversion */
static _Atomic int looks_left;
static atomic_uint protocols; /* of sockets that have yielded, or are likely to */
static atomic_bool seen;      /* operations of rings come by here */
static atomic_bool told;
static atomic_bool kept; /* a ring may wait at a socket of ours */

void submissions_ring_made(void)
{
	atomic_store_explicit(&seen, true, memory_order_relaxed);
}

static bool is_unseen(bool has_ring)
{
	return has_ring && target_is_self() && !atomic_load_explicit(&seen, memory_order_relaxed);
}

/* If a ring's operations do not come by here, it is assumed that it receives datagrams. */
bool submissions_are_for(const struct bind_request *request, bool has_ring)
{
	if (is_unseen(has_ring) && request->asked.any.sa_family == AF_INET && !request->settings->native_peers)
		atomic_fetch_or_explicit(&protocols, TRANSPORT_UDP, memory_order_relaxed);
	return (atomic_load_explicit(&protocols, memory_order_relaxed) & request->protocol) != 0;
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
	atomic_store_explicit(&settings, request->settings, memory_order_relaxed);
	atomic_store_explicit(&looks_left, LOOKS, memory_order_release);
	if (is_unseen(has_ring))
		tell(request);
}

void submissions_end(void)
{
	atomic_store_explicit(&looks_left, 0, memory_order_relaxed);
	mark_hints_end();
}

static bool is_looking(void)
{
	return atomic_load_explicit(&looks_left, memory_order_acquire) > 0;
}

/*
 * Only Netty 4.2 does this. Its rings do not list what is queued. For a connection that it has
 * accepted it calls getpeername, which shows an IPv4 address; but it takes every datagram for one
 * from an AF_INET address.
 */
void submissions_registers(unsigned operation)
{
	if (operation == REGISTER_RING_FDS)
		atomic_fetch_or_explicit(&protocols, TRANSPORT_UDP, memory_order_relaxed);
}

/* The pointer may be bad, in an operation that is to fail. To find out, the kernel is asked to read the eight
 * bytes as a mask of signals, for an action that it does not know. */
static bool is_readable(const void *word)
{
	return sys_call(SYS_rt_sigprocmask, -1L, word, 0L, (long)sizeof(uint64_t)) == 0 || errno != EFAULT;
}

/* Netty's incubator receives so, if it has made an AF_INET socket. */
static bool has_room_for_ipv4_alone(const struct ring_operation *operation)
{
	const struct msghdr *message = (const void *)(uintptr_t)operation->address; /* NOLINT */

	return operation->kind == RING_RECEIVES && is_readable(&message->msg_namelen) &&
	       message->msg_namelen < sizeof(struct sockaddr_in6);
}

/* Whether it is an operation of these kinds, and its socket is given by its number. */
static bool matters(const struct ring_operation *operation)
{
	return (operation->flags & 1) == 0 && (operation->kind == RING_POLLS || operation->kind == RING_RECEIVES ||
					       (operation->kind == RING_ACCEPTS && operation->address != 0));
}

static void consider(const struct ring_operation *operation)
{
	struct bind_request request = {.settings = atomic_load(&settings), .fd = operation->fd};
	bool waits = atomic_load_explicit(&kept, memory_order_relaxed), has_queue;
	struct sock sock;

	atomic_fetch_sub_explicit(&looks_left, 1, memory_order_relaxed);
	if (mark_shown(request.fd) <= 0 || !sock_read(request.fd, &sock) || !address_is_any(&sock.local))
		return;
	/* A program that wants AF_INET6 peers knows what a mapped address is. */
	if (request.settings->native_peers && !has_room_for_ipv4_alone(operation))
		return;
	request.protocol = sock.transport;
	request.port = address_port(&sock.local);
	/* If clients wait in the queue, they are soon taken out of it, and the next operation is looked at. */
	has_queue = sock_has_queue(request.fd);
	if (!has_queue && sock.mark != MARK_NONE &&
	    yield_socket(&request, &sock, waits ? YIELD_UNLESS_RINGS_WAIT : YIELD_UNLESS_USED)) {
		atomic_fetch_or_explicit(&protocols, request.protocol, memory_order_relaxed);
		return;
	}
	/* That may have taken a walk through all processes, so it is not done often. */
	if (!has_queue)
		atomic_fetch_sub_explicit(&looks_left, LOOKS_OF_FAILURE, memory_order_relaxed);
	atomic_store_explicit(&kept, true, memory_order_relaxed);
	tell(&request);
}

static void judge(const struct ring_operation *operation)
{
	if (matters(operation))
		consider(operation);
}

void submissions_enters(int fd, unsigned flags)
{
	if ((flags & ENTER_REGISTERED_RING) != 0 || !is_looking())
		return;
	atomic_fetch_sub_explicit(&looks_left, 1, memory_order_relaxed);
	rings_queued(fd, judge);
}

void submissions_by_liburing(const struct liburing *ring)
{
	submissions_ring_made();
	if (is_looking())
		rings_unsubmitted(ring, judge);
}

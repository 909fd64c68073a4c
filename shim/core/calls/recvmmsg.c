/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/recv.h"

#include "base/cmsg_buf.h"
#include "calls/quick_recv.h"
#include "process/made.h"

#include <limits.h>
#include <string.h>

/* Small enough for the stack of a small thread. */
enum { BATCH = 32, BATCH_CONTROL_BYTES = 4 * CMSG_TRANSLATE_BYTES };

struct batch {
	struct mmsghdr ours[BATCH];
	struct sockaddr_in6 names[BATCH];
	_Alignas(struct cmsghdr) unsigned char control[BATCH_CONTROL_BYTES];
};

/* How many messages a native call was asked for, has received, and how many of those were kept. */
struct progress {
	unsigned asked;
	int received;
	unsigned kept;
};

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Moves SIZE bytes of data, or as many as there is room for. */
static size_t move_data(const struct msghdr *from, const struct msghdr *to, size_t size)
{
	const struct iovec *source = from->msg_iov, *target = to->msg_iov;
	size_t sources = from->msg_iovlen, targets = to->msg_iovlen, read = 0, written = 0, moved = 0;

	while (moved < size && sources > 0 && targets > 0) {
		size_t part = smaller(smaller(source->iov_len - read, target->iov_len - written), size - moved);

		memmove((char *)target->iov_base + written, (const char *)source->iov_base + read, part);
		moved += part;
		read += part;
		written += part;
		if (read == source->iov_len) {
			source++;
			sources--;
			read = 0;
		}
		if (written == target->iov_len) {
			target++;
			targets--;
			written = 0;
		}
	}
	return moved;
}

/* The short way of settle(), for most datagrams: the mark is read once, and the clock is read once. False: not this
 * way. */
static bool settle_quickly(struct arrival *arrival, const struct mmsghdr *from, struct mmsghdr *to, uint32_t *now)
{
	const struct name_buf name = {from->msg_hdr.msg_name, from->msg_hdr.msg_namelen};
	struct msghdr *message = &to->msg_hdr;

	if (!mark_hints_are_used() || message->msg_iov != from->msg_hdr.msg_iov ||
	    !quick_recv_may_be(message->msg_name, message->msg_namelen, arrival->flags) ||
	    !name_buf_is_in6(&name) || !arrival_is_ipv4(arrival) || !quick_recv_show(&name, message->msg_name, now))
		return false;
	quick_recv_rest(arrival->fd, &from->msg_hdr, message, *now);
	to->msg_len = from->msg_len;
	return true;
}

/* Turns FROM, as the kernel has filled it, into TO: the same message of the program, or an earlier
 * one, if messages were dropped. *NOW: see lately_shown(). */
static enum outcome settle(struct arrival *arrival, const struct mmsghdr *from, struct mmsghdr *to, uint32_t *now)
{
	size_t moved;

	if (settle_quickly(arrival, from, to, now))
		return DELIVERED;
	*now = 0; /* an IPv4 peer may have claimed an address */
	if (arrival_show(arrival, &from->msg_hdr, &to->msg_hdr) == DROPPED)
		return DROPPED;
	to->msg_len = from->msg_len;
	if (to->msg_hdr.msg_iov == from->msg_hdr.msg_iov)
		return DELIVERED;
	moved = move_data(&from->msg_hdr, &to->msg_hdr, from->msg_len);
	if (moved < from->msg_len) {
		to->msg_hdr.msg_flags |= MSG_TRUNC;
		if (!(arrival->flags & MSG_TRUNC))
			to->msg_len = (unsigned)moved;
	}
	return DELIVERED;
}

static unsigned fill(struct batch *batch, struct mmsghdr *messages, unsigned count)
{
	size_t used = 0;
	unsigned i;

	for (i = 0; i < count && i < BATCH; i++) {
		size_t bytes;

		cmsg_lengths(&messages[i].msg_hdr);
		bytes = arrival_control_bytes(&messages[i].msg_hdr);
		if (bytes > sizeof batch->control - used)
			break;
		batch->ours[i].msg_hdr = messages[i].msg_hdr;
		arrival_prepare(&messages[i].msg_hdr, &batch->ours[i].msg_hdr, &batch->names[i],
				batch->control + used);
		used += bytes;
	}
	return i;
}

__attribute__((noinline)) static struct progress receive_batch(struct arrival *arrival, struct mmsghdr *messages,
							       unsigned count, int flags, struct timespec *timeout,
							       native_recvmmsg *native)
{
	struct batch batch;
	struct progress progress = {.asked = fill(&batch, messages, count)};
	unsigned done;
	uint32_t now = 0;

	progress.received = native(arrival->fd, batch.ours, progress.asked, flags, timeout);
	done = progress.received > 0 ? (unsigned)progress.received : 0;
	for (unsigned i = 0; i < done; i++)
		if (settle(arrival, &batch.ours[i], &messages[progress.kept], &now) == DELIVERED)
			progress.kept++;
	if (done < progress.asked && progress.kept == done) /* that one failed */
		arrival_abandon(&batch.ours[done].msg_hdr, &messages[done].msg_hdr);
	return progress;
}

static bool is_large_enough(struct msghdr *message)
{
	cmsg_lengths(message);
	return (message->msg_name == NULL || message->msg_namelen >= sizeof(struct sockaddr_in6)) &&
	       (message->msg_control == NULL ? arrival_control_bytes(message) == 0
					     : message->msg_controllen >= CMSG_TRANSLATE_BYTES);
}

static bool are_large_enough(struct mmsghdr *messages, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!is_large_enough(&messages[i].msg_hdr))
			return false;
	return true;
}

/* The kernel has overwritten the sizes of the message's buffers by lengths. All that is known is that
 * the buffers were large enough. */
static void offer_again(struct msghdr *message)
{
	if (message->msg_name != NULL)
		message->msg_namelen = sizeof(struct sockaddr_in6);
	if (message->msg_control != NULL && message->msg_controllen < CMSG_TRANSLATE_BYTES)
		message->msg_controllen = CMSG_TRANSLATE_BYTES;
}

static struct progress receive_in_place(struct arrival *arrival, struct mmsghdr *messages, unsigned count,
					int flags, struct timespec *timeout, native_recvmmsg *native)
{
	struct progress progress = {.asked = count};
	uint32_t now = 0;

	progress.received = native(arrival->fd, messages, count, flags, timeout);
	for (int i = 0; i < progress.received; i++) {
		struct mmsghdr from = messages[i];

		offer_again(&messages[i].msg_hdr);
		if (settle(arrival, &from, &messages[progress.kept], &now) == DELIVERED)
			progress.kept++;
	}
	return progress;
}

static void throw_away(const struct arrival *arrival, native_recvmmsg *native)
{
	struct mmsghdr nothing = {.msg_len = 0};

	if (arrival_stays(arrival))
		native(arrival->fd, &nothing, 1, MSG_DONTWAIT, NULL);
}

static bool is_over(const struct timespec *timeout)
{
	return timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

/* The kernel counts the time-out down, and an error after the first datagram
 * does not undo those before it. */
static int receive_all(struct arrival *arrival, struct mmsghdr *messages, unsigned count, struct timespec *timeout,
		       native_recvmmsg *native)
{
	bool in_place = are_large_enough(messages, count);
	unsigned done = 0;
	int flags = arrival->flags;

	while (done < count) {
		struct progress progress = (in_place ? receive_in_place : receive_batch)(
		    arrival, messages + done, count - done, flags, timeout, native);

		if (progress.received < 0 && done == 0)
			return -1;
		if ((int)progress.kept < progress.received)
			throw_away(arrival, native);
		done += progress.kept;
		if (progress.received <= 0 ||
		    (done > 0 && (progress.received < (int)progress.asked || is_over(timeout))))
			break;
		if (done > 0 && (flags & MSG_WAITFORONE))
			flags |= MSG_DONTWAIT;
	}
	return (int)done;
}

int call_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout,
		  native_recvmmsg *native)
{
	struct arrival arrival;

	made_receives(flags);
	if (messages == NULL || count == 0 || !arrival_start(&arrival, fd, flags))
		return native(fd, messages, count, flags, timeout);
	return receive_all(&arrival, messages, count, timeout, native);
}

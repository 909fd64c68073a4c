/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "calls/send.h"

#include "base/cmsg_buf.h"
#include "calls/letter.h"
#include "calls/quick_send.h"
#include "process/made.h"

/* Small enough for the stack of a small thread. */
enum {
	BATCH = 32,
	BATCH_CONTROL_BYTES = 8 * LETTER_CONTROL_BYTES,
	MESSAGES_MAX = 1024 /* the kernel's UIO_MAXIOV */
};

struct batch {
	struct mmsghdr ours[BATCH];
	struct letter letters[BATCH];
	_Alignas(struct cmsghdr) unsigned char control[BATCH_CONTROL_BYTES];
	size_t used; /* of control */
	unsigned written;
	bool changed; /* a message is not as the program gave it */
	uint32_t now; /* see lately_meant() */
};

/* FIRST is the beginning of a struct mmsghdr. */
static ssize_t by_sendmmsg(const struct sender *sender, struct msghdr *first)
{
	return sender->sendmmsg(sender->fd, (struct mmsghdr *)first, sender->count, sender->flags);
}

/* The short way of letter_write(), for most datagrams. False: not this way. */
static bool write_quickly(const struct sender *sender, struct msghdr *ours, struct letter *letter, uint32_t *now,
			  enum route *route)
{
	enum lately lately;

	if (!quick_send_may_be(ours->msg_name, ours->msg_namelen, sender->flags))
		return false;
	lately = lately_meant(sender->settings, ours->msg_name, &letter->to.in6, now);
	if (lately == LATELY_REAL) {
		letter->to.length = sizeof letter->to.in6;
		*route = ROUTE_REAL;
		return quick_send_write(ours, &letter->to.in6, letter->control, *now);
	}
	letter->to.any.sa_family = AF_UNSPEC;
	*route = ROUTE_NATIVE;
	return lately == LATELY_ITSELF;
}

static enum route write_to_batch(const struct sender *sender, const struct mmsghdr *message, struct batch *batch)
{
	struct msghdr *ours = &batch->ours[batch->written].msg_hdr;
	struct letter *letter = &batch->letters[batch->written];
	enum route route;

	letter->control = batch->control + batch->used;
	*ours = message->msg_hdr;
	cmsg_lengths(ours);
	if (!write_quickly(sender, ours, letter, &batch->now, &route))
		route = letter_write(sender, ours, letter);
	if (ours->msg_control == letter->control)
		batch->used += CMSG_ALIGN(ours->msg_controllen);
	return route;
}

static bool has_room(const struct batch *batch, const struct mmsghdr *message)
{
	return message->msg_hdr.msg_control == NULL || sizeof batch->control - batch->used >= LETTER_CONTROL_BYTES;
}

/* Writes as many as fit, up to one that is refused. */
static void write_batch(const struct sender *sender, const struct mmsghdr *messages, unsigned count,
			struct batch *batch)
{
	enum route route;

	batch->changed = false;
	batch->used = 0;
	batch->now = 0;
	for (batch->written = 0; batch->written < count && batch->written < BATCH; batch->written++) {
		if (!has_room(batch, &messages[batch->written]))
			return;
		route = write_to_batch(sender, &messages[batch->written], batch);
		if (route == ROUTE_NONE)
			return;
		batch->changed = batch->changed || route == ROUTE_REAL;
	}
}

/* How many messages from the start can be sent as they are: those of BATCH, and any after them. */
static unsigned count_native(const struct sender *sender, const struct mmsghdr *messages, unsigned count,
			     struct batch *batch)
{
	unsigned native = batch->written;

	batch->written = 0;
	while (native < count && write_to_batch(sender, &messages[native], batch) == ROUTE_NATIVE)
		native++;
	return native;
}

/* Sends messages from the start of MESSAGES; sender->count is set to the number that it tried to send. */
__attribute__((noinline)) static ssize_t send_batch(struct sender *sender, struct mmsghdr *messages, unsigned count)
{
	struct batch batch;
	ssize_t sent = -1;

	write_batch(sender, messages, count, &batch);
	sender->count = batch.written;
	if (batch.written == 0)
		return -1;
	if (!batch.changed)
		sender->count =
		    batch.written < BATCH ? batch.written : count_native(sender, messages, count, &batch);
	else if (letter_send(sender, &batch.ours[0].msg_hdr, &batch.letters[0].to, &sent) == ROUTE_NATIVE)
		sender->count = count;
	else {
		for (ssize_t i = 0; i < sent; i++)
			messages[i].msg_len = batch.ours[i].msg_len;
		return sent;
	}
	return by_sendmmsg(sender, &messages->msg_hdr);
}

/* An error after the first datagram does not undo those before it. */
static int send_batches(struct sender *sender, struct mmsghdr *messages, unsigned count)
{
	unsigned done = 0;

	while (done < count) {
		ssize_t sent = send_batch(sender, messages + done, count - done);

		if (sent < 0 && done == 0)
			return -1;
		if (sent > 0)
			done += (unsigned)sent;
		if (sent < (ssize_t)sender->count)
			break;
	}
	return (int)done;
}

int call_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, native_sendmmsg *native)
{
	struct sender sender = {letter_settings(flags), fd, flags, 0, by_sendmmsg, {.sendmmsg = native}};
	int sent;

	for (unsigned i = 0, all = settings_get() != NULL && messages != NULL ? count : 0; i < all; i++)
		made_sends(&messages[i].msg_hdr);
	if (sender.settings == NULL || messages == NULL || count == 0)
		return native(fd, messages, count, flags);
	sent = send_batches(&sender, messages, count < MESSAGES_MAX ? count : MESSAGES_MAX);
	return (int)destination_result(sent, fd, messages->msg_hdr.msg_name,
				       letter_name_length(&messages->msg_hdr));
}

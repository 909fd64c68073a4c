/* SPDX-License-Identifier: MIT */
#include "supervise/queue.h"

#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

/* An empty place is all zero; no architecture is 0. */
static bool is_one(const struct seccomp_notif *call)
{
	return call->data.arch != 0;
}

static bool receive(struct seccomp_notif *call, int listener)
{
	memset(call, 0, sizeof *call);
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, call) == 0;
}

static bool is_readable(int listener)
{
	struct pollfd watched = {.fd = listener, .events = POLLIN};

	return poll(&watched, 1, 0) > 0 && (watched.revents & POLLIN) != 0;
}

bool queue_receive(struct queue *queue, int listener)
{
	if (!receive(&queue->calls[0], listener))
		return false;
	for (size_t i = 1; i < QUEUE_MAX && is_readable(listener) && receive(&queue->calls[i], listener); i++)
		;
	return true;
}

bool queue_first(const struct queue *queue, struct seccomp_notif *call)
{
	for (size_t i = 0; i < QUEUE_MAX; i++) {
		*call = queue->calls[i];
		if (is_one(call))
			return true;
	}
	return false;
}

void queue_drop(struct queue *queue, uint64_t id)
{
	for (size_t i = 0; i < QUEUE_MAX; i++)
		if (is_one(&queue->calls[i]) && queue->calls[i].id == id)
			memset(&queue->calls[i], 0, sizeof queue->calls[i]);
}

/* SPDX-License-Identifier: MIT */
#include "supervise/answer.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>

/* The headers of the oldest system that builds this do not have it. */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE (1UL << 0)
#endif

enum { SEND_TRIES = 3 };

static bool interruptible;
static struct bound bound_last[16]; /* one entry for each thread at most */
static size_t bound_next;

void answer_expect_interruptions(void)
{
	interruptible = true;
}

void answer_send(int listener, uint64_t id, struct answer answer)
{
	struct seccomp_notif_resp response = {.id = id, .error = -answer.error};

	if (answer.continues) {
		response.error = 0;
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	}
	if (interruptible && answer.bound.thread != 0) {
		bound_last[bound_next] = answer.bound;
		bound_next = (bound_next + 1) % (sizeof bound_last / sizeof bound_last[0]);
	}
	/* Without an answer the program, if it still exists, waits for ever. */
	for (int tries = 0; tries < SEND_TRIES; tries++)
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0)
			return;
}

/* If the thread makes another call, it has had the answer. */
bool answer_was_lost(struct bound now)
{
	bool made = false;

	for (size_t i = 0; i < sizeof bound_last / sizeof bound_last[0]; i++) {
		struct bound *last = &bound_last[i];

		if (last->thread != now.thread)
			continue;
		made = last->number == now.number && last->inode == now.inode && last->place == now.place;
		last->thread = 0;
	}
	return made;
}

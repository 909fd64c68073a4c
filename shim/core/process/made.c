/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/made.h"

#include "base/cmsg_buf.h"
#include "base/sys.h"
#include "process/target.h"

#include <stddef.h>
#include <stdint.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

enum { REMEMBERED = 64, PROCESS_BITS = 22 /* the bits of a process number (proc(5), pid_max) */ };

atomic_bool made_has_taken;

static atomic_bool handed_out;
static _Atomic uint64_t made[REMEMBERED];
static atomic_uint next_place;

/* The cookie (cookies count from 1) and the process number. 0: the kernel gives no cookie. */
static uint64_t key_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t length = sizeof cookie;

	if (sys_getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0 || cookie == 0)
		return 0;
	return cookie << PROCESS_BITS | (uint64_t)target_pid();
}

void made_note(int fd)
{
	uint64_t key = target_is_self() ? key_of(fd) : 0;

	if (key == 0)
		return;
	atomic_store_explicit(&made[atomic_fetch_add(&next_place, 1) % REMEMBERED], key, memory_order_relaxed);
}

bool made_here(int fd)
{
	uint64_t key = target_is_self() && !handed_out ? key_of(fd) : 0;

	for (size_t i = 0; key != 0 && i < REMEMBERED; i++)
		if (atomic_load_explicit(&made[i], memory_order_relaxed) == key)
			return true;
	return false;
}

bool made_alone(void)
{
	return !handed_out && !made_has_taken;
}

void made_sends_control(const struct msghdr *message)
{
	struct msghdr sent = *message;
	struct cmsg_cursor at;

	cmsg_lengths(&sent);
	at = cmsg_cursor_at(&sent);
	while (cmsg_cursor_next(&at) == CMSG_ITEM)
		if (at.item->cmsg_level == SOL_SOCKET && at.item->cmsg_type == SCM_RIGHTS)
			atomic_store_explicit(&handed_out, true, memory_order_relaxed);
}

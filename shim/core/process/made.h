/* SPDX-License-Identifier: MIT */
/*
 * Which sockets the library has made in this very process, so that no older one can have inherited them
 * (sharers.h). Each is known by its cookie, which the kernel gives to no other socket while the machine runs
 * (SO_COOKIE, socket(7), Linux 4.12); so what is remembered is asked for each time, and a child, which has a
 * copy of this memory, has made none of them. Where one was forgotten more is looked at, and that is all.
 */
#ifndef DUALBIND_PROCESS_MADE_H
#define DUALBIND_PROCESS_MADE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* FD was made by this process a moment ago. */
void made_note(int fd);

/* Whether FD is one of the last of those, and no descriptor at all was sent to another process since the first. */
bool made_here(int fd);

extern atomic_bool made_any;

void made_sends_control(const struct msghdr *message);

/* The program sends a message, which may have descriptors with it (SCM_RIGHTS, unix(7)). */
static inline void made_sends(const struct msghdr *message)
{
	if (atomic_load_explicit(&made_any, memory_order_relaxed) && message != NULL &&
	    message->msg_control != NULL && message->msg_controllen != 0)
		made_sends_control(message);
}

#endif

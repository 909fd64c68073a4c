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

/* Whether FD is one of the last of those, and no descriptor at all was sent to another process. */
bool made_here(int fd);

/* Whether no descriptor was sent to another process, nor taken from one so that exec(3) closes it, as far as
 * the library has seen: then what exec(3) will close was made here since the last one. */
bool made_alone(void);

extern atomic_bool made_has_taken;

void made_sends_control(const struct msghdr *message);

/* The program sends a message, which may have descriptors with it (SCM_RIGHTS, unix(7)). */
static inline void made_sends(const struct msghdr *message)
{
	if (message != NULL && message->msg_control != NULL && message->msg_controllen != 0)
		made_sends_control(message);
}

/* The program receives, with these flags. */
static inline void made_receives(int flags)
{
	if ((flags & MSG_CMSG_CLOEXEC) != 0)
		atomic_store_explicit(&made_has_taken, true, memory_order_relaxed);
}

#endif

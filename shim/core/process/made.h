/* SPDX-License-Identifier: MIT */
/*
 * Which sockets the library has made in this very process, so that no older process can have inherited them
 * (sharers.h). A socket is recognised by its cookie, which the kernel gives to no other one while the machine runs
 * (SO_COOKIE, socket(7), Linux 4.12), and the cookie is read from the socket each time. The process number belongs to
 * it: a child has a copy of this memory, but has made none of these sockets. If one is forgotten, more processes are
 * looked at than need be, nothing else.
 */
#ifndef DUALBIND_PROCESS_MADE_H
#define DUALBIND_PROCESS_MADE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* To be called for an FD that this process has just made. */
void made_note(int fd);

/* Whether FD is one of the latest of these, and this process has never sent a descriptor to another one. */
bool made_here(int fd);

/* Whether, as far as the library has seen, no descriptor was sent to another process, and none received that exec(3)
 * closes. If so, every descriptor that exec(3) will close was made here, since the last exec. */
bool made_alone(void);

extern atomic_bool made_has_taken;

void made_sends_control(const struct msghdr *message);

/* To be called when the program sends a message: it may carry descriptors (SCM_RIGHTS, unix(7)). */
static inline void made_sends(const struct msghdr *message)
{
	if (message != NULL && message->msg_control != NULL && message->msg_controllen != 0)
		made_sends_control(message);
}

/* To be called when the program receives, with these flags. */
static inline void made_receives(int flags)
{
	if ((flags & MSG_CMSG_CLOEXEC) != 0)
		atomic_store_explicit(&made_has_taken, true, memory_order_relaxed);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What remains of a listener that has yielded.
 *
 * It may exist for a moment after no process shows a descriptor of it: /proc shows none
 * of a process that is ending, while the kernel is still closing them; and it never shows
 * those in a message on its way (SCM_RIGHTS). A client that connects in that moment is
 * reset when the listener is closed.
 */
#ifndef DUALBIND_PROCESS_LISTENER_REMAINS_H
#define DUALBIND_PROCESS_LISTENER_REMAINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether the target's network has an IPv6 listener of that inode. Takes a
 * millisecond or more, where the kernel's table of connections is large; changes
 * errno. */
bool listener_remains(ino_t inode);

/* Whether any process has connections at that local PORT, or there is something left of them (TIME_WAIT), or that
 * cannot be told. It takes as long, and changes errno too. */
bool listener_has_connections(uint16_t port);

#endif

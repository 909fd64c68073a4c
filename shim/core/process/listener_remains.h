/* SPDX-License-Identifier: MIT */
/*
 * What remains of a listener that has yielded.
 *
 * It may be there for a moment yet, though no process's descriptors show it: one
 * that is ending has none in /proc any more while the kernel still closes them, and
 * a message that brings one (SCM_RIGHTS) shows nowhere. Whoever connects to it then
 * is reset when it goes.
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

/* Whether connections of whomever are at that local PORT, or what is left of them (TIME_WAIT), or
 * that cannot be told. The same holds of it. */
bool listener_has_connections(uint16_t port);

#endif

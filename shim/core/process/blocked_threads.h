/* SPDX-License-Identifier: MIT */
/*
 * What the target's other threads are doing, as /proc tells.
 */
#ifndef DUALBIND_PROCESS_BLOCKED_THREADS_H
#define DUALBIND_PROCESS_BLOCKED_THREADS_H

#include <stdbool.h>

/*
 * Whether another thread sleeps in a system call that holds FD, or may: in
 * accept of it, or in poll or select of whatever. Such a thread would go on
 * waiting at the old socket after a swap. (epoll is no such call: what it
 * watches is moved.) Without /proc: false. On a kernel that tells nothing of
 * threads (user-mode Linux): whether there is another one.
 */
bool blocked_threads_at(int fd);

/* A line of /proc/PID/task/TID/syscall. */
bool blocked_threads_parse(const char *line, int fd);

#endif

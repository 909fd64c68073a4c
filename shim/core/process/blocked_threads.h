/* SPDX-License-Identifier: MIT */
/*
 * What the target's other threads are doing, as /proc tells.
 */
#ifndef DUALBIND_PROCESS_BLOCKED_THREADS_H
#define DUALBIND_PROCESS_BLOCKED_THREADS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether another thread sleeps, or may sleep, in a system call that waits at FD, the socket INODE: in accept, or in
 * poll or select with it in the list (polled.h). Such a thread would go on waiting at the old socket after a swap.
 * (epoll does not count: its registrations are moved.)
 *
 * Without /proc: false. If the process has given up root, /proc shows only in which function of the kernel each thread
 * sleeps: then a thread counts that waits at any socket. On a kernel that shows nothing of threads (user-mode Linux)
 * every other thread counts.
 */
bool blocked_threads_at(int fd, ino_t inode);

struct blocked_call {
	enum { BLOCKED_ELSEWHERE, BLOCKED_AT_ONE, BLOCKED_IN_POLL, BLOCKED_IN_SELECT } kind;
	uint64_t arguments[4];
};

/* Reads a line of /proc/PID/task/TID/syscall; BLOCKED_ELSEWHERE: the thread is in no call of these kinds. */
struct blocked_call blocked_threads_parse(const char *line);

/* Whether FUNCTION, the text of /proc/PID/task/TID/wchan, waits at a socket, or may. */
bool blocked_threads_in(const char *function);

#endif

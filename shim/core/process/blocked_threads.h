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
 * Whether another thread sleeps in a system call that holds FD, the socket INODE, or may: in accept of it, or in poll or
 * select with it among others (polled.h). Such a thread would go on
 * waiting at the old socket after a swap. (epoll is no such call: what it
 * watches is moved.) Without /proc: false. Where the process has given up root, /proc tells it no more
 * than in which function of the kernel each sleeps: then at whatever socket. On a kernel that tells nothing
 * of threads (user-mode Linux): whether there is another one.
 */
bool blocked_threads_at(int fd, ino_t inode);

struct blocked_call {
	enum { BLOCKED_ELSEWHERE, BLOCKED_AT_ONE, BLOCKED_IN_POLL, BLOCKED_IN_SELECT } kind;
	uint64_t arguments[4];
};

/* A line of /proc/PID/task/TID/syscall; BLOCKED_ELSEWHERE: in no such call, or in none. */
struct blocked_call blocked_threads_parse(const char *line);

/* Whether FUNCTION, as /proc/PID/task/TID/wchan tells, waits at a socket, or may. */
bool blocked_threads_in(const char *function);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The target: the thread that waits in a system call for the supervisor's
 * answer, and its process. While a struct target is current, its process
 * is the one whose sockets the core works on (process/target.h).
 */
#ifndef DUALBIND_SUPERVISE_TARGET_H
#define DUALBIND_SUPERVISE_TARGET_H

#include "config/settings.h"

#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TAKEN_MAX = 8 };

/* A socket that has no address yet is being bound for a thread. In memory that
 * the supervisor shares with its stand-in (watch.h). */
struct making {
	_Atomic pid_t thread; /* 0: none is */
	_Atomic pid_t process;
	_Atomic int number;
};

struct target {
	int listener;   /* of seccomp */
	uint64_t id;    /* of the notification */
	uint64_t place; /* after the instruction that made the call */
	int folder;     /* /proc/TID; what is opened in it is never another process's */
	int pidfd;
	bool pidfd_of_thread;
	pid_t thread, process;
	uid_t uid; /* fsuid and fsgid */
	gid_t gid;
	uint64_t capabilities;    /* effective, in our own user namespace */
	struct settings settings; /* with the entries for this program */
	struct taken {
		int fd, number;
	} taken[TAKEN_MAX];
	size_t count;
};

/* Of this thread; NULL between two calls. */
extern _Thread_local struct target *target_current;

/*
 * Look at who sent NOTIFICATION, and make it current. False, with errno, where
 * /proc does not show it; target_leave() is due in any case.
 */
bool target_enter(struct target *target, int listener, const struct seccomp_notif *notification,
		  const struct settings *settings);
void target_leave(struct target *target);

/* Whether it still waits for the answer: what was read of it before was of it,
 * and not of a process that has got its number since. */
bool target_waits(const struct target *target);

/* Copy SIZE bytes at FROM of its memory. */
bool target_read(const struct target *target, uint64_t from, void *to, size_t size);

/* The target of one of the links in its folder, as a string in TO. */
bool target_link(const struct target *target, const char *name, char *to, size_t size);

/* The flags (fcntl(2) F_GETFL, and O_CLOEXEC) of what it has at NUMBER; -1. */
long target_flags(const struct target *target, int number);

/* Whether FD, a socket of it, is of the network that we are in. */
bool target_shares_network(const struct target *target, int fd);

/* Before FD, which it has at NUMBER, is bound. */
void target_begins(const struct target *target, int fd, int number, struct making *making);

/* Whether that is done, be it on the socket itself or on a new one in its place:
 * the worker that began may have ended at any moment since. */
bool target_was_bound(const struct making *making);

#endif

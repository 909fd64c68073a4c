/* SPDX-License-Identifier: MIT */
/*
 * The target: the thread that waits in a system call for the supervisor's
 * answer, and its process. While a struct target is current, the core works on
 * the sockets of that process (process/target.h).
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

/* A bind that is being made for a thread, of a socket without an address. In memory that
 * the supervisor shares with its stand-in (watch.h). */
struct making {
	_Atomic pid_t thread; /* 0: no bind is being made */
	_Atomic pid_t process;
	_Atomic int number;
};

struct target {
	int listener;   /* the filter's */
	uint64_t id;    /* the notification's */
	uint64_t place; /* the address after the instruction that made the call */
	int number;     /* the descriptor that it names */
	int folder;     /* /proc/TID; a file that is opened there never belongs to another process */
	int pidfd;
	bool pidfd_of_thread;
	pid_t thread, process;
	uid_t uid; /* uid and gid are fsuid and fsgid */
	gid_t gid;
	uint64_t capabilities;    /* the effective ones, in our own user namespace */
	struct settings settings; /* with the entries for this program */
	struct taken {
		int fd, number;
	} taken[TAKEN_MAX];
	size_t count;
};

/* This thread's; NULL between two calls. */
extern _Thread_local struct target *target_current;

/*
 * Look at the thread that sent NOTIFICATION, and make it current. False, with errno, if
 * /proc does not show it. target_leave() must be called in any case.
 */
bool target_enter(struct target *target, int listener, const struct seccomp_notif *notification,
		  const struct settings *settings);
void target_leave(struct target *target);

/* Whether it still waits for the answer. Then what was read of it before was its own,
 * and not that of another process that has its number now. */
bool target_waits(const struct target *target);

/* Copy SIZE bytes at FROM of the target's memory. */
bool target_read(const struct target *target, uint64_t from, void *to, size_t size);

/* Where one of the links in its folder leads, as a string in TO. */
bool target_link(const struct target *target, const char *name, char *to, size_t size);

/* The flags (fcntl(2) F_GETFL, and O_CLOEXEC) of its file at NUMBER; -1. */
long target_flags(const struct target *target, int number);

/* Whether FD, a socket of the target, is in our network namespace. */
bool target_shares_network(const struct target *target, int fd);

/* To be called before FD, which it has at NUMBER, is bound. */
void target_begins(const struct target *target, int fd, int number, struct making *making);

/* Whether that bind was made, on the socket itself or on a new one in its place: the worker
 * that has begun it may have ended at any moment. */
bool target_was_bound(const struct making *making);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The functions that a program would call without this library: the next ones
 * in the search order, which may be another preloaded library's.
 */
#ifndef DUALBIND_PRELOAD_NEXT_H
#define DUALBIND_PRELOAD_NEXT_H

#include <netdb.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct epoll_event;
struct mmsghdr;

struct next {
	int (*bind)(int, const struct sockaddr *, socklen_t);
	int (*listen)(int, int);
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*accept)(int, struct sockaddr *, socklen_t *);
	int (*accept4)(int, struct sockaddr *, socklen_t *, int);
	int (*getsockname)(int, struct sockaddr *, socklen_t *);
	int (*getpeername)(int, struct sockaddr *, socklen_t *);
	int (*getsockopt)(int, int, int, void *, socklen_t *);
	int (*setsockopt)(int, int, int, const void *, socklen_t);
	ssize_t (*recvfrom)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	ssize_t (*recvfrom_chk)(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);
	ssize_t (*recvmsg)(int, struct msghdr *, int);
	int (*recvmmsg)(int, struct mmsghdr *, unsigned, int, struct timespec *);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
	int (*epoll_ctl)(int, int, int, struct epoll_event *);
	long (*syscall)(long, ...);
	int (*chroot)(const char *);
	int (*ioctl)(int, unsigned long, void *);
	int (*getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
};

/*
 * Resolved by the library's constructor; or by the first hooked call, if another
 * library's constructor makes one before. No member is NULL.
 */
const struct next *next(void);

/* NULL if they have not been resolved yet. */
const struct next *next_if_ready(void);

/*
 * The next bind(2), if it is in another library than the C library. NULL: it is not, or it
 * has not been looked up yet.
 */
extern int (*next_other_bind)(int, const struct sockaddr *, socklen_t);

/* Look for liburing's functions again: the module that needs liburing may have been unloaded, together with it, and
 * may be loaded again. */
void next_liburing_forget(void);

/* See target_is_passed_by(). */
extern atomic_bool next_is_passed_by;

#endif

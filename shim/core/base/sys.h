/* SPDX-License-Identifier: MIT */
/*
 * The system calls that the core makes, reached directly.
 *
 * The library exports functions named bind, listen and so on. A call by such a
 * name from inside it would reach its own hooks, and another preloaded library's.
 * These functions go directly to the kernel, are async-signal-safe and no
 * cancellation points, and work before any constructor has run.
 *
 * Each function is the manual page of its name (section 2): 0 or a descriptor
 * on success, -1 with errno on failure. Unit tests replace them one by one
 * with the linker's --wrap to make a call fail.
 */
#ifndef DUALBIND_BASE_SYS_H
#define DUALBIND_BASE_SYS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct mmsghdr;

/*
 * A fourth argument of our own bind and listen. The kernel ignores it; it tells the
 * filter of a supervisor that the call is part of a swap, and must not be decided on
 * again.
 */
#define SYS_PASSES 0x6475616c62696e64L

/* syscall(2). */
long sys_call(long number, ...);

int sys_socket(int domain, int type, int protocol);
int sys_bind(int fd, const struct sockaddr *address, socklen_t length);
int sys_listen(int fd, int backlog);
int sys_connect(int fd, const struct sockaddr *address, socklen_t length);
int sys_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int sys_getsockname(int fd, struct sockaddr *address, socklen_t *length);
int sys_getpeername(int fd, struct sockaddr *address, socklen_t *length);
int sys_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
ssize_t sys_recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length);
ssize_t sys_recvmsg(int fd, struct msghdr *message, int flags);
int sys_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout);
ssize_t sys_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address,
		   socklen_t length);
ssize_t sys_sendmsg(int fd, const struct msghdr *message, int flags);
int sys_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int sys_fcntl(int fd, int command, unsigned long argument);
int sys_dup3(int from, int to, int flags);
int sys_close(int fd);
int sys_epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event);
int sys_fstat(int fd, struct stat *status);
int sys_ioctl(int fd, unsigned long request, void *argument);
int sys_open_network(int fd); /* the file of the socket's network namespace: SIOCGSKNS */

/* fstat(2) of a socket. ENOTSOCK: FD is another file. No file system is asked for that: it may be implemented by
 * another process, or on another machine, and may not answer. */
int sys_stat_socket(int fd, struct stat *status);

int sys_openat(int directory, const char *path, int flags, mode_t mode);
int sys_chroot(const char *path);
ssize_t sys_read(int fd, void *buffer, size_t size);
ssize_t sys_write(int fd, const void *buffer, size_t size);
ssize_t sys_readlinkat(int directory, const char *path, char *buffer, size_t size);
ssize_t sys_getdents64(int fd, void *buffer, size_t size);

ssize_t sys_getrandom(void *buffer, size_t size, unsigned flags);

/* SIZE bytes of zeros, which children made by fork(2) share; NULL: there is no memory. */
void *sys_map_shared(size_t size);

/* Whether FD takes at least one write of PIPE_BUF bytes now, without waiting. */
int sys_writable(int fd);

/* Which of EVENTS, and of those that poll(2) always reports, are there now. */
int sys_events(int fd, short events);

/* Sleep for some milliseconds, or less if a signal is handled meanwhile. Unlike nanosleep(2), this
 * is no cancellation point. */
void sys_pause(long milliseconds);

/* Block signals in the calling thread. Returns what was blocked before, for
 * sys_allow_signals(). */
uint64_t sys_keep_signals(void);
void sys_allow_signals(uint64_t kept_before);

/* getsockopt and setsockopt for an int. sys_get_int() returns the value, or -1 with errno. */
int sys_get_int(int fd, int level, int name);
int sys_set_int(int fd, int level, int name, int value);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The target: the process whose sockets the core works on. The library works on
 * the process that it is in; the supervisor (shim/supervise) on another one, which
 * waits for it in a system call. This is all that differs between the two, and
 * each supplies it at link time: shim/preload/target_self.c, shim/supervise/target_remote.c.
 *
 * A NUMBER is a descriptor as the target counts them; what the core passes to a
 * system call is a descriptor of the calling process. In the library they are
 * the same.
 */
#ifndef DUALBIND_PROCESS_TARGET_H
#define DUALBIND_PROCESS_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Whether it is the calling process, whose numbers may be tried. */
bool target_is_self(void);

/* Who it is, in a line of the log. */
pid_t target_pid(void);

/* The thread that makes the call, as /proc counts. */
pid_t target_thread(void);

/* The user that the sockets are of that it makes. */
uid_t target_uid(void);

/*
 * As PROC, an open /proc, counts: the target, and who holds its sockets for it
 * meanwhile (the same, in the library). False where PROC does not tell.
 */
bool target_numbers(int proc, int numbers[2]);

/* Open REST, which starts with a slash, in the target's folder of /proc. */
int target_open_proc(const char *rest, int flags);

enum { TARGET_COPY_MAX = 512 };

/* Copy SIZE bytes at ADDRESS of its memory, which may be gone: then false. Of any errno. */
bool target_copy(uint64_t address, void *to, size_t size);

/* Of a socket its kind and inode, as fstat(2) tells; of another file nothing, and no file
 * system is asked (sys_stat_socket). */
int target_stat(int number, struct stat *status);

/* A descriptor for what the target has at NUMBER, or -1 with errno. It is to be
 * put back, which leaves errno alone. */
int target_take(int number);
void target_put_back(int fd);

/* At which number the target has what was taken. */
int target_number(int fd);

/* socket(2) (close-on-exec) and bind(2) with the target's rights. */
int target_socket(int domain, int type, int protocol);
int target_bind(int fd, const struct sockaddr *address, socklen_t length);

/*
 * bind(2) as the program makes it. Another preloaded library may be between the
 * program and the kernel that lets it bind less (or more: authbind), and is asked.
 * EREMCHG: it has bound FD elsewhere.
 */
int target_bind_as_program(int fd, const struct sockaddr *address, socklen_t length);

/* Whether there is such a library. It may know the program's socket by its number:
 * then that socket is bound before any of ours is. */
bool target_asks_other(void);

/* Whether modules in it call past the library, and would be shown what is converted as
 * it is: then nothing more is. */
bool target_is_passed_by(void);

/* Whether the target's NUMBER is closed on exec: 1 or 0; -1 with errno. */
int target_closes(int number);

/*
 * Put TO at the target's NUMBER, which is open, to be closed on exec or not.
 * What was taken from there means TO from now on.
 */
bool target_install(int to, int number, bool closes);

/* epoll_ctl(2) of the target's EPFD and of SOCKET, which is at NUMBER. */
int target_epoll_ctl(int epfd, int operation, int number, int socket, struct epoll_event *event);

/* fcntl(F_SETFL) of SOCKET, which is at NUMBER: O_ASYNC remembers the number. */
int target_set_flags(int number, int socket, unsigned long flags);

#endif

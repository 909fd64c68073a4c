/* SPDX-License-Identifier: MIT */
/*
 * The owner: the process whose sockets the core works on. The library works on
 * the process that it is in; the supervisor (shim/launch) on another one, which
 * waits for it in a system call. This is all that differs between the two, and
 * each supplies it at link time: shim/preload/target_self.c, shim/supervise/target_remote.c.
 *
 * A NUMBER is a descriptor as the owner counts them; what the core passes to a
 * system call is a descriptor of the calling process. In the library they are
 * the same.
 */
#ifndef DUALBIND_PROCESS_TARGET_H
#define DUALBIND_PROCESS_TARGET_H

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Whether it is the calling process, whose numbers may be tried. */
bool owner_is_self(void);

/* Who it is, in a line of the log. */
pid_t owner_pid(void);

/* The thread that makes the call, as /proc counts. */
pid_t owner_thread(void);

/* The user that the sockets are of that it makes. */
uid_t owner_uid(void);

/*
 * As PROC, an open /proc, counts: the owner, and who holds its sockets for it
 * meanwhile (the same, in the library). False where PROC does not tell.
 */
bool owner_numbers(int proc, int numbers[2]);

/* Open REST, which starts with a slash, in the owner's folder of /proc. */
int owner_open(const char *rest, int flags);

/* Of a socket its kind and inode, as fstat(2) tells; of another file nothing, and no file
 * system is asked (sys_stat_socket). */
int owner_stat(int number, struct stat *status);

/* A descriptor for what the owner has at NUMBER, or -1 with errno. It is to be
 * put back, which leaves errno alone. */
int owner_take(int number);
void owner_put_back(int fd);

/* At which number the owner has what was taken. */
int owner_number(int fd);

/* socket(2) (close-on-exec) and bind(2) with the owner's rights. */
int owner_socket(int domain, int type, int protocol);
int owner_bind(int fd, const struct sockaddr *address, socklen_t length);

/*
 * bind(2) as the program makes it. Another preloaded library may be between the
 * program and the kernel that lets it bind less (or more: authbind), and is asked.
 * EREMCHG: it has bound FD elsewhere.
 */
int owner_bind_as_program(int fd, const struct sockaddr *address, socklen_t length);

/* Whether there is such a library. It may know the program's socket by its number:
 * then that socket is bound before any of ours is. */
bool owner_asks_other(void);

/* Whether modules in it call past the library, and would be shown what is converted as
 * it is: then nothing more is. */
bool owner_is_passed_by(void);

/* Whether the owner's NUMBER is closed on exec: 1 or 0; -1 with errno. */
int owner_closes(int number);

/*
 * Put TO at the owner's NUMBER, which is open, to be closed on exec or not.
 * What was taken from there means TO from now on.
 */
bool owner_install(int to, int number, bool closes);

/* epoll_ctl(2) of the owner's EPFD and of SOCKET, which is at NUMBER. */
int owner_epoll_ctl(int epfd, int operation, int number, int socket, struct epoll_event *event);

/* fcntl(F_SETFL) of SOCKET, which is at NUMBER: O_ASYNC remembers the number. */
int owner_set_flags(int number, int socket, unsigned long flags);

#endif

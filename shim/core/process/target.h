/* SPDX-License-Identifier: MIT */
/*
 * The target: the process whose sockets the core works on. The library works on
 * the process that it is in; the supervisor (shim/supervise) on another one, which
 * waits for it in a system call. Only these functions differ between the two, and each
 * brings its own at link time: shim/preload/target_self.c, shim/supervise/target_remote.c.
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

/* Whether the target is the calling process: then its numbers can be used in system calls. */
bool target_is_self(void);

/* The process number that is written to the log. */
pid_t target_pid(void);

/* The thread that makes the call, by its number in /proc. */
pid_t target_thread(void);

/* The user to whom the sockets belong that the target makes. */
uid_t target_uid(void);

/*
 * By their numbers in PROC, an open /proc: the target, and the process that holds its sockets
 * meanwhile (in the library the same one). False if PROC does not tell.
 */
bool target_numbers(int proc, int numbers[2]);

/* Open REST, which starts with a slash, in the target's folder of /proc. */
int target_open_proc(const char *rest, int flags);

enum { TARGET_COPY_MAX = 512 };

/* Copy SIZE bytes at ADDRESS of the target's memory. False, with any errno, if they are not there any more. */
bool target_copy(uint64_t address, void *to, size_t size);

/* The kind and inode of a socket, as from fstat(2). For any other file: nothing, and no file
 * system is asked (sys_stat_socket). */
int target_stat(int number, struct stat *status);

/* A descriptor for what the target has at NUMBER, or -1 with errno. target_put_back() releases
 * it, and keeps errno. */
int target_take(int number);
void target_put_back(int fd);

/*
 * Notes that the target has a socket at NUMBER; and takes what it has there now, if that was noted since it was
 * last taken so: this is faster than to ask /proc what it is. It may be any file by now. -1: it was not noted; the
 * library notes nothing.
 */
void target_note_socket(int number);
int target_take_noted(int number);

/*
 * What such a socket was found to be. While many threads wait for their binds at once, what was found for one of
 * them since all of them have called counts for the others too. NULL: nothing is known.
 */
struct sight {
	bool shown;    /* one of ours, at whatever port, that is shown as AF_INET */
	uint16_t port; /* otherwise its port; 0: it has none, and INODE tells which socket it is */
	ino_t inode;
};
void target_note_sight(int number, const struct sight *sight);
const struct sight *target_sight(int number);

/* The target's number of a descriptor that was taken. */
int target_number(int fd);

/* socket(2) (close-on-exec) and bind(2) with the target's rights. */
int target_socket(int domain, int type, int protocol);
int target_bind(int fd, const struct sockaddr *address, socklen_t length);

/*
 * bind(2) as the program would make it: by way of another preloaded library, if there is
 * one that decides where the program may bind (such as authbind). EREMCHG: that library has
 * bound FD elsewhere.
 */
int target_bind_as_program(int fd, const struct sockaddr *address, socklen_t length);

/* Whether there is such a library. It may remember sockets by number, so the program's own
 * socket is bound before any of ours. */
bool target_asks_other(void);

/* Whether modules in the target make calls past the library. They would see converted sockets as they are,
 * so nothing more is converted then. */
bool target_is_passed_by(void);

/* Whether the target's NUMBER is closed on exec: 1 or 0; -1 with errno. */
int target_closes(int number);

/*
 * Put TO at the target's NUMBER, which is open; CLOSES: to be closed on exec. A descriptor
 * that was taken from NUMBER means TO from now on.
 */
bool target_install(int to, int number, bool closes);

/* epoll_ctl(2) for the target's EPFD and SOCKET, which the target has at NUMBER. */
int target_epoll_ctl(int epfd, int operation, int number, int socket, struct epoll_event *event);

/* fcntl(F_SETFL) for SOCKET, which the target has at NUMBER: the kernel keeps that number with O_ASYNC. */
int target_set_flags(int number, int socket, unsigned long flags);

#endif

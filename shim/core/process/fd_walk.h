/* SPDX-License-Identifier: MIT */
/*
 * The target's descriptors (target.h), and other processes', as /proc tells.
 */
#ifndef DUALBIND_PROCESS_FD_WALK_H
#define DUALBIND_PROCESS_FD_WALK_H

#include <stdbool.h>
#include <sys/types.h>

enum descriptor_kind { DESCRIPTOR_SOCKET, DESCRIPTOR_EPOLL, DESCRIPTOR_RING };

struct descriptor {
	int number; /* as the target counts */
	enum descriptor_kind kind;
	ino_t inode; /* of a socket; 0 for the others */
};

/* Called for each socket, epoll instance and io_uring. False ends the walk. */
typedef bool fd_visitor(void *context, const struct descriptor *descriptor);

/* What is known of a number so far: that nothing is open there, that it need not be visited,
 * that it is no socket (but may be what else is visited), that it is one to be visited, or
 * nothing. LOOK_END ends the walk. */
enum look { LOOK_CLOSED, LOOK_ON, LOOK_NO_SOCKET, LOOK_SOCKET, LOOK_UNTOLD, LOOK_END };

/* A first look, cheaper than the walk's own: the numbers of the own process are tried. */
typedef enum look fd_look(void *context, int number);

/*
 * False where /proc cannot be read. No malloc; one descriptor is open during
 * the walk and is not shown. Descriptors that other threads open or close
 * meanwhile may or may not be seen. LOOK is NULL where the target is another process.
 */
bool fd_walk(fd_look *look, fd_visitor *visit, void *context);

/* The same for FOLDER, /proc/PID/fd of any process: false where it does not show them all. */
bool fd_walk_links(int folder, fd_visitor *visit, void *context);

/* Whether the target's NUMBER is the socket INODE: 1 or 0, where another thread may have closed it,
 * and have something else there; -1 with errno: no telling. */
int fd_is_socket(int number, ino_t inode);

/* What /proc tells of the target's NUMBER, to read; -1 with errno. */
int fd_open_info(int number);

/* What the target of a /proc/PID/fd link says. False: of no such kind. */
bool fd_walk_parse(struct descriptor *descriptor, const char *target);

#endif

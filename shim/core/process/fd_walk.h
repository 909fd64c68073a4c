/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of the target (target.h) and of other processes, as /proc shows them.
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

/* What a first look at a number tells: it is closed; it need not be visited; it is not a socket, but may be an epoll
 * instance or a ring; it is a socket, to be visited; or nothing is known. LOOK_END ends the walk. */
enum look { LOOK_CLOSED, LOOK_ON, LOOK_NO_SOCKET, LOOK_SOCKET, LOOK_UNTOLD, LOOK_END };

/* A first look, cheaper than what the walk does itself. For another process's numbers it never returns
 * LOOK_NO_SOCKET or LOOK_SOCKET. */
typedef enum look fd_look(void *context, int number);

/*
 * False where /proc cannot be read. No malloc; one descriptor is open during
 * the walk and is not shown. Descriptors that other threads open or close
 * meanwhile may or may not be seen. LOOK NULL: all are read from /proc.
 */
bool fd_walk(fd_look *look, fd_visitor *visit, void *context);

/* The same for FOLDER, the /proc/PID/fd of any process. False if it does not show all descriptors. */
bool fd_walk_links(int folder, fd_visitor *visit, void *context);

/* Whether the target's NUMBER is the socket INODE: 1, or 0 (another thread may have closed it, and opened
 * something else there); -1 with errno: that cannot be told. */
int fd_is_socket(int number, ino_t inode);

/* Opens the fdinfo file of the target's NUMBER for reading; -1 with errno. */
int fd_open_info(int number);

/* Reads the target of a /proc/PID/fd link. False: it is none of these kinds. */
bool fd_walk_parse(struct descriptor *descriptor, const char *target);

#endif

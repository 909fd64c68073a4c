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

/* What is known of a number so far. LOOK_END ends the walk. */
enum look { LOOK_CLOSED, LOOK_ON, LOOK_CLOSER, LOOK_END };

/* A first look, cheaper than the walk's own: only what needs a closer one is
 * visited. */
typedef enum look fd_look(void *context, int number);

/*
 * False where /proc cannot be read. No malloc; one descriptor is open during
 * the walk and is not shown. Descriptors that other threads open or close
 * meanwhile may or may not be seen. LOOK may be NULL.
 */
bool fd_walk(fd_look *look, fd_visitor *visit, void *context);

/* The same for FOLDER, /proc/PID/fd of any process: false where it does not show them all. */
bool fd_walk_links(int folder, fd_visitor *visit, void *context);

/* What the target of a /proc/PID/fd link says. False: of no such kind. */
bool fd_walk_parse(struct descriptor *descriptor, const char *target);

#endif

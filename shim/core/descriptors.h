/*
 * The owner's descriptors (owner.h), and who shares them, as /proc tells.
 */
#ifndef DUALBIND_DESCRIPTORS_H
#define DUALBIND_DESCRIPTORS_H

#include <stdbool.h>
#include <sys/types.h>

enum descriptor_kind { DESCRIPTOR_SOCKET, DESCRIPTOR_EPOLL };

struct descriptor {
	int number; /* as the owner counts */
	enum descriptor_kind kind;
	ino_t inode; /* of a socket; 0 for an epoll instance */
};

/* Called for each socket and each epoll instance. False ends the walk. */
typedef bool descriptor_visitor(void *context, const struct descriptor *descriptor);

/*
 * False where /proc cannot be read. No malloc; one descriptor is open during
 * the walk and is not shown. Descriptors that other threads open or close
 * meanwhile may or may not be seen.
 */
bool descriptors_walk(descriptor_visitor *visit, void *context);

/* What the looker found the number to be; LOOK_END: it has seen enough. */
enum look { LOOK_CLOSED, LOOK_ON, LOOK_END };

/* FOLDER is the owner's /proc/PID/fd. */
typedef enum look looker(void *context, int folder, int number);

/* The same with a look at each number: every one that is open, and some that are
 * not. */
bool descriptors_look(looker *look, void *context);

enum sharers { EVERY_PROCESS, PARENT };

/*
 * Whether another process than the owner, as far as /proc shows, has FD too: a
 * child that inherited it, a worker that was given it; or whether the parent
 * has it. A thread may fork at any moment, and its child has everything until
 * it execs: where that is no reason, only the parent is.
 */
bool descriptors_shared(int fd, enum sharers sharers);

/*
 * Whether another process that runs the same executable has the socket INODE: a
 * child of this program, or another run of it. False where /proc does not tell.
 */
bool descriptors_held_by_kin(ino_t inode);

/* What the target of a /proc/PID/fd link says. False: neither kind. */
bool descriptor_parse(struct descriptor *descriptor, const char *target);

#endif

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

/* What is known of a number so far. LOOK_END ends the walk. */
enum look { LOOK_CLOSED, LOOK_ON, LOOK_CLOSER, LOOK_END };

/* A first look, cheaper than the walk's own: only what needs a closer one is
 * visited. */
typedef enum look descriptor_look(void *context, int number);

/*
 * False where /proc cannot be read. No malloc; one descriptor is open during
 * the walk and is not shown. Descriptors that other threads open or close
 * meanwhile may or may not be seen. LOOK may be NULL.
 */
bool descriptors_walk(descriptor_look *look, descriptor_visitor *visit, void *context);

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

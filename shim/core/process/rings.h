/* SPDX-License-Identifier: MIT */
/*
 * The target's io_uring instances (io_uring(7)). A file that one has registered, and one that
 * an operation waits for, is the ring's own reference: what is put under the file's numbers
 * does not reach it.
 */
#ifndef DUALBIND_PROCESS_RINGS_H
#define DUALBIND_PROCESS_RINGS_H

#include "base/own_errno.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether the ring at the target's NUMBER has the socket INODE among its registered files,
 * as far as can be told: older kernels (to 6.12) name the protocol alone, and any such socket
 * may be this one; others do not list the files, and it may be any of them.
 */
bool rings_hold(int number, ino_t inode);

/* Whether an operation of any ring waits for some file. It is not told for which. */
bool rings_wait(void);

/* What a program has written for a ring to begin at the program's FD: an accept or a recvmsg,
 * into which the kernel writes the peer's address, or a poll, after which these come. */
struct ring_operation {
	enum { RING_ACCEPTS, RING_RECEIVES, RING_POLLS } kind;
	int fd;
	uint64_t address; /* of the buffer for a name; a recvmsg's of its struct msghdr */
};

typedef void rings_visitor(void *context, const struct ring_operation *operation);

/* All such of the ring at NUMBER that wait for io_uring_enter(2). None, where the kernel does
 * not list them: before 6.0, and with IORING_SETUP_NO_SQARRAY. */
void rings_queued(int number, rings_visitor *visit, void *context);

/* A line of that list. False: of another kind. */
bool rings_operation_parse(struct ring_operation *operation, const char *line);

/* Whether NAME, as a registered file is listed, may be the socket. */
bool rings_name_means(const char *name, ino_t inode);

#endif

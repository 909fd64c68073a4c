/* SPDX-License-Identifier: MIT */
/*
 * The target's io_uring instances (io_uring(7)). A file that one has registered, and one that
 * an operation waits for, is the ring's own reference: what is put under the file's numbers
 * does not reach it.
 */
#ifndef DUALBIND_PROCESS_RINGS_H
#define DUALBIND_PROCESS_RINGS_H

#include "base/own_errno.h"
#include "base/transport.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether the ring at the target's NUMBER has the socket INODE among its registered files,
 * as far as can be told: older kernels (to 6.12) name the protocol alone, and any such socket
 * may be this one; others do not list the files, and it may be any of them.
 */
bool rings_hold(int number, ino_t inode);

/* Whether an operation of the ring at the target's NUMBER waits for some file that may be a socket
 * of PROTOCOL, bound as it is. It is not told for which. */
bool rings_wait(int number, enum transport protocol);

/* What a program has written for a ring to begin, as the kernel has it: struct io_uring_sqe. */
struct ring_operation {
	uint8_t kind, flags, other[2];
	int32_t fd; /* the program's; with an odd flag the place of a registered file */
	uint64_t second, address, rest[5];
};

/* The kinds at which a socket is waited for, or the kernel writes its peer's address, and what
 * ADDRESS is: nothing; a struct msghdr; NULL, or a buffer for the name. */
enum { RING_POLLS = 6, RING_RECEIVES = 10, RING_ACCEPTS = 13 };

typedef void rings_visitor(const struct ring_operation *operation);

/* Those of these kinds of the ring at NUMBER that wait for io_uring_enter(2). None, where the kernel does
 * not list them: before 6.0, and with IORING_SETUP_NO_SQARRAY. */
void rings_queued(int number, rings_visitor *visit);

/* A line of that list. False: of another kind. */
bool rings_operation_parse(struct ring_operation *operation, const char *line);

/* What stands in liburing's struct io_uring, from its first release to 2.15 at least. */
struct liburing {
	unsigned *head_of_kernel, *tail_of_kernel, *mask, *of_kernel[4];
	const struct ring_operation *operations;
	unsigned head, tail; /* of those that the kernel has not been told of */
	uint64_t others[15];
	unsigned flags;
	int fd;
};
enum { LIBURING_WIDE = 1 << 10 }; /* a flag: an operation has the room of two (IORING_SETUP_SQE128) */

/* All, of whatever kind, that one of liburing's functions, now called, is about to submit. */
void rings_unsubmitted(const struct liburing *ring, rings_visitor *visit);

/* Whether NAME, as a registered file is listed, may be the socket. */
bool rings_name_means(const char *name, ino_t inode);

#endif

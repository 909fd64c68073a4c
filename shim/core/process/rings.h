/* SPDX-License-Identifier: MIT */
/*
 * The target's io_uring instances, the rings (io_uring(7)). A ring has references of its own to the files that are
 * registered with it, and to those at which its operations wait. They still mean the old socket after a swap has put
 * another one under its numbers.
 */
#ifndef DUALBIND_PROCESS_RINGS_H
#define DUALBIND_PROCESS_RINGS_H

#include "base/own_errno.h"
#include "base/transport.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether the ring at the target's NUMBER has the socket INODE among its registered files, or may have: kernels up to
 * 6.12 show only the protocol, and then any socket of that protocol counts; others do not list the files, and then
 * any of them counts.
 */
bool rings_hold(int number, ino_t inode);

/* Whether an operation of the ring at the target's NUMBER waits at a file that may be a bound socket of
 * PROTOCOL. The kernel does not show at which file. */
bool rings_wait(int number, enum transport protocol);

/* An operation that a program has written for a ring to begin: the kernel's struct io_uring_sqe. */
struct ring_operation {
	uint8_t kind, flags, other[2];
	int32_t fd; /* a descriptor of the program; if the flags are odd, the index of a registered file */
	uint64_t second, address, rest[5];
};

/* The kinds that wait at a socket, or have the kernel write its peer's address. ADDRESS is not used; is a struct
 * msghdr; is NULL or a buffer for the name. */
enum { RING_POLLS = 6, RING_RECEIVES = 10, RING_ACCEPTS = 13 };

typedef void rings_visitor(const struct ring_operation *operation);

/* Visits the operations of the ring at NUMBER that wait for io_uring_enter(2). None where the kernel does
 * not list them: before 6.0, and with IORING_SETUP_NO_SQARRAY. */
void rings_queued(int number, rings_visitor *visit);

/* Reads a line of that list. False: it is no operation of these kinds. */
bool rings_operation_parse(struct ring_operation *operation, const char *line);

/* The beginning of liburing's struct io_uring, the same from its first release to 2.15 at least. */
struct liburing {
	unsigned *head_of_kernel, *tail_of_kernel, *mask, *of_kernel[4];
	const struct ring_operation *operations;
	unsigned head, tail; /* of the operations that the kernel has not been told of */
	uint64_t others[15];
	unsigned flags;
	int fd;
};
enum { LIBURING_WIDE = 1 << 10 }; /* a flag: an operation takes the room of two (IORING_SETUP_SQE128) */

/* Visits all operations, of any kind, that the liburing function which is being called will submit. */
void rings_unsubmitted(const struct liburing *ring, rings_visitor *visit);

/* Whether NAME, as a registered file is listed, may be the socket. */
bool rings_name_means(const char *name, ino_t inode);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What test_faults.c makes fail: each operation that swaps a socket, in a
 * world of its own with everything that a swap carries.
 */
#ifndef DUALBIND_TEST_FAULT_OPERATIONS_H
#define DUALBIND_TEST_FAULT_OPERATIONS_H

#include "socket/mark.h"
#include "sockets.h"

#include <errno.h>
#include <sys/epoll.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* An errno that no call sets: if it is found unchanged, nothing has set it. */
enum { SENTINEL = EDOTDOT, OPERATIONS = 9, WATCHED_DATA = 1000 };

struct world {
	int fd, copy, other; /* OTHER is the socket of a second bind */
	int epfd[2];         /* hold FD and COPY, with WATCHED_DATA and one more */
	uint16_t port;
};

/* Which call the native one is; a BIND or a SEND that swaps has no need of it. */
enum native_call { BIND, SECOND_BIND, LISTEN, SEND };

struct operation {
	const char *name;
	void (*prepare)(struct world *world);
	int (*run)(struct world *world);
	enum native_call call;
	int family; /* of the socket before a swap, and its mark */
	enum mark mark;
	int swapped_family; /* after it */
	enum mark swapped_mark;
	bool datagrams;
};

extern const struct operation operations[OPERATIONS];

/* The native call: what it was told to do, what it did. */
struct native {
	int refused; /* of the calls: the first, by EADDRINUSE, which is made again once something has yielded */
	bool refuses;
	int calls, result, error;
};

extern struct native native;

void make_world(struct world *world, const struct operation *operation);
void end_world(struct world *world);

/* Whether FD is in the group that each UDP socket of a world has joined. */
bool is_member(int fd);

#endif

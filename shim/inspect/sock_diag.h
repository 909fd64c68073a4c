/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets of a network namespace, as the kernel lists them
 * (sock_diag(7)): TCP listeners, and UDP sockets that are bound and not
 * connected.
 */
#ifndef DUALBIND_INSPECT_SOCK_DIAG_H
#define DUALBIND_INSPECT_SOCK_DIAG_H

#include "base/address.h"
#include "base/transport.h"
#include "inspect/borrow.h"
#include "socket/mark.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sock_owner {
	pid_t pid;
	int fd;
	char command[64];
};

enum { SOCK_OWNERS_KEPT = 16 };

struct listener {
	enum transport protocol;
	struct address local;
	bool v6only;        /* IPv6-only: IPv4 clients do not reach it */
	bool v6only_untold; /* v6only is not known: procnet.h */
	uint32_t device;    /* of SO_BINDTODEVICE; 0: none */
	uid_t uid;          /* the user that made it */
	ino_t inode;        /* 0: the kernel's own */
	size_t owner_count; /* how many processes were seen to hold it (sock_owners.h); some of them are kept */
	struct sock_owner owners[SOCK_OWNERS_KEPT];
	bool beyond_library; /* UDP: its owner does not load the library, and nothing else serves UDP */
	bool mark_known; /* from what the kernel lists (Linux 5.10), or from the socket itself (sock_owners.h) */
	enum mark mark;
	enum borrow_refusal refusal; /* why it is not known, where an owner was asked */
};

struct listing {
	struct listener *list;
	size_t count, room;
	bool owners_refused; /* some process's descriptors were not shown to us (sock_owners.h) */
};

/* Read into an empty LISTING, in the order of ports; from procnet.h if sock_diag does not
 * tell everything. False, with the errno of sock_diag, if neither works. */
bool sock_diag_read(struct listing *listing);

/* Only a dual-stack socket can have a mark. */
bool listener_may_be_ours(const struct listener *listener);

/* Room for one more listener, to be filled in; NULL: no memory. */
struct listener *listing_add(struct listing *listing);

void listing_free(struct listing *listing);

/* Reads one of the kernel's messages, of LENGTH bytes after the netlink header, and adds
 * its listener, unless the message is cut short. False: no memory. */
bool sock_diag_add(struct listing *listing, enum transport protocol, const void *message, size_t length);

#endif

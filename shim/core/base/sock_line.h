/* SPDX-License-Identifier: MIT */
/*
 * A socket as /proc/net/tcp, tcp6, udp and udp6 list it, one in a line (proc(5)).
 */
#ifndef DUALBIND_BASE_SOCK_LINE_H
#define DUALBIND_BASE_SOCK_LINE_H

#include "base/address.h"

#include <stdbool.h>
#include <sys/types.h>

struct sock_line {
	struct address local, remote;
	unsigned state; /* TCP_LISTEN and the others of <netinet/tcp.h>; an unconnected UDP socket is TCP_CLOSE */
	uid_t uid;      /* who made it */
	ino_t inode;
};

/* False: it is another line, such as the one with the headings. */
bool sock_line_parse(struct sock_line *socket, const char *line);

#endif

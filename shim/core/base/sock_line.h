/* SPDX-License-Identifier: MIT */
/*
 * A socket, read from its line in /proc/net/tcp, tcp6, udp or udp6 (proc(5)).
 */
#ifndef DUALBIND_BASE_SOCK_LINE_H
#define DUALBIND_BASE_SOCK_LINE_H

#include "base/address.h"

#include <stdbool.h>
#include <sys/types.h>

struct sock_line {
	struct address local, remote;
	unsigned state; /* TCP_LISTEN and the others of <netinet/tcp.h>; an unconnected UDP socket is TCP_CLOSE */
	uid_t uid;      /* the user that made it */
	ino_t inode;
};

/* False: it is another line, such as the one with the headings. */
bool sock_line_parse(struct sock_line *socket, const char *line);

#endif

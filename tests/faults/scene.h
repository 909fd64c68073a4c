/* SPDX-License-Identifier: MIT */
/*
 * A server that prints all that it sees, in scenes of one kind of conversion each.
 * faults.py runs a scene natively, with the shim, and with a system call that
 * fails, and compares what was printed. Clients are in the same process, and
 * reach the kernel past the hooks (syscall_raw.c).
 *
 * A line that starts with "+ " is of what only a conversion adds: a client of the
 * family that the program does not serve natively, and the listener's own family.
 * Every other line must be the native one.
 */
#ifndef DUALBIND_TEST_SCENE_H
#define DUALBIND_TEST_SCENE_H

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Past the hooks. */
#define PAST(name, ...) sys_call(SYS_##name, __VA_ARGS__)

enum { SENTINEL = EXDEV }; /* errno before each call */

/* A line, with one write(2). */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* Lines from here on are of what a conversion adds, or no longer. */
void adding(bool on);

/* The result of a call, and the errno that it has left. Gives the result. */
long said(const char *what, long result);

/* An address as the program sees it; its port by the names that are known. */
void say_address(const char *what, const struct sockaddr_storage *address, socklen_t length);
void name_port(const char *name, uint16_t port);
void say_name(const char *what, int fd, int (*ask)(int, struct sockaddr *, socklen_t *));

/* What the kernel has of a socket, past the hooks. */
void say_socket(int fd);
void say_descriptors(const char *when);

/* 0.0.0.0 or ::, or the address that HOST is. */
socklen_t address_of(struct sockaddr_storage *address, int family, const char *host, uint16_t port);
int set_int(int fd, int level, int name, int value);

/* Clients: a descriptor, or -1 if there is no answer. */
int client(int type, const char *host, uint16_t port);
void leave(int fd);

/* One client of each family at PORT, for a server's socket; the one that is
 * WANTED natively first. */
void serve_tcp(int fd, uint16_t port, int wanted);

struct scene {
	const char *name, *what;
	void (*run)(void);
};

extern const struct scene tcp_scenes[], udp_scenes[]; /* end with a NULL name */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The stress program: threads that take turns at everything which a program
 * does with its sockets (stress_turns.c, stress_datagrams.c, stress_shared.c),
 * while signal handlers call hooked functions in the middle of hooked functions
 * (stress_signals.c).
 *
 * It does not know whether the library is there, but for this: a client over
 * IPv6 must be answered where the kernel says that the listener is an AF_INET6
 * socket. So it runs natively too, and must find nothing wrong there.
 */
#ifndef DUALBIND_TESTS_STRESS_H
#define DUALBIND_TESTS_STRESS_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Calls whose results are noted, each with the errnos that it failed with. */
enum call {
	CALL_ACCEPT,
	CALL_BIND,
	CALL_CONNECT,
	CALL_EPOLL_CTL,
	CALL_GETPEERNAME,
	CALL_GETSOCKNAME,
	CALL_LISTEN,
	CALL_POLL,
	CALL_RECV,
	CALL_RECVFROM,
	CALL_SEND,
	CALL_SENDTO,
	CALLS
};

/* RESULT, whose errno is noted where it is negative. Async-signal-safe, and
 * leaves errno alone. */
long saw(enum call call, long result);

struct worker {
	pthread_t thread;
	unsigned number;
	uint32_t random;
	uint16_t first_port, ports; /* used by no other thread */
	uint16_t used;
	const char *doing;
	atomic_uint turns;
};

/* Counted over all workers and handlers, and told at the end. */
extern atomic_uint wrongs, converted, not_converted, answered4, answered6, given_up, busy_ports, interruptions;

/* Forks that have begun, and that are done. */
extern atomic_uint births_begun, births_over;
extern atomic_bool stopping;

/* CONDITION; where it is false, tells what does not hold. */
bool holds(struct worker *self, bool condition, const char *what);

uint32_t chosen(struct worker *self, uint32_t below);
bool perhaps(struct worker *self);
uint16_t next_port(struct worker *self);

/* ---- stress_peers.c: clients, and the listeners that answer them ---- */

enum whence { FROM_IPV4, FROM_LOOPBACK6, FROM_ELSEWHERE6, WHENCES };

struct client {
	int fd;
	enum whence whence;
	uint16_t port;
	uint32_t token;
};

struct sockaddr_in any4(uint16_t port);
struct sockaddr_in6 any6(uint16_t port);

/* The kernel's word, past the hooks. */
int kernel_domain(int fd);

/* Waits for either; the second may be -1. False after a minute: ETIMEDOUT. */
bool wait_readable(int fd, int or_fd);

/* Connects and says its token; false with errno where it is refused. */
bool client_open(struct worker *self, struct client *client, enum whence whence, uint16_t port);

/* Accepts one connection and tells it how it is shown and what it said. It
 * is waited for, unless FD does not block and nothing came. */
bool answer(int listener, bool by_accept4);

/* Whether it was given its token and its address rightly; closes it. Where
 * MAY_BE_LOST, its listener may have been closed meanwhile, and the port be another's. */
bool client_close(struct worker *self, struct client *client, bool may_be_lost);

/* ---- turns ---- */

typedef void turn(struct worker *self);

turn turn_listen, turn_port_0, turn_duplicates, turn_fork, turn_exec, turn_vfork, turn_both_families;
turn turn_datagrams, turn_shared_port;

/* The program executed again: answers COUNT connections at the descriptor FD. */
int answer_as_a_program(int fd, int count);

/* ---- stress_signals.c ---- */

/* False, with errno: its own sockets cannot be had. */
bool signals_start(uint16_t first_port, uint16_t ports);
void signals_stop(void);

#endif

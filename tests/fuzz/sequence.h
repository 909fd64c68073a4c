/* SPDX-License-Identifier: MIT */
/*
 * The differential fuzzer's program: from a number it makes a sequence of socket
 * calls, makes them, and prints what each returned and every byte that it wrote.
 * It knows nothing of the library. differential.py runs it with and without, and
 * compares.
 *
 * What a step does depends on the number and on its place alone, so that steps
 * can be left out while the others stay as they are. What differs from run to
 * run (ports that the kernel chose, times) is printed alike.
 *
 * With SEQUENCE_CLIENTS=ipv6 the clients, which are no part of the program under
 * test, come over IPv6, and what the program is shown of them is printed as what
 * IPv4 ones (SEQUENCE_CLIENTS=ipv4) are natively. With SEQUENCE_CLIENTS=loopback
 * they all come from 127.0.0.1.
 */
#ifndef DUALBIND_TESTS_SEQUENCE_H
#define DUALBIND_TESTS_SEQUENCE_H

#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/sys.h"

enum { FILL = 0xaa, SLOTS = 6, CLIENTS = 4, EPOLLS = 2, STEPS_MAX = 48, NO_SUCH_FD = 999 };

/* The addresses of the interface, which is the only one. */
#define POD_IP4 0x0a090909u /* 10.9.9.9 */
#define POD_IP6 "fd00:db::9"

struct dice {
	uint64_t state;
};

uint32_t roll(struct dice *dice, uint32_t below);
#define PICK(dice, array) ((array)[roll((dice), sizeof(array) / sizeof(array)[0])])

/* Which sockets a step makes sense for; where it meets another the kernel says. */
enum kind { NOTHING = 0, STREAM = 1, DATAGRAM = 2, OWN_IPV6 = 4 };

struct world;
struct step;
typedef void action(struct world *world, struct step *step);

struct step {
	const struct operation *operation;
	unsigned index, slot, other;
	enum kind kind;   /* of what is thought to be in the slot */
	struct dice dice; /* its own */
	bool by_number;   /* by syscall(2) */
};

struct operation {
	const char *name;
	unsigned weight;
	unsigned kinds; /* that must be in the slot; NOTHING: any */
	action *act;
};

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	unsigned char bytes[128];
};

struct world {
	uint16_t base;       /* of the ports that the sequence names */
	bool ipv6;           /* the clients are */
	bool loopback;       /* they come from 127.0.0.1 alone */
	bool wildcard;       /* it is the only address that is bound: clients of either family reach it */
	int slot[SLOTS];     /* descriptors; NO_SUCH_FD */
	int client[CLIENTS]; /* made past the library, with high numbers */
	int epoll[EPOLLS];
	union name heard; /* the last peer that the program was shown */
	socklen_t heard_length;
};

/* sequence_steps.c: which steps there are; returns how many. */
unsigned steps_make(struct step *steps, uint64_t number);
extern const struct operation socket_operations[], option_operations[], message_operations[], other_operations[];

/* sequence_trace.c: a line is begin(), the parameters, arrow(), then what came
 * of it, then end(). */
void begin(const struct step *step);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void arrow(void); /* errno is 0 after it */
void say_result(long result);
void say_descriptor(int fd);
void say_bytes(const char *what, const void *bytes, size_t size); /* but for the fill at its end */
void say_name(const struct world *world, const char *what, const void *name, size_t size);
void say_control(const struct world *world, const struct msghdr *header, const unsigned char *control, size_t size);
void end(void);
void fill(void *bytes, size_t size);

/* sequence_names.c */
socklen_t name_in(union name *name, uint32_t address, uint16_t port);
socklen_t name_in6(union name *name, const char *address, uint16_t port);
uint16_t port_of(int fd); /* where it is bound, whatever its family */
socklen_t pick_bind(struct world *world, struct step *step, union name *name);
socklen_t pick_destination(struct world *world, struct step *step, union name *name);
socklen_t pick_room(struct step *step);

/* Past the library. */
#define PAST(call, ...) sys_call(SYS_##call, __VA_ARGS__)
void no_waiting(int fd);
void set_number(int fd, int level, int name, int value);
int keep_high(int fd);

#endif

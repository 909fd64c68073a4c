/* SPDX-License-Identifier: MIT */
/* Sockets: made, bound, connected, named, copied, closed. */
#define _GNU_SOURCE
#include "sequence.h"

#include <fcntl.h>
#include <linux/in6.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void put(struct world *world, unsigned slot, int fd)
{
	world->slot[slot] = fd >= 0 ? fd : NO_SUCH_FD;
}

static void act_socket(struct world *world, struct step *step)
{
	static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC};
	bool stream = step->kind & STREAM;
	int domain = (step->kind & OWN_IPV6) ? AF_INET6 : AF_INET;
	int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | PICK(&step->dice, flags);
	int protocol = stream && roll(&step->dice, 12) == 0 ? 262 /* MPTCP */ : 0;
	int fd;

	say(" domain %d type %#x protocol %d", domain, (unsigned)type, protocol);
	arrow();
	fd = socket(domain, type, protocol);
	say_descriptor(fd);
	if (fd >= 0)
		no_waiting(fd);
	put(world, step->slot, fd);
}

static void act_bind(struct world *world, struct step *step)
{
	union name name;
	int fd = world->slot[step->slot];
	socklen_t length = pick_bind(world, step, &name);

	arrow();
	say_result(step->by_number ? syscall(SYS_bind, fd, &name, length) : bind(fd, &name.any, length));
}

static void act_listen(struct world *world, struct step *step)
{
	static const int backlogs[] = {128, 5, 1, 0, -1, 4096};
	int fd = world->slot[step->slot], backlog = PICK(&step->dice, backlogs);

	say(" %d", backlog);
	arrow();
	say_result(step->by_number ? syscall(SYS_listen, fd, backlog) : listen(fd, backlog));
}

/* What waits at a datagram socket whose peer is dissolved is lost with it where the
 * library puts a new one in its place (udp_peer.h). */
static void drain(int fd)
{
	int type = 0;
	socklen_t length = sizeof type;
	char byte;

	PAST(getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &length);
	while (type == SOCK_DGRAM && PAST(recvfrom, fd, &byte, 1, MSG_DONTWAIT, NULL, NULL) >= 0)
		;
}

static void act_connect(struct world *world, struct step *step)
{
	union name name;
	int fd = world->slot[step->slot];
	socklen_t length;

	if (roll(&step->dice, 6) == 0) {
		memset(&name, 0, sizeof name);
		name.any.sa_family = AF_UNSPEC;
		length = sizeof name.in;
		say(" disconnect");
		drain(fd);
	} else {
		length = pick_destination(world, step, &name);
	}
	arrow();
	say_result(step->by_number ? syscall(SYS_connect, fd, &name, length) : connect(fd, &name.any, length));
}

/* Whether IPv6 clients reach it, and are to be shown as IPv4 ones (mark.h). */
static bool is_converted(int fd)
{
	int mark = 0;
	socklen_t length = sizeof mark;

	if (PAST(getsockopt, fd, IPPROTO_IPV6, 30, &mark, &length) != 0)
		PAST(getsockopt, fd, IPPROTO_IPV6, IPV6_FREEBIND, &mark, &length);
	return mark != 0;
}

/* A client from outside of the program. */
static void act_client(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], *client = &world->client[step->other % CLIENTS];
	bool stream = (step->kind & STREAM), pod = roll(&step->dice, 3) == 0 && !world->loopback;
	union name name;
	socklen_t length;

	if (world->ipv6 && is_converted(fd))
		length = name_in6(&name, pod ? POD_IP6 : "::1", 0);
	else
		length = name_in(&name, pod ? POD_IP4 : INADDR_LOOPBACK, 0);
	say(" %u from %s", step->other % CLIENTS, pod ? "pod" : "loopback");
	arrow();
	if (*client != NO_SUCH_FD)
		PAST(close, *client);
	*client = keep_high((int)PAST(socket, name.any.sa_family, stream ? SOCK_STREAM : SOCK_DGRAM, 0));
	no_waiting(*client);
	PAST(bind, *client, &name, length);
	name.in.sin_port = htons(port_of(fd)); /* at the same place in both */
	say_result(name.in.sin_port == 0 ? 0 : PAST(connect, *client, &name, length));
}

static void act_accept(struct world *world, struct step *step)
{
	static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, 1};
	union name name;
	int fd = world->slot[step->slot], flag = PICK(&step->dice, flags), how = (int)roll(&step->dice, 3),
	    accepted;
	bool named = roll(&step->dice, 4) != 0;
	socklen_t room = pick_room(step);
	struct sockaddr *to = named ? &name.any : NULL;

	fill(&name, sizeof name);
	say(" %s flags %#x", named ? "named" : "unnamed", (unsigned)flag);
	arrow();
	if (step->by_number)
		accepted = (int)syscall(SYS_accept4, fd, to, named ? &room : NULL, flag);
	else
		accepted =
		    how == 0 ? accept(fd, to, named ? &room : NULL) : accept4(fd, to, named ? &room : NULL, flag);
	say_descriptor(accepted);
	if (named) {
		say(" length %u", room);
		say_name(world, "peer", &name, sizeof name);
	}
	if (accepted >= 0) {
		no_waiting(accepted);
		put(world, step->other, accepted);
	}
}

static void act_name(struct world *world, struct step *step)
{
	bool peer = roll(&step->dice, 2);
	socklen_t room = pick_room(step);
	union name name;

	fill(&name, sizeof name);
	say(" %s", peer ? "peer" : "local");
	arrow();
	if (step->by_number)
		say_result(
		    syscall(peer ? SYS_getpeername : SYS_getsockname, world->slot[step->slot], &name, &room));
	else
		say_result((peer ? getpeername : getsockname)(world->slot[step->slot], &name.any, &room));
	say(" length %u", room);
	say_name(world, "name", &name, sizeof name);
}

static void act_dup(struct world *world, struct step *step)
{
	int fd = world->slot[step->slot], how = (int)roll(&step->dice, 5), to = 20 + (int)roll(&step->dice, 3),
	    copy;

	say(" how %d to %d", how, to);
	arrow();
	switch (how) {
	case 0:
		copy = dup(fd);
		break;
	case 1:
		copy = dup2(fd, to);
		break;
	case 2:
		copy = dup3(fd, to, O_CLOEXEC);
		break;
	default:
		copy = fcntl(fd, how == 3 ? F_DUPFD : F_DUPFD_CLOEXEC, to);
	}
	say_descriptor(copy);
	if (copy >= 0)
		put(world, step->other, copy);
}

static void act_flags(struct world *world, struct step *step)
{
	static const int commands[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETOWN, F_SETOWN, F_GETSIG, F_SETSIG};
	static const int status[] = {0, O_NONBLOCK, O_ASYNC, O_NONBLOCK | O_ASYNC, O_APPEND};
	int command = PICK(&step->dice, commands), value = 0;

	if (command == F_SETFD)
		value = (int)roll(&step->dice, 2);
	else if (command == F_SETFL)
		value = PICK(&step->dice, status);
	else if (command == F_SETOWN)
		value = getpid();
	else if (command == F_SETSIG)
		value = roll(&step->dice, 2) ? SIGUSR1 : SIGRTMIN;
	say(" command %d", command);
	if (command != F_SETOWN)
		say(" value %d", value);
	arrow();
	value = fcntl(world->slot[step->slot], command, value);
	say_result(value == getpid() ? 1 : value);
}

/* Not of a socket that is not bound: the kernel does not tell afterwards that it
 * was shut down, and one that takes its place is not. */
static void act_shutdown(struct world *world, struct step *step)
{
	int how = (int)roll(&step->dice, 3);

	if (port_of(world->slot[step->slot]) == 0)
		return;

	say(" %d", how);
	arrow();
	say_result(shutdown(world->slot[step->slot], how));
}

static void act_close(struct world *world, struct step *step)
{
	arrow();
	say_result(close(world->slot[step->slot]));
	put(world, step->slot, -1);
}

static void act_client_close(struct world *world, struct step *step)
{
	int *client = &world->client[step->other % CLIENTS];
	struct linger reset = {1, 0};

	if (roll(&step->dice, 2))
		PAST(setsockopt, *client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	say(" %u", step->other % CLIENTS);
	arrow();
	PAST(close, *client);
	*client = NO_SUCH_FD;
}

/* The first three are what a sequence begins with (sequence_steps.c). */
const struct operation socket_operations[] = {
    {"socket", 6, NOTHING, act_socket},
    {"bind", 9, NOTHING, act_bind},
    {"listen", 5, STREAM, act_listen},
    {"connect", 5, NOTHING, act_connect},
    {"client", 10, NOTHING, act_client},
    {"accept", 9, STREAM, act_accept},
    {"name", 6, NOTHING, act_name},
    {"dup", 3, NOTHING, act_dup},
    {"flags", 4, NOTHING, act_flags},
    {"shutdown", 2, NOTHING, act_shutdown},
    {"close", 3, NOTHING, act_close},
    {"client-close", 2, NOTHING, act_client_close},
    {NULL, 0, NOTHING, NULL},
};

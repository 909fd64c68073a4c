/* SPDX-License-Identifier: MIT */
/* The addresses that a sequence uses. */
#define _GNU_SOURCE
#include "sequence.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>

uint32_t roll(struct dice *dice, uint32_t below)
{
	uint64_t mixed = dice->state += 0x9e3779b97f4a7c15u; /* splitmix64 */

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	mixed ^= mixed >> 31;
	return (uint32_t)(mixed % below);
}

socklen_t name_in(union name *name, uint32_t address, uint16_t port)
{
	memset(name, 0, sizeof *name);
	name->in =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
	return sizeof name->in;
}

socklen_t name_in6(union name *name, const char *address, uint16_t port)
{
	memset(name, 0, sizeof *name);
	name->in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	inet_pton(AF_INET6, address, &name->in6.sin6_addr);
	return sizeof name->in6;
}

uint16_t port_of(int fd)
{
	union name name = {.in = {0}};
	socklen_t length = sizeof name;

	return PAST(getsockname, fd, &name, &length) == 0 ? ntohs(name.in.sin_port) : 0;
}

void set_number(int fd, int level, int name, int value)
{
	PAST(setsockopt, fd, level, name, &value, sizeof value);
}

/* A call that waits where nothing comes must end, with EAGAIN. */
void no_waiting(int fd)
{
	struct timeval brief = {0, 4000};

	PAST(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
	PAST(setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
}

/* The program's own descriptors are the lowest free ones, as they would be
 * without the clients. */
int keep_high(int fd)
{
	int high;

	if (fd < 0)
		return NO_SUCH_FD;
	high = (int)PAST(fcntl, fd, F_DUPFD_CLOEXEC, 500);
	PAST(close, fd);
	return high;
}

socklen_t pick_bind(struct world *world, struct step *step, union name *name)
{
	static const uint32_t addresses[] = {INADDR_ANY, INADDR_ANY,      INADDR_ANY,      INADDR_ANY, INADDR_ANY,
					     INADDR_ANY, INADDR_LOOPBACK, INADDR_LOOPBACK, POD_IP4,    0x7f000002,
					     0xcb007105, 0xe00000fb,      INADDR_BROADCAST};
	static const char *const addresses6[] = {
	    "::", "::", "::", "::1", POD_IP6, "::ffff:127.0.0.1", "::ffff:0.0.0.0"};
	static const socklen_t lengths[] = {0, 2, 15, 17, 28, 128, 129};
	uint16_t port = roll(&step->dice, 5) == 0 ? 0 : (uint16_t)(world->base + roll(&step->dice, 2));
	bool ipv6 =
	    (step->kind & OWN_IPV6) && !world->wildcard ? roll(&step->dice, 10) != 0 : roll(&step->dice, 30) == 0;
	socklen_t length;

	if (ipv6) {
		const char *address = PICK(&step->dice, addresses6);

		length = name_in6(name, address, port);
		say(" %s", address);
	} else {
		uint32_t address = PICK(&step->dice, addresses);

		if (world->wildcard)
			address = INADDR_ANY;
		length = name_in(name, address, port);
		if (roll(&step->dice, 25) == 0)
			name->in.sin_family = AF_UNSPEC;
		say(" %08x family %u", address, name->in.sin_family);
	}
	if (roll(&step->dice, 16) == 0)
		length = PICK(&step->dice, lengths);
	say(" port +%d length %u", port ? port - world->base : -1, length);
	return length;
}

static socklen_t somewhere(struct world *world, struct step *step, union name *name)
{
	static const uint32_t addresses[] = {INADDR_LOOPBACK, INADDR_LOOPBACK, INADDR_ANY, POD_IP4, 0x7f000002};
	uint32_t address = PICK(&step->dice, addresses);
	uint16_t port = roll(&step->dice, 4) == 0 ? (uint16_t)(world->base + roll(&step->dice, 3))
						  : port_of(world->slot[step->other]);

	if (world->loopback)
		address = INADDR_LOOPBACK;
	say(" %08x", address);
	return name_in(name, address, port);
}

/* Where to send or connect. Not to port 0, nor to families that are not the
 * program's: tests/process/oracle-differences tells what differs there. */
socklen_t pick_destination(struct world *world, struct step *step, union name *name)
{
	unsigned which = roll(&step->dice, 10);
	int client = world->client[step->other % CLIENTS];
	socklen_t length;

	if (which < 3 && world->heard_length == sizeof name->in) {
		*name = world->heard;
		say(" to whom it heard");
		length = sizeof name->in;
	} else if (which < 5 && client != NO_SUCH_FD && !world->wildcard) {
		length = name_in(name, INADDR_LOOPBACK, port_of(client));
		say(" to client %u", step->other % CLIENTS);
	} else {
		length = somewhere(world, step, name);
	}
	if (name->in.sin_port == 0)
		name->in.sin_port = htons((uint16_t)(world->base + 3));
	if (roll(&step->dice, 24) == 0) {
		length = roll(&step->dice, 2) ? 15 : 28;
		say(" length %u", length);
	}
	return length;
}

socklen_t pick_room(struct step *step)
{
	static const socklen_t rooms[] = {16, 16, 28, 128, 0, 1, 2, 3, 4, 8, 15, 17, 27};
	socklen_t room = PICK(&step->dice, rooms);

	say(" room %u", room);
	return room;
}

/* SPDX-License-Identifier: MIT */
/* bind: what it refuses, and what is there after it. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

static const socklen_t lengths[] = {0, 1, 2, 15, 16, 27, 28, 128, 129, (socklen_t)-1};

static void bind_and_say(int fd, const struct address *to, socklen_t length)
{
	struct address name = {.length = to->length};

	errno = 0;
	say_result(bind(fd, &to->name.any, length));
	fill(&name.name, sizeof name.name);
	errno = 0;
	say("local");
	say_result(getsockname(fd, &name.name.any, &name.length));
	say_name("name", &name.name, sizeof name.name);
}

static void try_lengths(const char *label, const struct address *to, int family)
{
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		int fd = socket(family, SOCK_DGRAM, 0);

		begin("bind to %s, length %d", label, (int)lengths[i]);
		bind_and_say(fd, to, lengths[i]);
		end();
		close(fd);
	}
}

enum { REUSEADDR = 1, REUSEPORT = 2 };

static int prepared(int family, int options)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	if (options & REUSEADDR)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (options & REUSEPORT)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	return fd;
}

/* The port is held by another socket, of this program, already. */
static void try_conflict(const char *label, const struct address *held, int options, const struct address *to,
			 int own)
{
	int holder = prepared(held->name.any.sa_family, options), fd = prepared(to->name.any.sa_family, own);

	begin("bind where %s is held, options %d, own options %d", label, options, own);
	bind_and_say(holder, held, held->length);
	bind_and_say(fd, to, to->length);
	say("again");
	bind_and_say(fd, to, to->length);
	end();
	close(fd);
	close(holder);
}

static void walk_conflicts(uint16_t port)
{
	struct address any = in4(INADDR_ANY, port), local = in4(INADDR_LOOPBACK, port);

	for (int options = 0; options < 4; options++)
		for (int own = 0; own < 4; own++) {
			try_conflict("0.0.0.0 by 0.0.0.0", &any, options, &any, own);
			try_conflict("127.0.0.1 by 0.0.0.0", &local, options, &any, own);
			try_conflict("0.0.0.0 by 127.0.0.1", &any, options, &local, own);
		}
}

static void walk_options_before(uint16_t port)
{
	static const struct {
		int level, name;
	} options[] = {{SOL_SOCKET, SO_BROADCAST},
		       {SOL_SOCKET, SO_RCVBUF},
		       {IPPROTO_IP, IP_FREEBIND},
		       {IPPROTO_IP, IP_TRANSPARENT},
		       {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT}};
	struct address any = in4(INADDR_ANY, port);

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		begin("bind with option %d of level %d", options[i].name, options[i].level);
		errno = 0;
		say_result(setsockopt(fd, options[i].level, options[i].name, &(int){1}, sizeof(int)));
		bind_and_say(fd, &any, any.length);
		end();
		close(fd);
	}
}

void walk_bind(struct subject *subject)
{
	struct address any = in4(INADDR_ANY, subject->port), here = in4(INADDR_LOOPBACK, subject->port);
	struct address far = in4(0xc0000201, subject->port), nobody = in4(0xf0000001, subject->port);
	struct address unspecified = any, not_any = here, wrong = any, any6 = in6("::", subject->port);

	unspecified.name.any.sa_family = not_any.name.any.sa_family = AF_UNSPEC;
	wrong.name.any.sa_family = AF_UNIX;
	subject_close(subject);
	try_lengths("0.0.0.0", &any, AF_INET);
	try_lengths("127.0.0.1", &here, AF_INET);
	try_lengths("192.0.2.1", &far, AF_INET);
	try_lengths("240.0.0.1", &nobody, AF_INET);
	try_lengths("AF_UNSPEC 0.0.0.0", &unspecified, AF_INET);
	try_lengths("AF_UNSPEC 127.0.0.1", &not_any, AF_INET);
	try_lengths("AF_UNIX", &wrong, AF_INET);
	try_lengths("[::] with an AF_INET socket", &any6, AF_INET);
	try_lengths("[::]", &any6, AF_INET6);
	try_lengths("0.0.0.0 with an AF_INET6 socket", &any, AF_INET6);
	walk_conflicts(subject->port);
	walk_options_before(subject->port);
	subject_open(subject);
}

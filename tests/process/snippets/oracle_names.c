/* SPDX-License-Identifier: MIT */
/* getsockname, getpeername and connect; and each call on what is no socket. */
#define _GNU_SOURCE
#include "oracle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int name_call(int fd, struct sockaddr *restrict name, socklen_t *restrict length);

static void say_names(int fd, const char *when, const char *which, name_call *call)
{
	for (size_t i = 0; i < place_count; i++) {
		socklen_t length = places[i].capacity;
		unsigned char name[192];

		fill(name, sizeof name);
		begin("%s, %s, length %s", which, when, places[i].label);
		errno = 0;
		say_result(
		    call(fd, places[i].name ? (struct sockaddr *)name : NULL, places[i].length ? &length : NULL));
		say("length=%d", (int)length);
		say_name("name", name, sizeof name);
		end();
	}
}

static void say_both(const struct subject *subject, const char *when)
{
	say_names(subject->fd, when, "getsockname", getsockname);
	say_names(subject->fd, when, "getpeername", getpeername);
}

void walk_names(struct subject *subject)
{
	bool joined = subject->kind->type == SOCK_STREAM || subject->remote.length == 0;
	struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

	subject_renew(subject);
	say_both(subject, "as it is");
	if (joined)
		return;
	connect(subject->fd, &subject->remote.name.any, subject->remote.length);
	say_both(subject, "connected");
	connect(subject->fd, &nowhere, sizeof nowhere);
	say_both(subject, "disconnected");
}

/* In short, where many are asked for: with just the room that it takes. */
static void say_where(int fd, socklen_t room)
{
	struct address name;

	for (int peer = 0; peer < 2; peer++) {
		name.length = room;
		fill(&name.name, sizeof name.name);
		errno = 0;
		say(peer ? "peer" : "local");
		say_result((peer ? getpeername : getsockname)(fd, &name.name.any, &name.length));
		say_name("name", &name.name, sizeof name.name);
	}
}

static const socklen_t lengths[] = {0, 1, 2, 15, 16, 27, 28, 110, 128, 129, (socklen_t)-1};

static struct address with_family(struct address address, sa_family_t family)
{
	address.name.any.sa_family = family;
	return address;
}

static void try_connect(struct subject *subject, const char *label, const struct address *to)
{
	static const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
		for (int before = 0; before < 2; before++) {
			subject_renew(subject);
			if (before && subject->kind->type == SOCK_DGRAM)
				connect(subject->fd, &subject->remote.name.any, subject->remote.length);
			begin("connect to %s, length %d, %sconnected before", label, (int)lengths[i],
			      before ? "" : "not ");
			errno = 0;
			say_result(connect(subject->fd, &to->name.any, lengths[i]));
			say_where(subject->fd, subject->local.length);
			errno = 0;
			say("send");
			say_result(send(subject->fd, "x", 1, MSG_NOSIGNAL));
			subject_observe(subject, false);
			errno = 0;
			say("disconnect");
			say_result(connect(subject->fd, &nowhere, sizeof nowhere));
			say_where(subject->fd, subject->local.length);
			end();
		}
}

void walk_connect(struct subject *subject)
{
	struct address inet = in4(INADDR_LOOPBACK, PEER_PORT), inet6 = in6("::1", PEER_PORT);
	struct address mapped = in6("::ffff:127.0.0.1", PEER_PORT), broadcast = in4(INADDR_BROADCAST, PEER_PORT);
	struct address any = in4(INADDR_ANY, PEER_PORT), far = in4(0xc0000201, PEER_PORT);
	struct address class_e = in4(0xf0000001, PEER_PORT), group = in4(0xe0000001, PEER_PORT);
	struct address other = in4(INADDR_LOOPBACK + 1, PEER_PORT), portless = in4(INADDR_LOOPBACK, 0);
	const struct {
		const char *label;
		struct address to;
	} all[] = {
	    {"127.0.0.1", inet},
	    {"127.0.0.2", other},
	    {"127.0.0.1 port 0", portless},
	    {"0.0.0.0", any},
	    {"192.0.2.1", far},
	    {"240.0.0.1", class_e},
	    {"224.0.0.1", group},
	    {"255.255.255.255", broadcast},
	    {"AF_UNSPEC", with_family(inet, AF_UNSPEC)},
	    {"AF_UNIX", with_family(inet, AF_UNIX)},
	    {"family 99", with_family(inet, 99)},
	    {"[::1]", inet6},
	    {"[::ffff:127.0.0.1]", mapped},
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		try_connect(subject, all[i].label, &all[i].to);
}

/* Every call, with what is a descriptor but no socket, and with what is none. */
void walk_wrong_descriptors(struct subject *subject)
{
	int fds[] = {open("/dev/null", O_RDWR), -1, 1000000};
	static const char *const labels[] = {"a file", "-1", "1000000"};
	struct address to = in4(INADDR_LOOPBACK, PEER_PORT);

	(void)subject;
	for (int i = 0; i < 3; i++) {
		struct msghdr header = {.msg_name = &to.name, .msg_namelen = to.length};
		struct mmsghdr headers = {.msg_hdr = header};
		struct address name = {.length = sizeof name.name};
		long results[12];
		int errors[12], count = 0;

#define TRY(call) (errno = 0, name.length = sizeof name.name, results[count] = (call), errors[count++] = errno)
		TRY(recvfrom(fds[i], &header, 0, 0, &name.name.any, &name.length));
		TRY(recvmsg(fds[i], &header, 0));
		TRY(recvmmsg(fds[i], &headers, 1, 0, NULL));
		TRY(sendto(fds[i], "x", 1, 0, &to.name.any, to.length));
		TRY(sendmsg(fds[i], &header, 0));
		TRY(sendmmsg(fds[i], &headers, 1, 0));
		TRY(connect(fds[i], &to.name.any, to.length));
		TRY(bind(fds[i], &to.name.any, to.length));
		TRY(getsockname(fds[i], &name.name.any, &name.length));
		TRY(getpeername(fds[i], &name.name.any, &name.length));
#undef TRY
		for (int k = 0; k < count; k++) {
			begin("call %d on %s", k, labels[i]);
			errno = errors[k];
			say_result(results[k]);
			end();
		}
	}
	close(fds[0]);
}

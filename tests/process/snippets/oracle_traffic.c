/* SPDX-License-Identifier: MIT */
/* What goes between the socket under test and its peer. */
#define _GNU_SOURCE
#include "oracle.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

static bool awaited(int fd)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	return poll(&watched, 1, 5000) == 1;
}

void subject_await(const struct subject *subject)
{
	if (!awaited(subject->fd))
		errx(1, "nothing has arrived, %s", subject->kind->name);
}

/* To the port of the socket under test, at the peer's own address. */
void subject_feed(const struct subject *subject, const void *data, size_t size)
{
	struct address to = subject->local;

	if (subject->kind->type == SOCK_STREAM || to.length == 0)
		to.length = 0;
	else if (to.name.any.sa_family == AF_INET || is_kind(subject, "inet6-mapped"))
		to = in4(INADDR_LOOPBACK, subject->port);
	else if (to.name.any.sa_family == AF_INET6)
		to = in6("::1", subject->port);
	if (syscall(SYS_sendto, subject->peer, data, size, MSG_NOSIGNAL, to.length ? &to.name : NULL, to.length) !=
	    (long)size)
		err(1, "the peer cannot send, %s", subject->kind->name);
	subject_await(subject);
}

/* A pending error is one of what is drained, and so is one in the queue. */
int drain(int fd)
{
	unsigned char data[2048];
	int count = 0;

	for (int empty = 0; empty < 2 && count < 1000;) {
		int flags = MSG_DONTWAIT | (empty ? MSG_ERRQUEUE : 0);
		long size = syscall(SYS_recvfrom, fd, data, sizeof data, flags, NULL, NULL);

		if (size >= 0 || (errno != EAGAIN && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOTCONN))
			count++;
		else
			empty++;
	}
	return count;
}

/* Over loopback a busy processor delivers what it has sent a little later, in turn: after a
 * datagram that is sent now. (The program stays on one processor.) */
static void settle(void)
{
	static int own = -1;
	struct address at = in4(INADDR_LOOPBACK, 0);
	char byte = 'x';

	if (own < 0) {
		own = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (syscall(SYS_bind, own, &at.name, at.length) != 0 ||
		    syscall(SYS_getsockname, own, &at.name, &at.length) != 0 ||
		    syscall(SYS_connect, own, &at.name, at.length) != 0)
			err(1, "a socket of its own");
	}
	if (syscall(SYS_sendto, own, &byte, 1L, 0L, NULL, 0L) != 1 || !awaited(own) ||
	    syscall(SYS_recvfrom, own, &byte, 1L, 0L, NULL, NULL) != 1)
		err(1, "nothing comes over loopback");
}

void subject_observe(const struct subject *subject, bool wait)
{
	unsigned char data[256], control[256];
	union name name;

	if (wait && !awaited(subject->peer))
		say("nothing came");
	if (!wait)
		settle();
	for (int count = 0; count < 20; count++) {
		struct iovec part = {data, sizeof data};
		struct msghdr header = {.msg_name = &name,
					.msg_namelen = sizeof name,
					.msg_iov = &part,
					.msg_iovlen = 1,
					.msg_control = control,
					.msg_controllen = sizeof control};
		long size;

		fill(&name, sizeof name);
		fill(control, sizeof control);
		size = syscall(SYS_recvmsg, subject->peer, &header, MSG_DONTWAIT);
		if (size < 0)
			return;
		say("| peer got %ld", size);
		say_bytes("data", data, (size_t)size < 8 ? (size_t)size : 8);
		say_name("from", &name, sizeof name);
		say_control(&header, control, sizeof control);
	}
}

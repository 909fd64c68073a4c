/* SPDX-License-Identifier: MIT */
/* Descriptors that are handed over, by AF_UNIX sockets. */
#define _GNU_SOURCE
#include "oracle.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

enum { DESCRIPTORS_MAX = 253 /* the kernel's SCM_MAX_FD */ };

static void hand_over(const struct subject *subject, int fd, size_t count)
{
	static union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
	} control;
	int fds[DESCRIPTORS_MAX];
	struct iovec part = {"rights", 6};
	struct msghdr message = {.msg_name = subject->local.length ? (void *)(uintptr_t)&subject->local.name : NULL,
				 .msg_namelen = subject->local.length,
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = CMSG_SPACE(count * sizeof(int))};

	for (size_t i = 0; i < count; i++)
		fds[i] = fd;
	control.header = (struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	if (syscall(SYS_sendmsg, subject->peer, &message, 0) != 6)
		err(1, "SCM_RIGHTS");
}

/* Descriptors that came are the lowest free ones; whether exec closes them is told. The
 * kernel may have given one more (SO_PASSPIDFD). */
static void say_new_descriptors(int lowest, size_t count)
{
	for (int fd = lowest; fd <= lowest + (int)count + 1; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0)
			say("%d:%d", fd - lowest, flags);
		close(fd);
	}
}

static void walk_rooms(const struct subject *subject, const char *with, int lowest, size_t count, int call,
		       int flags)
{
	static const size_t rooms[] = {0,  11, 16, 19, 20, 23, 24, 27, 28,  32,  40,
				       44, 48, 52, 56, 60, 64, 76, 96, 128, 200, 320};
	static const struct place ends[] = {{"128", true, true, 128}, {"none", false, false, 0}};

	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		drain(subject->fd);
		hand_over(subject, 0, count);
		begin("%zu rights%s by %s, control %zu, %s", count, with, receiving_calls[call], rooms[i],
		      flags_name(flags));
		receive_and_say(subject->fd, call, flags, &ends[i % 2], 16, rooms[i]);
		say_new_descriptors(lowest, count);
		end();
	}
}

static void walk_counts(const struct subject *subject, const char *with)
{
	static const size_t counts[] = {1, 2, 3, 7, DESCRIPTORS_MAX};
	static const int flag_sets[] = {0, MSG_CMSG_CLOEXEC, MSG_PEEK};
	int lowest = dup(0);

	close(lowest);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		for (int call = RECVFROM; call < RECEIVING_CALLS; call++)
			for (size_t f = 0; f < sizeof flag_sets / sizeof flag_sets[0]; f++)
				walk_rooms(subject, with, lowest, counts[i], call, flag_sets[f]);
}

/* A kernel that lacks an option does so with the library too. */
void walk_rights(struct subject *subject)
{
	int on = 1;

	walk_counts(subject, "");
	setsockopt(subject->fd, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof on);
	walk_counts(subject, " and a pidfd");
	set_option(subject->fd, SOL_SOCKET, SO_PASSCRED, 1);
	walk_counts(subject, ", credentials and a pidfd");
	subject_renew(subject);
}

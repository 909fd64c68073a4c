/* Descriptors that are handed over, by AF_UNIX sockets. */
#define _GNU_SOURCE
#include "oracle.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void hand_over(const struct subject *subject, int fd)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = {.header = {CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct iovec part = {"rights", 6};
	struct msghdr message = {.msg_name = subject->local.length ? (void *)(uintptr_t)&subject->local.name : NULL,
				 .msg_namelen = subject->local.length,
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), (int[]){fd, fd}, 2 * sizeof(int));
	if (syscall(SYS_sendmsg, subject->peer, &message, 0) != 6)
		err(1, "SCM_RIGHTS");
}

/* Descriptors that came are the lowest free ones; whether exec closes them is told. */
static void say_new_descriptors(int lowest)
{
	for (int fd = lowest; fd < lowest + 3; fd++) {
		say("%d:%d", fd, fcntl(fd, F_GETFD));
		close(fd);
	}
}

void walk_rights(struct subject *subject)
{
	static const size_t rooms[] = {0, 11, 16, 19, 20, 23, 24, 32, 64};
	static const struct place place = {"128", true, true, 128};
	static const int flag_sets[] = {0, MSG_CMSG_CLOEXEC, MSG_PEEK};
	int lowest = dup(0);

	close(lowest);
	for (int call = RECVFROM; call < RECEIVING_CALLS; call++)
		for (size_t f = 0; f < sizeof flag_sets / sizeof flag_sets[0]; f++)
			for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
				drain(subject->fd);
				hand_over(subject, 0);
				begin("rights by %s, control %zu, %s", receiving_calls[call], rooms[i],
				      flags_name(flag_sets[f]));
				receive_and_say(subject->fd, call, flag_sets[f], &place, 16, rooms[i]);
				say_new_descriptors(lowest);
				end();
			}
}

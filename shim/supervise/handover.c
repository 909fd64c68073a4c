/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/handover.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

bool handover_send(int to, const struct handover *handover, int listener)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof listener)] = {0};
	struct handover copy = *handover;
	struct iovec data = {&copy, sizeof copy};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (listener >= 0) {
		struct cmsghdr *header;

		message.msg_control = control;
		message.msg_controllen = sizeof control;
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_len = CMSG_LEN(sizeof listener);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(header), &listener, sizeof listener);
	}
	while (sendmsg(to, &message, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

int handover_receive(int from, struct handover *handover)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {handover, sizeof *handover};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	const struct cmsghdr *header;
	int listener = -1;

	handover->error = ECHILD;
	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof *handover)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (header != NULL && header->cmsg_type == SCM_RIGHTS)
		memcpy(&listener, CMSG_DATA(header), sizeof listener);
	else if (handover->error == 0)
		handover->error = ECHILD;
	return listener;
}
